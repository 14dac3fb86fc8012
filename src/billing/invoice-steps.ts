// The steps that make an invoice and open it, shared by invoices and payment links.
import { endOfDay } from '../ledger/calendar.ts';
import { refused, type Bench, type Ending } from './operation.ts';
import { payerOf } from './payer.ts';
import type { NewInvoiceLine } from '../gateways/gateway.ts';

export type InvoiceWish = {
  currency: string;
  lines: NewInvoiceLine[];
  memo: string | null;
  /** Calendar day in the workspace's zone. */
  dueDate: string;
  replacesId: string | null;
};

export type OpenedInvoice = { invoiceId: string; number: string };

const REFUSALS = {
  no_payer: 'Nobody is associated with this record. Associate a contact with an e-mail address first.',
  no_email: 'The contact has no e-mail address. Add one, then try again.',
} as const;

/** Makes the draft, opens it, and answers with its number; or ends the operation. */
export async function openInvoice(bench: Bench, wish: InvoiceWish): Promise<OpenedInvoice | Ending> {
  const payer = await payerOf(bench);
  if ('refusal' in payer) return refused(payer.refusal, REFUSALS[payer.refusal]);
  const { invoiceId } = await bench.step('draft', async (key) => ({
    invoiceId: await draft(bench, payer.customerId, wish, key),
  }));
  return bench.step('open', async (key) => {
    const opened = await bench.gateway.openInvoice(bench.connection, invoiceId, key);
    await bench.post(bench.workspaceId, opened.facts);
    return { invoiceId, number: numberOf(opened.facts) };
  });
}

async function draft(bench: Bench, customerId: string, wish: InvoiceWish, key: string): Promise<string> {
  const found = bench.resumed
    ? await bench.gateway.findInvoice(bench.connection, customerId, bench.operation.id)
    : null;
  // A draft without its lines is finished by repeating the same calls under the same keys.
  const isWhole = found?.facts.some((fact) => fact.entity === 'line') ?? false;
  const made =
    found && isWhole
      ? found
      : await bench.gateway.createInvoice(
          bench.connection,
          {
            customerId,
            currency: wish.currency,
            lines: wish.lines,
            memo: wish.memo,
            dueAt: endOfDay(wish.dueDate, bench.zone),
            record: bench.record,
            operationId: bench.operation.id,
            replacesId: wish.replacesId,
          },
          key,
        );
  await bench.post(bench.workspaceId, made.facts);
  return made.id;
}

function numberOf(facts: { entity: string; body: object }[]): string {
  const invoice = facts.find((fact) => fact.entity === 'invoice')?.body as
    { number?: string | null } | undefined;
  return invoice?.number ?? '';
}
