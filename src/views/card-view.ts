// The card view of one record, computed from its part of the ledger; no gateway or CRM is asked.
import { importText, type ImportInput } from './import-text.ts';
import { balanceOf, creditOf, type Balance } from '../ledger/balance.ts';
import { dayOf, nextMidnight } from '../ledger/calendar.ts';
import type { Personal } from '../ledger/entities.ts';
import { paymentTotals } from '../ledger/invoice-figures.ts';
import { methodText } from '../ledger/method-text.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RecordLedger } from '../ledger/record-ledger.ts';
import { amount } from './amount.ts';
import { invoiceView, orderInvoices, PAGE, type InvoiceContext } from './card-invoices.ts';
import { chargeableFor, savedMethods } from './card-methods.ts';
import { payersNote, payerViews, type PayersShown } from './card-payers.ts';
import type { CardView, OperationKind, PaymentView, WarningView } from './card-schema.ts';
import { BALANCES, dayText, momentText, PAYMENTS } from './words.ts';

export type CardInput = {
  ledger: RecordLedger;
  asOf: Date;
  zone: string;
  record: CardView['record'];
  mode: CardView['mode'];
  role: CardView['role'];
  connection: 'connected' | 'not_connected' | 'reconnect';
  allowed: ReadonlySet<OperationKind>;
  unfinished: CardView['unfinished'];
  importing: ImportInput | null;
  verifiedAt: string | null;
  /** Since when the CRM takes no more writes; null where it does. */
  delayedSince: string | null;
  payers: PayersShown;
  /** Names and addresses of customers, by id. */
  people: Readonly<Record<string, Personal>>;
  composer: Omit<CardView['composer'], 'dueDate'>;
  payUrl: InvoiceContext['payUrl'];
  live: InvoiceContext['live'];
  /** Invoices to skip: the pages before this one. */
  offset: number;
};

const PAYMENTS_SHOWN = 5;
const DUE_MS = 14 * 86_400_000;

const MESSAGES: Record<CardView['state'], string | null> = {
  ready: null,
  empty: 'No invoices yet. Create one, or send a link for an amount.',
  not_connected:
    'No payment account is connected yet. Ask an admin to connect Stripe in the Payside settings.',
  reconnect: 'The payment account has to be reconnected by an admin. What you see is what was last known.',
};

export function cardView(input: CardInput): CardView {
  const { ledger, asOf, zone } = input;
  // Credit is the payer's, not a deal's: it is shown there, and changes nothing of what the deal's record says.
  const balance: Balance = { ...balanceOf(ledger, asOf, zone), credit: creditOf(ledger.payers) };
  const saved = savedMethods(ledger.payers);
  const invoices = orderInvoices(balance.figures);
  const end = input.offset + PAGE;
  const state = stateOf(input, invoices.length + ledger.payment.length);
  const word = BALANCES[balance.state];
  const context: InvoiceContext = {
    ...input,
    methodsOf: (figure) => chargeableFor(saved, figure),
    payerOf: ({ body }) => payerView(input.people[body.customerId ?? '']),
  };
  return {
    mode: input.mode,
    record: input.record,
    role: input.role,
    state,
    message: MESSAGES[state],
    ...amounts(balance),
    statusText: word.text,
    tone: word.tone,
    invoices: invoices.slice(input.offset, end).map((figure) => invoiceView(figure, context)),
    payments: paymentViews(ledger, zone),
    methods: saved.map(({ view }) => view),
    payers: payerViews(ledger, input.payers, {
      people: input.people,
      mayRelease: input.connection === 'connected' && input.allowed.has('release-payer'),
    }),
    payersNote: payersNote(input.payers),
    actions: input.connection === 'connected' ? cardActions(input.allowed, balance) : [],
    unfinished: input.unfinished,
    warnings: warningsOf(input, balance),
    ...(input.importing
      ? {
          importing: {
            done: input.importing.done,
            total: input.importing.total,
            text: importText(input.importing),
          },
        }
      : {}),
    composer: { ...input.composer, dueDate: dayOf(new Date(asOf.getTime() + DUE_MS), zone) },
    verifiedAt: input.verifiedAt,
    verifiedText: input.verifiedAt
      ? `Checked against the gateway ${momentText(input.verifiedAt, zone)}`
      : 'Not checked against the gateway yet',
    ...(end < invoices.length ? { next: String(end) } : {}),
  };
}

