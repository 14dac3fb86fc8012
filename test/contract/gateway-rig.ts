// What the gateway contract needs beside the port: a world behind the gateway that pays, fails and tells.
import { randomUUID } from 'node:crypto';
import type {
  DeclineReason,
  EntityRef,
  Gateway,
  GatewayConnection,
  NewInvoice,
} from '../../src/gateways/gateway.ts';
import type { RecordRef } from '../../src/ledger/entities.ts';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import { ledgerOf, type Ledger } from '../../src/ledger/ledger.ts';

export type MethodKind = 'instant' | 'bank' | 'wants_customer' | DeclineReason;

/** How often something happened at the gateway, by the gateway's own objects. */
export type Effects = {
  customers: number;
  invoices: number;
  payments: number;
  refunds: number;
  mails: number;
};

export type Rig = {
  gateway: Gateway;
  connection: GatewayConnection;
  /** A saved method that behaves like this when it is charged; null where the gateway has none like it. */
  method(kind: MethodKind, customerId: string): Promise<string | null>;
  /** The bank confirms a payment that was processing. */
  settle(paymentId: string): void;
  /** The bank takes a settled payment back. */
  failLate(paymentId: string): void;
  /** The payer agrees to be charged 2 × 12.50 USD every three months, from now on. */
  subscribe(customerId: string): string;
  endSubscription(id: string): void;
  /** The next write happens, its answer never arrives. */
  loseNextAnswer(): void;
  /** A day later, when the gateway no longer knows the keys it was given. */
  forgetKeys(): void;
  effects(): Effects;
  /** Everything the gateway has told so far, oldest first, as it stands in the bodies of webhooks. */
  told(): Uint8Array[];
  sign(raw: Uint8Array, secret: string, at: Date): string;
  /** True where a signature carries the time it was made. */
  timed: boolean;
  close(): Promise<void>;
};

export const ACCOUNT = 'ga_contract';
export const RECORD: RecordRef = { installationId: 'hubspot-1001', objectType: 'deals', recordId: '77' };

export async function newCustomer(rig: Rig, key = randomUUID()): Promise<string> {
  const wish = { name: 'Ada Test', email: `${key}@example.com`, record: RECORD, operationId: key };
  return (await rig.gateway.createCustomer(rig.connection, wish, `${key}:customer`)).id;
}

export const invoiceWish = (customerId: string, change: Partial<NewInvoice> = {}): NewInvoice => ({
  customerId,
  currency: 'USD',
  lines: [
    { description: 'Delivery', quantity: 2, unit: { amountMinor: 2_500, currency: 'USD' } },
    { description: 'Set-up', quantity: 1, unit: { amountMinor: 1_250, currency: 'USD' } },
  ],
  memo: 'Order 42',
  dueAt: new Date(Math.ceil(Date.now() / 1000 + 20 * 86_400) * 1000),
  record: RECORD,
  operationId: randomUUID(),
  replacesId: null,
  ...change,
});

export type OpenInvoice = { customerId: string; invoiceId: string };

/** An open invoice over 62.50 USD. */
export async function newInvoice(rig: Rig, change: Partial<NewInvoice> = {}): Promise<OpenInvoice> {
  const customerId = change.customerId ?? (await newCustomer(rig));
  const wish = invoiceWish(customerId, change);
  const made = await rig.gateway.createInvoice(rig.connection, wish, `${wish.operationId}:draft`);
  await rig.gateway.openInvoice(rig.connection, made.id, `${wish.operationId}:open`);
  return { customerId, invoiceId: made.id };
}

let drawn = 0;
export const drawNumber = (): number => (drawn += 1);

export const read = (rig: Rig, ref: EntityRef): Promise<Fact[]> =>
  rig.gateway.fetch(rig.connection, ref, drawNumber());

/** What facts say together, as the rest of the house would read it. */
export function folded(facts: readonly Fact[]): Ledger {
  const rows: Map<string, Row> = fold(new Map(), facts);
  for (const row of adopt(rows)) rows.set(rowKey(row), row);
  return ledgerOf(rows.values());
}

/** An invoice with the payments that are allocated to it, read from the gateway. */
export async function ledgerOfInvoice(rig: Rig, invoiceId: string): Promise<Ledger> {
  const invoice = await read(rig, { entity: 'invoice', id: invoiceId });
  const paymentIds = invoice.flatMap((fact) =>
    fact.entity === 'allocation' && fact.body.paymentId ? [fact.body.paymentId] : [],
  );
  const payments = await Promise.all(paymentIds.map((id) => read(rig, { entity: 'payment', id })));
  return folded([...invoice, ...payments.flat()]);
}

/** The facts of all events as the inbox would post them: what events decide, and what has to be read. */
export async function factsTold(rig: Rig, events: readonly Uint8Array[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const raw of events) {
    const found = rig.gateway.normalise(raw, ACCOUNT);
    if (found.outcome !== 'facts') continue;
    facts.push(...found.facts);
    for (const ref of found.fetch) facts.push(...(await read(rig, ref)));
  }
  return facts;
}

/** All of history, page by page. */
export async function factsListed(rig: Rig): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const kind of rig.gateway.history) {
    let cursor: string | null = null;
    do {
      const page = await rig.gateway.list(rig.connection, kind, cursor, drawNumber());
      facts.push(...page.facts);
      cursor = page.next;
    } while (cursor !== null);
  }
  return facts;
}
