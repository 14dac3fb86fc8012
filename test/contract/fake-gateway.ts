// A gateway of another kind: bank debits only, no invoices of its own, events that name objects and say nothing about them.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { gatewayRejected, gatewayUnavailable } from '../../src/errors.ts';
import {
  unsupported,
  type Capabilities,
  type ChargeOutcome,
  type EntityRef,
  type Gateway,
  type Made,
  type NewInvoice,
  type PaySession,
  type TimeWindow,
} from '../../src/gateways/gateway.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { ACCOUNT, type Rig } from './gateway-rig.ts';

type Debit = {
  id: string;
  invoiceId: string;
  status: 'pending' | 'paid_out' | 'failed' | 'returned';
  at: string;
};

/** What the gateway keeps of an invoice: a request for money that carries Payside's words as a note. */
type MoneyRequest = NewInvoice & {
  id: string;
  state: 'noted' | 'asked' | 'cancelled';
  createdAt: string;
  askedAt: string | null;
  nextDebit: string;
};

/** A standing order in the bank's words. */
type StandingOrder = { id: string; customerId: string; at: string; endedAt: string | null };

type Bank = {
  orders: Map<string, StandingOrder>;
  customers: Map<string, { id: string; operationId: string; email: string | null; createdAt: string }>;
  requests: Map<string, MoneyRequest>;
  debits: Map<string, Debit>;
  told: EntityRef[];
  answers: Map<string, { body: string; id: string }>;
  isAnswerLost: boolean;
  count: number;
};

const CAPABILITIES: Capabilities = {
  invoice: false,
  hostedPage: false,
  emailInvoice: false,
  savedMethod: true,
  bankDebit: true,
  refund: false,
  customerBalance: false,
  taxRates: false,
};
const MANDATE = 'MD-active';
const DEAD_MANDATE = 'MD-cancelled';
const PAGE = 10;

const newBank = (): Bank => ({
  orders: new Map(),
  customers: new Map(),
  requests: new Map(),
  debits: new Map(),
  told: [],
  answers: new Map(),
  isAnswerLost: false,
  count: 0,
});

const nextId = (bank: Bank, kind: string): string => `${kind}${String((bank.count += 1)).padStart(6, '0')}`;
const now = (): string => new Date().toISOString();

/** Acts once for a key; the same key with another body is refused. */
function once(bank: Bank, key: string, body: object, act: () => string): string {
  const text = JSON.stringify(body);
  const known = bank.answers.get(key);
  if (known && known.body !== text) throw gatewayRejected();
  const id = known?.id ?? act();
  bank.answers.set(key, { body: text, id });
  if (!bank.isAnswerLost) return id;
  bank.isAnswerLost = false;
  throw gatewayUnavailable();
}

const totalOf = ({ lines }: NewInvoice): number =>
  lines.reduce((sum, { quantity, unit }) => sum + quantity * unit.amountMinor, 0);

const debitsOf = (bank: Bank, invoiceId: string): Debit[] =>
  [...bank.debits.values()].filter((debit) => debit.invoiceId === invoiceId);

const wasPaid = ({ status }: Debit): boolean => status === 'paid_out' || status === 'returned';

function invoiceFacts(bank: Bank, request: MoneyRequest, number: number): Fact[] {
  const total = totalOf(request);
  const debits = debitsOf(bank, request.id);
  const paid = debits.find(wasPaid);
  const status = { noted: 'draft', asked: paid ? 'paid' : 'open', cancelled: 'void' } as const;
  const base = { account: ACCOUNT, owner: request.customerId, source: 'gateway', number } as const;
  const lines: Fact[] = request.lines.map((line, index) => ({
    ...base,
    entity: 'line',
    id: `${request.id}-${index}`,
    aspect: 'line',
    body: {
      invoiceId: request.id,
      description: line.description,
      quantity: String(line.quantity),
      amountMinor: line.quantity * line.unit.amountMinor,
      currency: request.currency,
    },
  }));
  const invoice: Fact = {
    ...base,
    entity: 'invoice',
    id: request.id,
    aspect: 'invoice',
    body: {
      customerId: request.customerId,
      number: request.askedAt && request.id.slice(4, 12).toUpperCase(),
      status: status[request.state],
      currency: request.currency,
      totalMinor: total,
      dueMinor: total,
      paidMinor: paid ? total : 0,
      remainingMinor: paid ? 0 : total,
      createdAt: request.createdAt,
      finalizedAt: request.askedAt,
      paidAt: paid?.at ?? null,
      dueAt: request.dueAt.toISOString(),
      memo: request.memo,
      record: request.record,
      operationId: request.operationId,
      replacesId: request.replacesId,
    },
  };
  return [invoice, ...lines, ...debits.map((debit) => allocationFact(request, debit, number))];
}

