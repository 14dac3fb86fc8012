// The payments card: one for both places, laid out wide in the tab and narrow in the sidebar.
import { useCallback, useMemo, useState } from 'react';
import { Flex, useExtensionActions, useExtensionContext } from '@hubspot/ui-extensions';
import { CardProvider, type CardActions as HostActions } from './card-context.ts';
import { CardActions } from './components/card-actions.tsx';
import { CardHeader } from './components/card-header.tsx';
import { CardNotices, StaleNotice } from './components/card-notices.tsx';
import { BareCard, FailedCard, LoadingCard } from './components/card-states.tsx';
import { InvoiceTiles } from './components/invoice-tiles.tsx';
import { InvoicesTable } from './components/invoices-table.tsx';
import { Payers } from './components/payers.tsx';
import { PaymentsTable } from './components/payments-table.tsx';
import { SavedMethods } from './components/saved-methods.tsx';
import { createConnector, notSetUp, type RecordAddress } from './connector.ts';
import { useCardView } from './hooks/use-card-view.ts';
import { useDialogs } from './hooks/use-dialogs.ts';
import { useRecordChanges } from './hooks/use-record-changes.ts';
import { createOperationIds } from './operation-ids.ts';
import type { CardView } from './view-types.ts';

export type Layout = 'tab' | 'sidebar';

function useQrCodes() {
  const [qrCodes, setQrCodes] = useState<ReadonlyMap<string, string>>(new Map());
  const keepQrCode = useCallback(
    (invoiceId: string, qr: string) => setQrCodes((before) => new Map(before).set(invoiceId, qr)),
    [],
  );
  return { qrCodes, keepQrCode };
}

function CardBody({ view, layout }: { view: CardView; layout: Layout }) {
  const isCut = view.state === 'not_connected' || (view.state === 'reconnect' && view.invoices.length === 0);
  const isWide = layout === 'tab';
  return (
    <Flex direction="column" gap={isWide ? 'medium' : 'small'}>
      <CardNotices />
      {!isCut && <CardHeader compact={!isWide} />}
      {!isCut && <CardActions />}
      <BareCard view={view} />
      {isWide ? <InvoicesTable /> : <InvoiceTiles />}
      {isWide && <PaymentsTable />}
      {isWide && <SavedMethods />}
      {!isCut && <Payers compact={!isWide} />}
    </Flex>
  );
}

type RecordCardProps = { address: RecordAddress; actions: HostActions; layout: Layout };

function RecordCard({ address, actions, layout }: RecordCardProps) {
  const { connectorUrl, objectType, recordId } = address;
  const connector = useMemo(
    () => createConnector({ connectorUrl, objectType, recordId }),
    [connectorUrl, objectType, recordId],
  );
  const { state, ...loaded } = useCardView(connector);
  useRecordChanges(actions, loaded.reload);
  const dialogs = useDialogs();
  const [ids] = useState(createOperationIds);
  const qrCodes = useQrCodes();
  if (state.status === 'loading') return <LoadingCard />;
  if (state.status === 'error') return <FailedCard failure={state.failure} onRetry={loaded.reload} />;
  const { view, notice } = state;
  return (
    <CardProvider value={{ ...loaded, ...qrCodes, view, connector, actions, dialogs, ids }}>
      <Flex direction="column" gap="medium">
        {notice && <StaleNotice message={notice.message} onRetry={loaded.reload} />}
        <CardBody view={view} layout={layout} />
      </Flex>
    </CardProvider>
  );
}

/** Reads HubSpot's context; every record gets a card of its own, so nothing of the last one lingers. */
export function PaymentsCard({ layout }: { layout: Layout }) {
  const { crm, variables } = useExtensionContext<'crm.record.tab'>();
  const actions = useExtensionActions<'crm.record.tab'>();
  const connectorUrl = variables?.['CONNECTOR_URL'];
  if (typeof connectorUrl !== 'string' || connectorUrl === '')
    return <FailedCard failure={notSetUp} onRetry={() => undefined} />;
  const address = { connectorUrl, objectType: crm.objectTypeId, recordId: String(crm.objectId) };
  return (
    <RecordCard
      key={`${address.objectType}/${address.recordId}`}
      address={address}
      actions={actions}
      layout={layout}
    />
  );
}
