// Taking a customer off a record on a real store: which links end, what is left for matching, what a kill changes.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperate, resumeOperations } from '../../src/billing/operate.ts';
import type { Actor, BillingDeps } from '../../src/billing/operation.ts';
import type { CrmRecord } from '../../src/crms/crm.ts';
import { storeUnavailable } from '../../src/errors.ts';
import type { Link, RecordRef } from '../../src/ledger/entities.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { linkFact } from '../../src/ledger/links.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { releasedWork } from '../../src/reconcile/match.ts';
import { unmatchedPayers } from '../../src/reconcile/unmatched.ts';
import { recordRows } from '../../src/records/summary.ts';
import type { GatewayAccount, Installation, Workspace } from '../../src/workspaces/workspace.ts';
import { openInFolder } from '../store/folders.ts';
import type { Opened } from '../store/store.contract.ts';

const WS = 'ws_1';
const ACCOUNT = 'ga_1';
const at = (objectType: string, recordId: string): RecordRef => ({
  installationId: 'inst_1',
  objectType,
  recordId,
});
const [ANN, BEN, ACME, YARD] = [
  at('contacts', '1'),
  at('contacts', '2'),
  at('companies', '7'),
  at('companies', '8'),
];

let opened: Opened;
let deps: BillingDeps;
let now: number;
/** The primary company of each contact as the CRM says it, and what it was asked. */
let companies: Record<string, string>;
let asked: string[][];

const workspace = { id: WS, settings: { timeZone: 'UTC' } } as Workspace;
const actor: Actor = {
  workspace,
  installation: { id: 'inst_1', crm: 'hubspot' } as Installation,
  userId: '62',
  role: 'finance',
};

async function read(_connection: unknown, objectType: string, ids: string[]): Promise<CrmRecord[]> {
  asked.push(ids);
  return ids.map((id) => ({
    record: at(objectType, id),
    name: null,
    emails: [],
    primaryCompanyId: companies[id] ?? null,
  }));
}

beforeEach(async () => {
  opened = await openInFolder();
  const { store } = opened;
  now = Date.parse('2026-03-01T09:00:00Z');
  companies = {};
  asked = [];
  const clock = { now: () => new Date(now) };
  deps = {
    store,
    clock,
    log: createLog('silent'),
    post: createPost({
      store,
      clock,
      wake: () => undefined,
      contextOf: async () => ({ zone: 'UTC', counts: () => true }),
    }),
    gateway: {} as BillingDeps['gateway'],
    crm: { read } as BillingDeps['crm'],
    mayAct: async () => true,
    accountConnection: async (account) => ({
      account,
      livemode: false,
      credentials: { kind: 'key', secretKey: '' },
    }),
    crmConnection: async () => ({}) as Awaited<ReturnType<BillingDeps['crmConnection']>>,
    currentAccount: async () => ({ id: ACCOUNT }) as GatewayAccount,
    workspace: async () => workspace,
    installation: async () => undefined,
    async ledgerOf(workspaceId, record) {
      const key = recordKey(record);
      const { rows } = await store.loadCluster(workspaceId, { owners: [], ids: [], records: [key] });
      const { own, payers } = recordRows(key, rows);
      return { ...ledgerOf(own), payers: ledgerOf(payers) };
    },
    payUrl: () => '',
    releasedWork,
    retryBaseMs: 1_000,
  };
});
afterEach(() => opened.close());

const link = (record: RecordRef, reason: Link['reason'], isActive = true): Fact =>
  linkFact({ account: ACCOUNT, customerId: 'cus_1', number: 0 }, record, reason, isActive);

const release = (record: RecordRef, operationId = randomUUID(), operate = createOperate(deps)) =>
  operate({ kind: 'release-payer', record, actor, request: { operationId, customerId: 'cus_1' } });

/** `done`, or the code of the refusal. */
async function ended(record: RecordRef): Promise<string> {
  const answer = await release(record);
  if (!answer.ok) return answer.refusal.code;
  return answer.outcome.result.code ?? answer.outcome.state;
}

/** How each record stands: `holds`, `ended` or `released`. */
async function standing(): Promise<Record<string, string>> {
  const { rows } = await deps.store.loadCluster(WS, { owners: ['cus_1'], ids: [], records: [] });
  return Object.fromEntries(
    ledgerOf(rows).link.map(({ body: { record, active, released } }) => [
      `${record.objectType} ${record.recordId}`,
      active ? 'holds' : released ? 'released' : 'ended',
    ]),
  );
}

const listed = async () =>
  (await unmatchedPayers(deps.store, WS, ANN.installationId)).map(({ customerId, reason, candidates }) => ({
    customerId,
    reason,
    candidates,
  }));