const allocationFact = (request: MoneyRequest, debit: Debit, number: number): Fact => ({
  entity: 'allocation',
  account: ACCOUNT,
  id: `${debit.id}>${request.id}`,
  aspect: 'allocation',
  owner: request.customerId,
  source: 'gateway',
  number,
  body: {
    invoiceId: request.id,
    paymentId: debit.id,
    amountMinor: totalOf(request),
    currency: request.currency,
    status: wasPaid(debit) ? 'paid' : debit.status === 'failed' ? 'canceled' : 'open',
  },
});

const PAYMENTS = {
  pending: 'processing',
  paid_out: 'succeeded',
  returned: 'succeeded',
  failed: 'failed',
} as const;

function paymentFacts(bank: Bank, debit: Debit, number: number): Fact[] {
  const request = bank.requests.get(debit.invoiceId);
  if (!request) return [];
  const amountMinor = totalOf(request);
  const body = {
    customerId: request.customerId,
    status: PAYMENTS[debit.status],
    amountMinor,
    capturedMinor: wasPaid(debit) ? amountMinor : 0,
    currency: request.currency,
    createdAt: debit.at,
    succeededAt: wasPaid(debit) ? debit.at : null,
    failedLateMinor: debit.status === 'returned' ? amountMinor : 0,
  };
  const base = { account: ACCOUNT, owner: request.customerId, source: 'gateway', number } as const;
  return [{ ...base, entity: 'payment', id: debit.id, aspect: 'debit', body }];
}

const customerFacts = (id: string, number: number): Fact[] => [
  {
    entity: 'customer',
    account: ACCOUNT,
    id,
    aspect: 'customer',
    owner: id,
    source: 'gateway',
    number,
    body: { currency: null, creditMinor: 0 },
  },
];

const orderFacts = ({ id, customerId, at, endedAt }: StandingOrder, number: number): Fact[] => [
  {
    entity: 'subscription',
    account: ACCOUNT,
    id,
    aspect: 'order',
    owner: customerId,
    source: 'gateway',
    number,
    body: {
      customerId,
      status: endedAt ? 'canceled' : 'active',
      currency: 'USD',
      amountMinor: 2_500,
      period: { unit: 'month', count: 3 },
      createdAt: at,
      periodEndsAt: endedAt ? null : new Date(Date.parse(at) + 90 * 86_400_000).toISOString(),
      cancelAt: null,
      endedAt,
    },
  },
];

function subscribe(bank: Bank, customerId: string): string {
  const id = nextId(bank, 'SB');
  bank.orders.set(id, { id, customerId, at: now(), endedAt: null });
  bank.told.push({ entity: 'subscription', id });
  return id;
}

function endOrder(bank: Bank, id: string): void {
  const order = bank.orders.get(id);
  if (!order) throw new Error(`no order ${id}`);
  order.endedAt = now();
  bank.told.push({ entity: 'subscription', id });
}

function readFacts(bank: Bank, { entity, id }: EntityRef, number: number): Fact[] {
  const request = entity === 'invoice' ? bank.requests.get(id) : undefined;
  const debit = entity === 'payment' ? bank.debits.get(id) : undefined;
  const order = entity === 'subscription' ? bank.orders.get(id) : undefined;
  if (order) return orderFacts(order, number);
  if (request) return invoiceFacts(bank, request, number);
  if (debit) return paymentFacts(bank, debit, number);
  return entity === 'customer' && bank.customers.has(id) ? customerFacts(id, number) : [];
}

function collectFrom(bank: Bank, invoiceId: string): string {
  const request = requestAt(bank, invoiceId);
  const busy = debitsOf(bank, invoiceId).some(({ status }) => status !== 'failed');
  if (request.state !== 'asked' || busy) throw gatewayRejected();
  bank.debits.set(request.nextDebit, { id: request.nextDebit, invoiceId, status: 'pending', at: now() });
  tell(bank, request.nextDebit, invoiceId);
  return request.nextDebit;
}

function tell(bank: Bank, paymentId: string, invoiceId: string): void {
  bank.told.push({ entity: 'payment', id: paymentId }, { entity: 'invoice', id: invoiceId });
}

