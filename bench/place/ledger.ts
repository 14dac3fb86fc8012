// A store filled by posting, without a gateway or a CRM: payers, their records, what they owe and what they paid.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntityKind } from '../../src/ledger/entities.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { AMOUNT_MINOR } from './merchant.ts';

export const WORKSPACE = 'ws_bench';
export const ACCOUNT = 'ga_bench';
export const INSTALLATION = 'inst_bench';

export type LedgerPlace = { store: Store; post: Post; folder: string; close(): Promise<void> };

/** @param whole as in a CRM that has objects of ours, rather than copies with links beside them */
export async function openLedger({ whole = false } = {}): Promise<LedgerPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'payside-bench-'));
  const store = await openEmbeddedStore(folder);
  const context = {
    zone: 'Europe/Berlin',
    counts: () => true,
    mirrors: [{ installationId: INSTALLATION, payments: true, whole }],
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
    folder,
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
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