describe('taking a customer off a contact', () => {
  it('takes along the company that came with it, asks the CRM nothing, and lists the customer at once', async () => {
    await deps.post(WS, [link(ANN, 'email'), link(ACME, 'primary_company')]);
    expect(await ended(ANN)).toBe('done');
    expect(await standing()).toEqual({ 'contacts 1': 'released', 'companies 7': 'released' });
    expect(asked).toEqual([]);
    expect(await listed()).toEqual([{ customerId: 'cus_1', reason: 'released', candidates: [ANN] }]);
  });

  it('leaves the company that another contact of theirs belongs to, and what nobody brought', async () => {
    await deps.post(WS, [
      link(ANN, 'email'),
      link(BEN, 'person'),
      link(ACME, 'primary_company'),
      link(YARD, 'person'),
    ]);
    companies = { [BEN.recordId]: ACME.recordId };
    expect(await ended(ANN)).toBe('done');
    expect(await standing()).toEqual({
      'contacts 1': 'released',
      'contacts 2': 'holds',
      'companies 7': 'holds',
      'companies 8': 'holds',
    });
    expect(asked).toEqual([[BEN.recordId]]);
  });

  it('takes the company along where the other contact belongs to another one', async () => {
    await deps.post(WS, [link(ANN, 'email'), link(BEN, 'person'), link(ACME, 'primary_company')]);
    companies = { [BEN.recordId]: YARD.recordId };
    expect(await ended(ANN)).toBe('done');
    expect((await standing())['companies 7']).toBe('released');
  });

  it('does not list a customer whom another record of the portal still has', async () => {
    await deps.post(WS, [link(ANN, 'email'), link(BEN, 'person')]);
    const answer = await release(ANN);
    expect(answer.ok && answer.outcome.result.message).toBe('The customer no longer belongs to this record.');
    expect(await listed()).toEqual([]);
  });

  it('ends the link of this customer alone, and in this portal alone', async () => {
    const elsewhere = { ...ANN, installationId: 'inst_2' };
    const other = linkFact({ account: ACCOUNT, customerId: 'cus_2', number: 0 }, ANN, 'email', true);
    await deps.post(WS, [link(ANN, 'email'), link(elsewhere, 'email'), other]);
    expect(await ended(ANN)).toBe('done');
    const { rows } = await deps.store.loadCluster(WS, { owners: ['cus_1', 'cus_2'], ids: [], records: [] });
    const holding = ledgerOf(rows).link.filter(({ body }) => body.active);
    expect(holding.map(({ id }) => id)).toEqual([`cus_1>${recordKey(elsewhere)}`, `cus_2>${recordKey(ANN)}`]);
  });
});

describe('taking a customer off a company', () => {
  it('is left to its contact as long as it came along with one', async () => {
    await deps.post(WS, [link(ANN, 'email'), link(ACME, 'primary_company')]);
    expect(await ended(ACME)).toBe('linked_through_contact');
    expect(await standing()).toEqual({ 'contacts 1': 'holds', 'companies 7': 'holds' });
  });

  it.each(['primary_company', 'person'] as const)('works without a contact (%s)', async (reason) => {
    await deps.post(WS, [link(ANN, 'email', reason === 'person'), link(ACME, reason)]);
    expect(await ended(ACME)).toBe('done');
    expect((await standing())['companies 7']).toBe('released');
  });
});

it('answers a customer of another record, and one taken off already, like one that never was', async () => {
  await deps.post(WS, [link(ANN, 'email')]);
  expect(await ended(BEN)).toBe('not_found');
  expect(await ended(ANN)).toBe('done');
  expect(await ended(ANN)).toBe('not_found');
});

describe('a release that was cut off', () => {
  it('between its commit and its note of it goes on as old as its click, and says nothing twice', async () => {
    await deps.post(WS, [link(ANN, 'email'), link(ACME, 'primary_company')]);
    const { store } = opened;
    let isCut = false;
    const cut: BillingDeps = {
      ...deps,
      store: {
        ...store,
        async saveStep(workspaceId, id, step, result) {
          if (step === 'release' && !isCut) {
            isCut = true;
            throw storeUnavailable();
          }
          return store.saveStep(workspaceId, id, step, result);
        },
      },
    };
    const id = randomUUID();
    const first = await release(ANN, id, createOperate(cut));
    expect(first.ok && first.outcome.state).toBe('checking');
    const before = (await store.allFacts(WS, 0, 100)).length;
    now += 120_000;
    expect(await resumeOperations(cut)).toBe(1);
    const again = await release(ANN, id);
    expect(again.ok && again.outcome.state).toBe('done');
    expect(await store.allFacts(WS, 0, 100)).toHaveLength(before);
    expect((await standing())['contacts 1']).toBe('released');
  });

  it('of the same click sent twice at once ends once', async () => {
    await deps.post(WS, [link(ANN, 'email')]);
    const [id, operate] = [randomUUID(), createOperate(deps)];
    const answers = await Promise.all([release(ANN, id, operate), release(ANN, id, operate)]);
    expect(answers.map((answer) => answer.ok && answer.outcome.state)).toEqual(['done', 'done']);
  });
});