function requestAt(bank: Bank, id: string): MoneyRequest {
  const request = bank.requests.get(id);
  if (!request) throw gatewayRejected({ context: { status: 404 } });
  return request;
}

function move(bank: Bank, paymentId: string, status: Debit['status']): void {
  const debit = bank.debits.get(paymentId);
  if (!debit) throw new Error(`no debit ${paymentId}`);
  debit.status = status;
  tell(bank, paymentId, debit.invoiceId);
}

function makeRequest(bank: Bank, wish: NewInvoice): string {
  // Payside's own id: derived, so that the same operation never makes a second one.
  const id = `inv_${wish.operationId}`;
  const nextDebit = nextId(bank, 'PM');
  bank.requests.set(id, { ...wish, id, nextDebit, state: 'noted', createdAt: now(), askedAt: null });
  bank.told.push({ entity: 'invoice', id });
  return id;
}

function steer(bank: Bank, id: string, from: MoneyRequest['state'], to: MoneyRequest['state']): string {
  const request = requestAt(bank, id);
  if (request.state === to) return id;
  if (request.state !== from) throw gatewayRejected();
  request.state = to;
  request.askedAt ??= now();
  bank.told.push({ entity: 'invoice', id });
  return id;
}

function session(bank: Bank, invoiceId: string): PaySession {
  const request = requestAt(bank, invoiceId);
  const debits = debitsOf(bank, invoiceId);
  if (debits.some(wasPaid)) return { ready: false, reason: 'settled' };
  if (debits.some(({ status }) => status === 'pending')) return { ready: false, reason: 'processing' };
  if (request.state !== 'asked') return { ready: false, reason: 'unavailable' };
  const amount = { amountMinor: totalOf(request), currency: request.currency };
  return { ready: true, paymentId: request.nextDebit, clientSecret: `${request.nextDebit}.flow`, amount };
}

const hexOf = (raw: Uint8Array, secret: string): Buffer => createHmac('sha256', secret).update(raw).digest();

