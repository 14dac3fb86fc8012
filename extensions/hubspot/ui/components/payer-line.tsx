// Who an invoice or a link is for, named before it is made or sent.
import { Text } from '@hubspot/ui-extensions';
import type { Payer } from '../view-types.ts';

/** Name and address as far as they are known; null when nothing is. */
export const payerText = (payer: Payer | null): string | null =>
  payer?.name && payer.email ? `${payer.name} (${payer.email})` : (payer?.name ?? payer?.email ?? null);

export function PayerLine({ payer }: { payer: Payer | null }) {
  return <Text>For {payerText(payer) ?? 'the contact of this record'}</Text>;
}
