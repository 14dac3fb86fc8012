// Charges against a gateway whose answers are written down: every decline, lost credentials, an account that was exchanged.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperate, resumeOperations } from '../../src/billing/operate.ts';
import { DECLINES } from '../../src/billing/decline-words.ts';
import type { BillingDeps } from '../../src/billing/operation.ts';
import { gatewayUnavailable, reauthRequired } from '../../src/errors.ts';
import type { ChargeOutcome, DeclineReason, Gateway } from '../../src/gateways/gateway.ts';
import type { EntityBody, EntityKind, RecordRef } from '../../src/ledger/entities.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { releasedWork } from '../../src/reconcile/match.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import type { GatewayAccount, Installation, Workspace } from '../../src/workspaces/workspace.ts';

const record: RecordRef = { installationId: 'inst_1', objectType: 'contacts', recordId: '1' };
const workspace: Workspace = {
  id: 'ws_1',
  name: 'Brightwell',
  createdAt: '2026-01-01T00:00:00Z',
  settings: {
    timeZone: 'UTC',
    brand: { name: 'Brightwell', logoUrl: null, color: '#33475b' },
    roles: {},
    payPage: 'embedded',
    linkOnRecord: false,
  },
};

let folder: string;
let store: Store;
let now: number;
let account: string;
let deps: BillingDeps;
/** What the gateway answers to the next charges; it is asked for each. */
let answers: (() => ChargeOutcome)[];
let charged: { account: string; key: string }[];
/** What it says of the invoice when it is looked up. */
let found: Fact[];

function fact<K extends EntityKind>(entity: K, id: string, body: Partial<EntityBody[K]>, number = 1): Fact {
  return {
    entity,
    account: 'ga_1',
    id,
    aspect: entity,
    owner: 'cus_1',
    source: 'gateway',
    number,
    body,
  } as unknown as Fact;
}

const invoice = (status: 'open' | 'paid', number = 1): Fact =>
  fact(
    'invoice',
    'in_1',
    {
      customerId: 'cus_1',
      status,
      currency: 'EUR',
      totalMinor: 5_000,
      remainingMinor: status === 'open' ? 5_000 : 0,
      linkVersion: 3,
    },
    number,
  );

const FACTS: Fact[] = [
  fact('customer', 'cus_1', { currency: 'EUR' }),
  fact('link', 'cus_1>inst_1|contacts|1', { customerId: 'cus_1', record, reason: 'operation', active: true }),
  fact('method', 'pm_1', { customerId: 'cus_1', type: 'card', attached: true }),
  fact('payment', 'pi_0', { customerId: 'cus_1', status: 'succeeded', methodId: 'pm_1', currency: 'EUR' }),
  fact('mandate', 'consent_pi_0', { customerId: 'cus_1', paymentId: 'pi_0', active: true, text: 'yes' }),
  invoice('open'),
];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-charge-'));
  store = await openEmbeddedStore(folder);
  now = Date.parse('2026-05-04T10:00:00Z');
  account = 'ga_1';
  answers = [];
  charged = [];
  found = [invoice('open')];
  const clock = { now: () => new Date(now) };
  const post = createPost({
    store,
    clock,
    wake: () => undefined,
    contextOf: async () => ({ zone: 'UTC', counts: () => false }),
  });
  const gateway: Pick<Gateway, 'chargeSavedMethod' | 'fetch'> = {
    async chargeSavedMethod(connection, _invoiceId, _methodId, key) {
      charged.push({ account: connection.account, key });
      const answer = answers.shift();
      if (!answer) throw gatewayUnavailable();
      return answer();
    },
    fetch: async (_connection, ref, number) =>
      found
        .filter(({ entity }) => entity === ref.entity || ref.entity === 'invoice')
        .map((one) => ({ ...one, number })),
  };
  deps = {
    store,
    clock,
    post,
    log: createLog('silent'),
    gateway: gateway as Gateway,
    crm: {} as BillingDeps['crm'],
    mayAct: async () => true,
    accountConnection: async (id) => ({
      account: id,
      livemode: false,
      credentials: { kind: 'key', secretKey: '' },
    }),
    crmConnection: () => Promise.reject(new Error('not asked')),
    currentAccount: async () => ({ id: account }) as GatewayAccount,
    workspace: async () => workspace,
    installation: async () => undefined,
    ledgerOf: async () => {
      const { rows } = await store.loadCluster('ws_1', { owners: [], ids: ['cus_1'], records: [] });
      const ledger = ledgerOf(rows);
      return { ...ledger, payers: ledger };
    },
    payUrl: (id, invoiceId, version) => `https://pay.example.test/${id}/${invoiceId}/${version}`,
    releasedWork,
    retryBaseMs: 1_000,
  };
  await post('ws_1', FACTS);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const actor = {
  workspace,
  installation: { id: 'inst_1', crm: 'hubspot' } as Installation,
  userId: '63',
  role: 'rep',
} as const;
const request = () => ({
  operationId: randomUUID(),
  invoiceId: 'in_1',
  methodId: 'pm_1',
  amountMinor: 5_000,
});
const charge = (body = request(), operate = createOperate(deps)) =>
  operate({ kind: 'charge-saved-method', record, actor, request: body });

