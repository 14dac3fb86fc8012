// The ledger as lists of entities, read from rows: what the pure rooms compute on.
import type { EntityBody, EntityKind } from './entities.ts';
import type { Row } from './facts.ts';
import { assemble, type Entry } from './fold.ts';
import { compareText } from './rank.ts';

/** What an entity says as long as no aspect says otherwise. */
export const DEFAULTS: { [K in EntityKind]: EntityBody[K] } = {
  customer: {
    deleted: false,
    currency: null,
    creditMinor: 0,
    externalId: null,
    defaultMethodId: null,
    erased: false,
  },
  invoice: {
    customerId: null,
    number: null,
    status: 'draft',
    currency: 'XXX',
    totalMinor: 0,
    taxMinor: 0,
    dueMinor: 0,
    paidMinor: 0,
    remainingMinor: 0,
    overpaidMinor: 0,
    creditedMinor: 0,
    createdAt: '',
    finalizedAt: null,
    paidAt: null,
    dueAt: null,
    memo: null,
    hostedUrl: null,
    attemptCount: 0,
    record: null,
    operationId: null,
    replacesId: null,
    subscriptionId: null,
    lineIds: [],
    linkVersion: 1,
  },
  line: { invoiceId: '', description: '', quantity: '1', amountMinor: 0, currency: 'XXX' },
  payment: {
    customerId: null,
    status: 'processing',
    amountMinor: 0,
    capturedMinor: 0,
    currency: 'XXX',
    createdAt: '',
    succeededAt: null,
    failure: null,
    operationId: null,
    methodId: null,
    method: null,
    failedLateMinor: 0,
  },
  allocation: { invoiceId: '', paymentId: '', amountMinor: 0, currency: 'XXX', status: 'open' },
  refund: {
    paymentId: '',
    amountMinor: 0,
    currency: 'XXX',
    status: 'pending',
    createdAt: '',
    operationId: null,
  },
  creditNote: { invoiceId: '', amountMinor: 0, paidOutMinor: 0, currency: 'XXX', status: 'issued' },
  balanceEntry: { customerId: '', amountMinor: 0, currency: 'XXX', kind: '', invoiceId: null, createdAt: '' },
  dispute: { paymentId: '', amountMinor: 0, currency: 'XXX', status: 'needs_response', createdAt: '' },
  method: { customerId: null, type: 'unknown', brand: null, last4: null, expires: null, attached: false },
  mandate: { customerId: '', paymentId: '', text: '', agreedAt: '', active: false },
  subscription: {
    customerId: '',
    status: 'incomplete',
    currency: 'XXX',
    amountMinor: null,
    period: null,
    createdAt: '',
    periodEndsAt: null,
    cancelAt: null,
    endedAt: null,
  },
  subscriptionChange: { subscriptionId: '', kind: '', effectiveAt: '', operationId: null },
  balanceTransaction: {
    source: 'payment',
    sourceId: '',
    paymentId: '',
    presentedMinor: 0,
    presentedCurrency: 'XXX',
    amountMinor: 0,
    feeMinor: 0,
    currency: 'XXX',
    rate: null,
    createdAt: '',
  },
  payout: { amountMinor: 0, currency: 'XXX', status: 'pending', arrivesAt: '' },
  party: { merchantOwned: true },
  link: {
    customerId: '',
    record: { installationId: '', objectType: '', recordId: '' },
    reason: 'record',
    active: false,
    released: false,
  },
};

export type Ledger = { [K in EntityKind]: Entry<K>[] };

/** Groups rows by kind; sorted by id so that nothing downstream depends on the order of rows. */
export function ledgerOf(rows: Iterable<Row>): Ledger {
  const sorted = [...rows].sort((a, b) => compareText(a.id, b.id) || compareText(a.account, b.account));
  const ofKind = Map.groupBy(sorted, ({ entity }) => entity);
  const pick = <K extends EntityKind>(kind: K): Entry<K>[] =>
    (ofKind.get(kind) ?? []).map((row) => assemble(row, DEFAULTS[kind]));
  return {
    customer: pick('customer'),
    invoice: pick('invoice'),
    line: pick('line'),
    payment: pick('payment'),
    allocation: pick('allocation'),
    refund: pick('refund'),
    creditNote: pick('creditNote'),
    balanceEntry: pick('balanceEntry'),
    dispute: pick('dispute'),
    method: pick('method'),
    mandate: pick('mandate'),
    subscription: pick('subscription'),
    subscriptionChange: pick('subscriptionChange'),
    balanceTransaction: pick('balanceTransaction'),
    payout: pick('payout'),
    party: pick('party'),
    link: pick('link'),
  };
}
