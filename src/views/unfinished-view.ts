// An operation that has not ended, in words.
import type { CardView, OperationKind } from './card-schema.ts';

const WORDS: Record<OperationKind, string> = {
  'create-invoice': 'A new invoice',
  'send-invoice': 'Sending an invoice',
  'void-invoice': 'Voiding an invoice',
  'create-link': 'A payment link',
  'charge-saved-method': 'A charge of a saved method',
  'return-credit': 'Giving back a credit',
  'assign-payer': 'Assigning a customer',
  'release-payer': 'Taking a customer off a record',
};

export function unfinishedView(
  operationId: string,
  kind: OperationKind,
  checking: boolean,
): CardView['unfinished'][number] {
  const text = checking
    ? `${WORDS[kind]} is being checked with the gateway.`
    : `${WORDS[kind]} is under way.`;
  return { operationId, kind, state: checking ? 'checking' : 'running', text };
}