const door: Pick<Gateway, 'verify' | 'envelope' | 'normalise'> = {
  verify(raw, signature, secrets) {
    const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
    const isGood = secrets.some((secret) => {
      const wanted = hexOf(raw, secret);
      return secret !== '' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
    return isGood ? { verified: true } : { verified: false, reason: 'signature' };
  },
  envelope(raw) {
    const batch = batchIn(raw);
    return batch && { id: batch.id, kind: 'batch', livemode: false, known: true, externalId: null };
  },
  normalise(raw) {
    const batch = batchIn(raw);
    return batch
      ? { outcome: 'facts', facts: [], fetch: batch.events }
      : { outcome: 'malformed', reason: 'malformed' };
  },
};

function batchIn(raw: Uint8Array): { id: string; events: EntityRef[] } | null {
  try {
    const value = JSON.parse(Buffer.from(raw).toString('utf8')) as { id?: string; events?: EntityRef[] };
    return value.id && Array.isArray(value.events) ? { id: value.id, events: value.events } : null;
  } catch {
    return null;
  }
}

const KINDS = ['customers', 'orders', 'requests', 'debits'] as const;
const ENTITY = {
  customers: 'customer',
  orders: 'subscription',
  requests: 'invoice',
  debits: 'payment',
} as const;

function listing(
  bank: Bank,
): Pick<Gateway, 'limits' | 'history' | 'historyRoots' | 'list' | 'events' | 'fetch'> {
  const limits = { account: 10, endpoint: 10 };
  return {
    limits: { live: limits, test: limits },
    history: KINDS,
    historyRoots: ['customers'],
    async list(_connection, name, cursor, number, window = {}) {
      const kind = KINDS.find((one) => one === name);
      const ids = kind ? [...bank[kind].values()].filter((one) => isIn(one, window)).map(({ id }) => id) : [];
      const start = cursor ? ids.indexOf(cursor) + 1 : 0;
      const page = ids.slice(start, start + PAGE);
      return {
        facts: kind ? page.flatMap((id) => readFacts(bank, { entity: ENTITY[kind], id }, number)) : [],
        next: start + PAGE < ids.length ? (page.at(-1) ?? null) : null,
        objects: page.length,
        skipped: 0,
      };
    },
    events: async () => ({ facts: [], fetch: bank.told, next: null }),
    fetch: async (_connection, ref, number) => readFacts(bank, ref, number),
  };
}

function isIn(one: { createdAt: string } | Debit | StandingOrder, { from, before }: TimeWindow): boolean {
  const at = 'createdAt' in one ? one.createdAt : one.at;
  return (!from || at >= from.toISOString()) && (!before || at < before.toISOString());
}

export function createFakeGateway(bank: Bank): Gateway {
  const made = (id: string, entity: 'invoice' | 'customer'): Made => ({
    id,
    facts: readFacts(bank, { entity, id }, 0),
  });
  const found = (entity: 'invoice' | 'customer', id: string | undefined): Made | null =>
    id ? made(id, entity) : null;
  return {
    name: 'stripe',
    capabilities: CAPABILITIES,
    connect: async () => ({ ok: false, problems: ['This gateway is connected elsewhere.'] }),
    oauth: null,
    apiVersion: '2015-07-06',
    time: async () => null,
    webhooks: async () => [],
    registerWebhook: async () => ({ endpointId: 'WH1', secret: 'told-once' }),
    renewWebhook: async () => undefined,
    removeWebhook: async () => undefined,
    ...door,
    ...listing(bank),
    createCustomer: async (_connection, wish, key) =>
      made(
        once(bank, key, wish, () => {
          const id = nextId(bank, 'CU');
          bank.customers.set(id, {
            id,
            operationId: wish.operationId,
            email: wish.email,
            createdAt: now(),
          });
          bank.told.push({ entity: 'customer', id });
          return id;
        }),
        'customer',
      ),
    createInvoice: async (_connection, wish, key) =>
      made(
        once(bank, key, wish, () => makeRequest(bank, wish)),
        'invoice',
      ),
    openInvoice: async (_connection, id, key) =>
      made(
        once(bank, key, { open: id }, () => steer(bank, id, 'noted', 'asked')),
        'invoice',
      ),
    voidInvoice: async (_connection, id, key) =>
      made(
        once(bank, key, { void: id }, () => steer(bank, id, 'asked', 'cancelled')),
        'invoice',
      ),
    findInvoice: async (_connection, _customer, operationId) =>
      found('invoice', bank.requests.get(`inv_${operationId}`)?.id),
    findCustomer: async (_connection, operationId) =>
      found('customer', [...bank.customers.values()].find((one) => one.operationId === operationId)?.id),
    paySession: async (_connection, id) => session(bank, id),
    async chargeSavedMethod(_connection, id, methodId, key): Promise<ChargeOutcome> {
      if (methodId === DEAD_MANDATE) return { outcome: 'declined', reason: 'generic', facts: [] };
      if (methodId !== MANDATE) throw gatewayRejected();
      const paymentId = once(bank, key, { id, methodId }, () => collectFrom(bank, id));
      return { outcome: 'processing', paymentId, facts: readFacts(bank, { entity: 'invoice', id }, 0) };
    },
    sendInvoice: () => Promise.reject(unsupported('emailInvoice')),
    refund: () => Promise.reject(unsupported('refund')),
    useUpCredit: () => Promise.reject(unsupported('customerBalance')),
    taxRates: () => Promise.reject(unsupported('taxRates')),
  };
}

export async function fakeRig(): Promise<Rig> {
  const bank = newBank();
  const moving = (): number => [...bank.debits.values()].filter(({ status }) => status !== 'failed').length;
  return {
    gateway: createFakeGateway(bank),
    connection: {
      account: ACCOUNT,
      livemode: false,
      credentials: { kind: 'oauth', accessToken: 'invented' },
    },
    method: async (kind) => (kind === 'bank' ? MANDATE : kind === 'generic' ? DEAD_MANDATE : null),
    settle: (id) => move(bank, id, 'paid_out'),
    failLate: (id) => move(bank, id, 'returned'),
    subscribe: (customerId) => subscribe(bank, customerId),
    endSubscription: (id) => endOrder(bank, id),
    loseNextAnswer: () => void (bank.isAnswerLost = true),
    forgetKeys: () => bank.answers.clear(),
    effects: () => ({
      customers: bank.customers.size,
      invoices: bank.requests.size,
      payments: moving(),
      refunds: 0,
      mails: 0,
    }),
    // Two events in one delivery, as such a gateway sends them.
    told: () =>
      bank.told.flatMap((_, index) =>
        index % 2 === 0 ? [delivery(`EV${index}`, bank.told.slice(index, index + 2))] : [],
      ),
    sign: (raw, secret) => hexOf(raw, secret).toString('hex'),
    timed: false,
    close: async () => undefined,
  };
}

const delivery = (id: string, events: EntityRef[]): Uint8Array => Buffer.from(JSON.stringify({ id, events }));
