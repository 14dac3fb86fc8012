// What every part of a card may use: the view, the connector, HubSpot's actions, and who is busy with what.
import { createContext, useContext } from 'react';
import type { useExtensionActions } from '@hubspot/ui-extensions';
import type { Connector } from './connector.ts';
import type { Dialogs } from './hooks/use-dialogs.ts';
import type { LoadedCard } from './hooks/use-card-view.ts';
import type { OperationIds } from './operation-ids.ts';
import type { CardView } from './view-types.ts';

export type CardActions = Pick<
  ReturnType<typeof useExtensionActions<'crm.record.tab'>>,
  'addAlert' | 'refreshObjectProperties' | 'copyTextToClipboard' | 'closeOverlay' | 'onCrmPropertiesUpdate'
>;

export type Card = Omit<LoadedCard, 'state'> & {
  view: CardView;
  connector: Connector;
  actions: CardActions;
  dialogs: Dialogs;
  ids: OperationIds;
  /** QR codes the connector handed out while this card is open, by invoice id. */
  qrCodes: ReadonlyMap<string, string>;
  keepQrCode: (invoiceId: string, qr: string) => void;
};

const CardContext = createContext<Card | null>(null);

export const CardProvider = CardContext.Provider;

export function useCard(): Card {
  const card = useContext(CardContext);
  if (!card) throw new Error('Only parts of a loaded card may use it');
  return card;
}
