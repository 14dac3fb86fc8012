// The steps that make an invoice and open it, shared by invoices and payment links.
import { gatewayRejected } from '../errors.ts';
import { endOfDay } from '../ledger/calendar.ts';
import type { Invoice, RecordRef } from '../ledger/entities.ts';
import { refused, type Bench, type Ending } from './operation.ts';
import { payerOf } from './payer.ts';
import { invoiceIn } from './subject.ts';
import type { Made, NewInvoiceLine } from '../gateways/gateway.ts';

export type InvoiceWish = {
  currency: string;
  lines: NewInvoiceLine[];
  memo: string | null;
  /** Calendar day in the workspace's zone. */
  dueDate: string;
  replacesId: string | null;
  /** True where the invoice is to be mailed: without an address nothing is made. */
  needsEmail: boolean;
};

export type OpenedInvoice = { invoiceId: string; number: string };

const REFUSALS = {
  no_payer: 'Nobody is associated with this record. Associate a contact with an e-mail address first.',
  no_email: 'The contact has no e-mail address. Add one, then try again.',
  several_contacts:
    'Several contacts are associated with this record. Leave only the one who pays on it, or start from that contact’s own card.',
  card_number_refused: 'The contact’s name looks like a card number. Correct it in the CRM first.',
} as const;

/** Makes the draft, opens it, and answers with its number; or ends the operation. */
export async function openInvoice(bench: Bench, wish: InvoiceWish): Promise<OpenedInvoice | Ending> {
  const replaced = await replacedBy(bench, wish);
  const payer = await payerOf(bench, {
    needsEmail: wish.needsEmail,
    customerId: replaced?.customerId ?? null,
  });
  if ('refusal' in payer) return refused(payer.refusal, REFUSALS[payer.refusal]);
  const { invoiceId } = await bench.step('draft', async (key) => ({
    invoiceId: await draft(bench, { ...wish, ...payer, record: replaced?.record ?? bench.record }, key),
  }));
  return bench.step('open', async (key) => {
    const opened = await bench.gateway.openInvoice(bench.connection, invoiceId, key);
    await bench.post(bench.workspaceId, opened.facts);
    return { invoiceId, number: numberOf(opened.facts) };
  });
}

/** An invoice that collects a reversed amount goes to the same payer, and counts at the same record, as the first. */
async function replacedBy(bench: Bench, { replacesId }: InvoiceWish): Promise<Invoice | null> {
  if (replacesId === null) return null;
  return invoiceIn(await bench.ledgerOf(bench.workspaceId, bench.record), replacesId)?.body ?? null;
}

type Draft = InvoiceWish & { customerId: string; record: RecordRef };

async function draft(bench: Bench, { customerId, ...wish }: Draft, key: string): Promise<string> {
  const kept = bench.resumed ? await keptDraft(bench, customerId) : null;
  const made =
    kept ??
    (await bench.gateway.createInvoice(
      bench.connection,
      {
        customerId,
        currency: wish.currency,
        lines: wish.lines,
        memo: wish.memo,
        dueAt: endOfDay(wish.dueDate, bench.zone),
        record: wish.record,
        operationId: bench.operation.id,
        replacesId: wish.replacesId,
      },
      key,
    ));
  await bench.post(bench.workspaceId, made.facts);
  return made.id;
}

/** Gateways promise to know a key for a day; well before that they are no longer relied on. */
const KEYS_HOLD_MS = 23 * 3_600_000;

/**
 * What the operation made before it was cut off. A draft that has no lines yet is finished by the same calls under the
 * same keys, as long as the gateway knows them: after that they would make a second one.
 */
async function keptDraft(bench: Bench, customerId: string): Promise<Made | null> {
  const found = await bench.gateway.findInvoice(bench.connection, customerId, bench.operation.id);
  if (!found || found.facts.some((fact) => fact.entity === 'line')) return found;
  const age = bench.clock.now().getTime() - Date.parse(bench.operation.startedAt);
  if (age < KEYS_HOLD_MS) return null;
  throw gatewayRejected({
    publicMessage: 'Making this invoice was interrupted for too long. Nothing can be paid yet: start again.',
  });
}

function numberOf(facts: { entity: string; body: object }[]): string {
  const invoice = facts.find((fact) => fact.entity === 'invoice')?.body as
    { number?: string | null } | undefined;
  return invoice?.number ?? '';
}