async function later(ms: number) {
  now += ms;
  await resumeOperations(deps);
}
const stored = (id: string) => store.findOperation('ws_1', id);

describe('a decline', () => {
  it.each(Object.keys(DECLINES) as DeclineReason[])(
    'because of %s says what the rep can do, and brings the link of today',
    async (reason) => {
      answers = [() => ({ outcome: 'declined', reason, facts: [] })];
      const answer = await charge();
      expect(answer).toMatchObject({
        ok: true,
        outcome: { result: { invoiceId: 'in_1', payUrl: 'https://pay.example.test/ga_1/in_1/3' } },
      });
      const { state, result } = answer.ok ? answer.outcome : { state: '', result: { message: '' } };
      expect(state).toBe(reason === 'authentication_required' ? 'done' : 'refused');
      expect(result.message).toMatch(/link|try again|try later|talk to/i);
      expect(result.message).not.toContain('_');
    },
  );

  it('is an end: a new click may charge again', async () => {
    answers = [
      () => ({ outcome: 'declined', reason: 'insufficient_funds', facts: [] }),
      () => ({ outcome: 'succeeded', paymentId: 'pi_1', facts: [invoice('paid', 2)] }),
    ];
    await charge();
    expect(await charge()).toMatchObject({ ok: true, outcome: { state: 'done' } });
    expect(new Set(charged.map(({ key }) => key)).size).toBe(2);
  });
});

describe('credentials that ended', () => {
  it('before anything was sent end the operation', async () => {
    deps.accountConnection = () => Promise.reject(reauthRequired());
    expect(await charge()).toMatchObject({
      ok: true,
      outcome: { state: 'refused', result: { code: 'reauth_required' } },
    });
    expect(charged).toEqual([]);
  });

  it('after an answer was lost leave it open until it can be looked up, and nobody charges meanwhile', async () => {
    const body = request();
    const { accountConnection } = deps;
    expect(await charge(body)).toMatchObject({ ok: true, outcome: { state: 'checking' } });
    deps.accountConnection = () => Promise.reject(reauthRequired());
    await later(60_000);
    expect((await stored(body.operationId))?.state).toBe('checking');
    expect(await charge()).toMatchObject({
      ok: false,
      refusal: { code: 'operation_in_progress' },
      busy: { id: body.operationId },
    });
    deps.accountConnection = accountConnection;
    found = [invoice('paid')];
    await later(60_000);
    expect(await stored(body.operationId)).toMatchObject({ state: 'done' });
    expect(charged).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  it('that turns out to be a bank’s processing is not charged again', async () => {
    const body = request();
    await charge(body);
    found = [
      invoice('open'),
      fact('allocation', 'inpay_1', {
        invoiceId: 'in_1',
        paymentId: 'pi_1',
        status: 'open',
        currency: 'EUR',
      }),
      fact('payment', 'pi_1', { status: 'processing', currency: 'EUR' }),
    ];
    await later(60_000);
    expect(await stored(body.operationId)).toMatchObject({
      state: 'done',
      outcome: { result: { message: expect.stringMatching(/processing/) } },
    });
    expect(charged).toHaveLength(1);
  });

  it('is asked for under the same key for minutes, then only looked up', async () => {
    const body = request();
    await charge(body);
    await later(60_000);
    await later(120_000);
    expect(charged.map(({ key }) => key)).toEqual(Array(3).fill(`${body.operationId}:charge`));
    await later(20 * 60_000);
    expect(charged).toHaveLength(3);
    expect(await stored(body.operationId)).toMatchObject({
      state: 'refused',
      outcome: { result: { code: 'not_charged' } },
    });
  });

  it('is looked up at the account it was sent to, also after another one was connected', async () => {
    const body = request();
    await charge(body);
    account = 'ga_2';
    answers = [() => ({ outcome: 'succeeded', paymentId: 'pi_1', facts: [] })];
    await later(60_000);
    expect((await stored(body.operationId))?.state).toBe('done');
    expect(charged.map((one) => one.account)).toEqual(['ga_1', 'ga_1']);
  });
});

it('refuses while no account is connected, and keeps the id free', async () => {
  deps.currentAccount = async () => undefined;
  const operate = createOperate(deps);
  const body = { operationId: randomUUID(), currency: 'EUR', amount: '5.00', description: 'Deposit' };
  const answer = await operate({ kind: 'create-link', record, actor, request: body });
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'not_connected' } });
  expect(await stored(body.operationId)).toBeUndefined();
});
