// A store filled by posting, without a gateway or a CRM: payers, their records, what they owe and what they paid.
import type { EntityKind } from '../../src/ledger/entities.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import type { Store } from '../../src/store/store.ts';
import { newData, type Data, type StoreKind } from '../stores.ts';
import { AMOUNT_MINOR } from './merchant.ts';

export const WORKSPACE = 'ws_bench';
export const ACCOUNT = 'ga_bench';
export const INSTALLATION = 'inst_bench';

export type LedgerPlace = {
  store: Store;
  post: Post;
  data: Data;
  /** Of this process and those of the store so far, in milliseconds. */
  cpuMs(): number;
  close(): Promise<void>;
};

export async function openLedger(kind: StoreKind): Promise<LedgerPlace> {
  const data = await newData(kind);
  const store = await data.open();
  const context = {
    zone: 'Europe/Berlin',
    counts: () => true,
    mirrors: [{ installationId: INSTALLATION, payments: true, whole: false }],
  };
  const post = createPost({
    store,
    clock: { now: () => new Date() },
    contextOf: async () => context,
    wake: () => undefined,
  });
  return {
    store,
    post,
    data,
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000 + data.cpuMs();
    },
    async close() {
      await store.close();
      await data.end();
    },
  };
}

const fact = (entity: EntityKind, id: string, owner: string, body: object, more: object = {}): Fact =>
  ({
    entity,
    id,
    owner,
    account: ACCOUNT,
    aspect: entity,
    source: 'gateway',
    number: 0,
    body,
    ...more,
  }) as Fact;

/** A payer, linked to a contact of their own and to a company. */
export const payerFacts = (payer: string, company: string): Fact[] => [
  fact('customer', payer, payer, { currency: 'EUR' }, { number: 1 }),
  linkFact(payer, 'contacts', payer),
  linkFact(payer, 'companies', company),
];

function linkFact(payer: string, objectType: string, recordId: string): Fact {
  const record = { installationId: INSTALLATION, objectType, recordId };
  const body = { customerId: payer, record, reason: 'email', active: true, released: false };
  return fact('link', `${payer}>${recordKey(record)}`, payer, body, { source: 'payside' });
}

/** An invoice that was paid, as its events tell it. */
export const paidFacts = (payer: string, name: string): Fact[] => [
  fact('invoice', `in_${name}`, payer, {
    customerId: payer,
    status: 'paid',
    currency: 'EUR',
    number: `NO-${name}`,
    totalMinor: AMOUNT_MINOR,
    dueMinor: AMOUNT_MINOR,
    paidMinor: AMOUNT_MINOR,
    remainingMinor: 0,
    createdAt: '2026-01-10T09:00:00.000Z',
  }),
  fact('payment', `pi_${name}`, payer, {
    customerId: payer,
    status: 'succeeded',
    currency: 'EUR',
    amountMinor: AMOUNT_MINOR,
    capturedMinor: AMOUNT_MINOR,
    createdAt: '2026-01-11T09:00:00.000Z',
    succeededAt: '2026-01-11T09:00:01.000Z',
  }),
  fact('allocation', `al_${name}`, payer, {
    invoiceId: `in_${name}`,
    paymentId: `pi_${name}`,
    amountMinor: AMOUNT_MINOR,
    currency: 'EUR',
    status: 'paid',
  }),
];

const PER_PAYER = 10;
/** So many payers go into one commit. */
const PAYERS_AT_ONCE = 100;

/** Fills the store of a connector that has one account and one installation, while it is stopped. */
export async function fillConnected({ open }: Data, invoices: number): Promise<void> {
  const store = await open();
  const [account] = await store.accounts();
  const [installation] = await store.installations();
  if (!account || !installation) throw new Error('nothing is connected');
  const { workspaceId } = account;
  await fillHistory(store, invoices, { workspaceId, account: account.id, installationId: installation.id });
  await store.close();
}

/** Everything a merchant has had, without saying what records should say: that is written already. */
export async function fillHistory(
  store: Store,
  invoices: number,
  place: Place = { workspaceId: WORKSPACE, account: ACCOUNT, installationId: INSTALLATION },
): Promise<void> {
  const post = createPost({
    store,
    clock: { now: () => new Date() },
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => false }),
    wake: () => undefined,
  });
  const payers = invoices / PER_PAYER;
  for (let first = 0; first < payers; first += PAYERS_AT_ONCE) {
    const names = Array.from({ length: PAYERS_AT_ONCE }, (_, nth) => `h${first + nth}`);
    const facts = names.flatMap((name) => [
      ...payerFacts(name, `mill-${name}`),
      ...Array.from({ length: PER_PAYER }, (_, nth) => paidFacts(name, `${name}i${nth}`)).flat(),
    ]);
    await post(
      place.workspaceId,
      facts.map((one) => movedTo(place, one)),
    );
  }
}

export type Place = { workspaceId: string; account: string; installationId: string };

const movedTo = ({ account, installationId }: Place, fact: Fact): Fact =>
  JSON.parse(JSON.stringify({ ...fact, account }).replaceAll(`${INSTALLATION}`, installationId)) as Fact;