/**
 * The moment from which the same ledger may have to be shown otherwise: a day ends, or the day that a new invoice would be due.
 * The second is not the first where clocks are changed meanwhile.
 */
export const holdsUntil = (asOf: Date, zone: string): Date =>
  new Date(
    Math.min(
      nextMidnight(asOf, zone).getTime(),
      nextMidnight(new Date(asOf.getTime() + DUE_MS), zone).getTime() - DUE_MS,
    ),
  );

export const payerView = (person: Personal | undefined): CardView['composer']['payer'] =>
  person ? { name: person.name, email: person.email } : null;

function stateOf(input: CardInput, things: number): CardView['state'] {
  if (input.connection !== 'connected') return input.connection;
  return things === 0 ? 'empty' : 'ready';
}

const amounts = (balance: Balance) => ({
  owed: balance.owed.map((money) => amount(money)),
  overdue: balance.overdue.map((money) => amount(money)),
  credit: balance.credit.map((money) => amount(money)),
  collected: balance.collected.map((money) => amount(money)),
});

function cardActions(allowed: ReadonlySet<OperationKind>, balance: Balance): OperationKind[] {
  const general: OperationKind[] = ['create-invoice', 'create-link'];
  if (balance.credit.length > 0) general.push('return-credit');
  return general.filter((kind) => allowed.has(kind));
}

function paymentViews(ledger: Ledger, zone: string): PaymentView[] {
  const time = (payment: Ledger['payment'][number]): string =>
    payment.body.succeededAt ?? payment.body.createdAt;
  const recent = ledger.payment.filter(wasTried);
  recent.sort((a, b) => (time(a) < time(b) ? 1 : -1));
  return recent.slice(0, PAYMENTS_SHOWN).map((payment) => {
    const word = PAYMENTS[payment.body.status];
    return {
      id: payment.id,
      state: payment.body.status,
      statusText: word.text,
      tone: word.tone,
      amount: amount({ amountMinor: payment.body.amountMinor, currency: payment.body.currency }),
      note: noteOf(payment, ledger),
      at: time(payment),
      dateText: dayText(dayOf(time(payment), zone)),
      methodText: paidWith(payment),
    };
  });
}

/** The gateway opens a payment for each invoice and closes it unused when the invoice is settled another way. */
const wasTried = ({ body: { status, method } }: Ledger['payment'][number]): boolean =>
  status !== 'requires_action' && (status !== 'canceled' || method !== null);

/** While a payment is under way, the gateway may not have said yet what it is made with. */
const paidWith = ({ body: { status, method } }: Ledger['payment'][number]): string =>
  method === null && status !== 'succeeded' ? 'Not known yet' : methodText(method);

function noteOf(payment: Ledger['payment'][number], ledger: Ledger): string | null {
  const totals = paymentTotals(payment, ledger);
  const say = (minor: number, what: string): string[] =>
    minor > 0 ? [`${amount({ amountMinor: minor, currency: payment.body.currency }).text} ${what}`] : [];
  const notes = [
    ...say(totals.refundedMinor, 'refunded'),
    ...say(totals.atRiskMinor, 'disputed'),
    ...say(totals.reversedMinor, 'taken back by the bank'),
  ];
  return notes.length > 0 ? notes.join(' · ') : null;
}

function warningsOf(input: CardInput, balance: Balance): WarningView[] {
  const warnings: WarningView[] = [];
  if (input.delayedSince !== null)
    warnings.push({
      code: 'write_back_delayed',
      tone: 'warning',
      text: `The fields of this record are behind since ${momentText(input.delayedSince, input.zone)}: the CRM takes no more calls of apps for now. They follow by themselves; this card is up to date.`,
    });
  const owners = new Set(
    input.ledger.payers.customer.filter(({ body }) => !body.deleted).map(({ id }) => id),
  );
  if (owners.size > 1) {
    warnings.push({
      code: 'several_payers',
      tone: 'info',
      text: `${owners.size} customers at the gateway belong to this record.`,
    });
  }
  if (balance.figures.some((figure) => figure.flags.includes('disputed'))) {
    warnings.push({
      code: 'disputed',
      tone: 'danger',
      text: 'A payment is disputed. Answer it at the gateway before its deadline.',
    });
  }
  if (balance.credit.length > 0) {
    const text = balance.credit.map((money) => amount(money).text).join(', ');
    warnings.push({ code: 'overpaid', tone: 'warning', text: `The customer holds a credit of ${text}.` });
  }
  return warnings;
}
