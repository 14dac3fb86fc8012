// What each payer owes and has paid by the gateway stand-in's own objects, and what a CRM should therefore say; knows no connector.

type GatewayObject = Record<string, unknown> & { id: string; account: string };

export type GatewayBooks = Record<
  | 'customers'
  | 'invoices'
  | 'invoice_payments'
  | 'payment_intents'
  | 'charges'
  | 'refunds'
  | 'disputes'
  | 'credit_notes',
  GatewayObject[]
>;

const KINDS: readonly (keyof GatewayBooks)[] = [
  'customers',
  'invoices',
  'invoice_payments',
  'payment_intents',
  'charges',
  'refunds',
  'disputes',
  'credit_notes',
];

export async function readBooks(stripeUrl: string): Promise<GatewayBooks> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const response = await fetch(`${stripeUrl}/_sandbox/objects/${kind}`);
      return [kind, (await response.json()) as GatewayObject[]] as const;
    }),
  );
  return Object.fromEntries(lists) as GatewayBooks;
}

/** The books of one account. */
export const booksOf = (books: GatewayBooks, account: string): GatewayBooks =>
  Object.fromEntries(
    KINDS.map((kind) => [kind, books[kind].filter((one) => one.account === account)]),
  ) as GatewayBooks;

const num = (value: unknown): number => (typeof value === 'number' ? value : 0);
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** Of one charge that took money, in minor units. */
export type Taken = {
  charge: string;
  intent: string;
  customer: string;
  invoice: string | null;
  amount: number;
  refunded: number;
  atRisk: number;
  reversed: number;
};

const AT_RISK = new Set(['needs_response', 'under_review']);

export function takenOf(books: GatewayBooks): Taken[] {
  const invoiceOf = new Map(
    books.invoice_payments.map(({ invoice, payment }) => [
      String((payment as { payment_intent?: unknown }).payment_intent),
      String(invoice),
    ]),
  );
  return books.charges
    .filter(({ status, captured }) => status === 'succeeded' && captured === true)
    .map((charge) => {
      const about = (list: GatewayObject[]): GatewayObject[] =>
        list.filter((one) => one['charge'] === charge.id);
      const disputes = about(books.disputes);
      const disputed = (fits: (status: string) => boolean): number =>
        sum(disputes.filter(({ status }) => fits(String(status))).map(({ amount }) => num(amount)));
      const intent = String(charge['payment_intent']);
      return {
        charge: charge.id,
        intent,
        customer: String(charge['customer']),
        invoice: invoiceOf.get(intent) ?? null,
        amount: num(charge['amount_captured']),
        refunded: sum(
          about(books.refunds)
            .filter(({ status }) => status === 'succeeded')
            .map(({ amount }) => num(amount)),
        ),
        atRisk: disputed((status) => AT_RISK.has(status)),
        reversed: disputed((status) => status === 'lost'),
      };
    });
}

export type Expected = { owed: number; collected: number; status: string };

/** What the record of somebody with these customers should say. */
export function expectedOf(books: GatewayBooks, customers: ReadonlySet<string>): Expected {
  const taken = takenOf(books).filter(({ customer }) => customers.has(customer));
  const invoices = books.invoices.filter(({ customer }) => customers.has(String(customer)));
  const remaining = sum(
    invoices.filter(({ status }) => status === 'open').map((one) => num(one['amount_remaining'])),
  );
  const onInvoices = taken.filter(({ invoice }) => invoice !== null);
  const reversed = sum(onInvoices.map((one) => one.reversed));
  const owed = remaining + reversed;
  const holdsCredit = books.customers.some(({ id, balance }) => customers.has(id) && num(balance) < 0);
  const words: readonly [word: string, holds: boolean][] = [
    ['reversed', reversed > 0],
    ['disputed', onInvoices.some(({ atRisk }) => atRisk > 0)],
    ['open', owed > 0],
    ['credit', holdsCredit],
    ['paid', invoices.some(({ status }) => status !== 'draft' && status !== 'void')],
  ];
  return {
    owed,
    collected: sum(taken.map((one) => one.amount - one.refunded - one.atRisk - one.reversed)),
    status: words.find(([, holds]) => holds)?.[0] ?? 'none',
  };
}

export type ExpectedInvoice = { id: string; status: string; total: number; due: number };

/** Every invoice a CRM should have a copy of. */
export function expectedInvoices(books: GatewayBooks): ExpectedInvoice[] {
  const taken = takenOf(books);
  return books.invoices
    .filter(({ status }) => status !== 'draft')
    .map((invoice) => {
      const here = taken.filter((one) => one.invoice === invoice.id);
      const isOpen = invoice['status'] === 'open';
      const reversed = sum(here.map((one) => one.reversed));
      const words: readonly [word: string, holds: boolean][] = [
        ['reversed', reversed > 0],
        ['disputed', here.some(({ atRisk }) => atRisk > 0)],
        ['partially_paid', isOpen && num(invoice['amount_paid']) > 0],
        ['overpaid', num(invoice['amount_overpaid']) > 0],
        ['refunded', here.some(({ refunded }) => refunded > 0)],
      ];
      return {
        id: invoice.id,
        status: words.find(([, holds]) => holds)?.[0] ?? String(invoice['status']),
        total: num(invoice['total']),
        due: (isOpen ? num(invoice['amount_remaining']) : 0) + reversed,
      };
    });
}

export type ExpectedPayment = { id: string; status: string; amount: number; refunded: number };

export const expectedPayments = (books: GatewayBooks): ExpectedPayment[] =>
  takenOf(books).map(({ intent, amount, refunded, atRisk, reversed }) => {
    const words: readonly [word: string, holds: boolean][] = [
      ['reversed', reversed > 0],
      ['disputed', atRisk > 0],
      ['refunded', refunded >= amount],
      ['partially_refunded', refunded > 0],
    ];
    const status = words.find(([, holds]) => holds)?.[0] ?? 'succeeded';
    return { id: intent, status, amount, refunded };
  });
