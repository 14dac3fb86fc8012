// Sample rows for the store's tests: an event, work, a commit, an operation; each whole, with what a test changes.
import { randomUUID } from 'node:crypto';
import { recordKey, type Row } from '../../src/ledger/facts.ts';
import type { DesiredState } from '../../src/records/desired-state.ts';
import type {
  Commit,
  IncomingEvent,
  DeliveriesOf,
  OperationRow,
  Store,
  WorkItem,
} from '../../src/store/store.ts';
import type { GatewayAccount, Installation, Workspace } from '../../src/workspaces/workspace.ts';

export const NOW = new Date('2026-03-10T12:00:00.000Z');
export const LEASE_MS = 60_000;
/** @param ms milliseconds from the sample moment */
export const later = (ms: number): Date => new Date(NOW.getTime() + ms);

export const event = (change: Partial<IncomingEvent> = {}): IncomingEvent => ({
  source: 'acct_a',
  dedupeKey: randomUUID(),
  kind: 'invoice.paid',
  workspaceId: 'ws_1',
  account: 'acct_a',
  receivedAt: NOW.toISOString(),
  state: 'waiting',
  reason: null,
  raw: new Uint8Array(Buffer.from(JSON.stringify({ sample: true, said: 'paid '.repeat(50) }))),
  ...change,
});

export const work = (change: Partial<WorkItem> = {}): WorkItem => ({
  workspaceId: 'ws_1',
  kind: 'fetch',
  key: 'customer|acct_a|cus_1',
  payload: { id: 'cus_1' },
  nextAt: NOW.toISOString(),
  ...change,
});

export const RECORD = { installationId: 'inst_1', objectType: 'contacts', recordId: '101' };

export const desired = (owedMinor: number, record = RECORD): Commit['desired'][number] => {
  const state: DesiredState = {
    record,
    presence: 'present',
    values: {
      owed: [{ amountMinor: owedMinor, currency: 'EUR' }],
      overdue: [],
      collected: [],
      status: 'open',
      lastPaymentAt: null,
      nextDue: null,
      nextInvoice: null,
    },
  };
  return { key: recordKey(record), state, digest: `owed ${owedMinor}` };
};

export const row = (change: Partial<Row> = {}): Row => ({
  entity: 'invoice',
  account: 'acct_a',
  id: 'in_1',
  owner: 'cus_1',
  parent: null,
  record: null,
  aspects: {},
  ...change,
});

export const commitOf = (change: Partial<Commit> = {}): Commit => ({
  workspaceId: 'ws_1',
  facts: [],
  rows: [],
  desired: [],
  personal: [],
  versions: {},
  scopes: [],
  finish: { events: [], work: [] },
  work: [],
  at: NOW.toISOString(),
  ...change,
});

export const operation = (change: Partial<OperationRow> = {}): OperationRow => ({
  id: randomUUID(),
  workspaceId: 'ws_1',
  userId: 'hubspot:1',
  kind: 'create-invoice',
  bodyHash: 'hash of the body',
  record: recordKey(RECORD),
  subject: null,
  state: 'running',
  request: { amount: '12.50' },
  steps: {},
  outcome: null,
  startedAt: NOW.toISOString(),
  nextAt: NOW.toISOString(),
  attempts: 0,
  ...change,
});

export const workspace = (change: Partial<Workspace> = {}): Workspace => ({
  id: 'ws_1',
  name: 'Sample Company',
  createdAt: NOW.toISOString(),
  settings: {
    timeZone: 'Europe/Berlin',
    brand: { name: 'Sample Company', logoUrl: null, color: '#336699' },
    roles: { 'hubspot:1': 'admin' },
    payPage: 'embedded',
    linkOnRecord: true,
  },
  ...change,
});

export const installation = (change: Partial<Installation> = {}): Installation => ({
  id: 'inst_1',
  workspaceId: 'ws_1',
  crm: 'hubspot',
  portalId: '4242',
  name: 'Sample portal',
  testPortal: false,
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  scopes: [],
  tokens: null,
  state: 'installed',
  schemaVersion: 1,
  capabilities: { mirrorInvoices: false, commercePayments: false },
  installedBy: 'hubspot:1',
  installedAt: NOW.toISOString(),
  ...change,
});

export const account = (change: Partial<GatewayAccount> = {}): GatewayAccount => ({
  id: 'acct_a',
  workspaceId: 'ws_1',
  gateway: 'stripe',
  externalId: 'acct_sample',
  name: 'Sample account',
  livemode: true,
  currency: 'EUR',
  country: 'DE',
  publishableKey: 'not a key',
  credentials: null,
  webhook: null,
  connectedAt: NOW.toISOString(),
  state: 'connected',
  importing: null,
  verifiedAt: null,
  taxRates: [],
  ...change,
});

/** Claims what is due now, as a worker with a lease of a minute would. */
export const claims = (store: Store, at = NOW, limit = 100) => ({
  events: () => store.claimEvents(at, limit, LEASE_MS),
  work: () => store.claimWork(['fetch', 'match'], at, limit, LEASE_MS),
  deliveries: (of: DeliveriesOf = 'inst_1') => store.claimDeliveries(of, at, limit, LEASE_MS),
  operations: () => store.claimOperations(at, limit, LEASE_MS),
});
