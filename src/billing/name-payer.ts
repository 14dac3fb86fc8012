// Names the payer in what a person is told of an operation; the name is not kept with it, so that it can be forgotten.
import { ledgerOf } from '../ledger/ledger.ts';
import type { Personal } from '../ledger/entities.ts';
import type { Store } from '../store/store.ts';
import type { OperationKind, Outcome } from '../views/card-schema.ts';

/** What goes to a payer whom the person who clicked may not have seen before. */
const NAMED: ReadonlySet<OperationKind> = new Set(['create-invoice', 'create-link', 'send-invoice']);

export async function namePayer(store: Store, workspaceId: string, outcome: Outcome): Promise<Outcome> {
  const { result, state, kind } = outcome;
  if (state !== 'done' || !NAMED.has(kind) || !result.invoiceId) return outcome;
  const [invoice] = ledgerOf(await store.findRows(workspaceId, 'invoice', [result.invoiceId])).invoice;
  const customerId = invoice?.body.customerId;
  if (!customerId) return outcome;
  const name = nameOf((await store.loadPersonal(workspaceId, [customerId]))[customerId]);
  return name
    ? { ...outcome, result: { ...result, message: `${result.message} It is for ${name}.` } }
    : outcome;
}

function nameOf(person: Personal | undefined): string | null {
  if (!person?.name) return person?.email ?? null;
  return person.email ? `${person.name} (${person.email})` : person.name;
}
