// Says what was lost, doubled, wrong or leaked, by the stand-ins' own objects alone; imports nothing of what it judges.
import { shownIn, type CrmPlace, type Shown, type ShownCopy } from './oracle-crm.ts';
import {
  booksOf,
  expectedInvoices,
  expectedOf,
  expectedPayments,
  readBooks,
  type GatewayBooks,
} from './oracle-gateway.ts';

export const VERDICTS = ['lost', 'doubled', 'wrong', 'leaked', 'stuck'] as const;
export type Verdict = (typeof VERDICTS)[number];
export type Finding = { verdict: Verdict; what: string };

/** What people asked for, by e-mail. */
export type AskedOf = {
  email: string;
  recordId: string;
  invoices: number;
  charges: number;
  refunds: number;
  voids: number;
};

export type JudgedTenant = CrmPlace & {
  account: string;
  asked: readonly AskedOf[];
  linkOnRecord: boolean;
};

export async function judge(stripeUrl: string, tenants: readonly JudgedTenant[]): Promise<Finding[]> {
  const books = await readBooks(stripeUrl);
  const shown = await shownIn(tenants);
  return tenants.flatMap((tenant, index) => {
    const own = booksOf(books, tenant.account);
    const here = shown[index] ?? { people: [], copies: [], texts: [] };
    return [
      ...tenant.asked.flatMap((asked) => [
        ...judgeAsked(own, asked),
        ...judgePerson(own, here, asked, tenant),
      ]),
      ...judgeOperations(own),
      ...judgeCopies(own, here.copies),
      ...judgeStrangers(books, tenant, here),
    ];
  });
}

const finding = (verdict: Verdict, what: string): Finding => ({ verdict, what });

const customersOf = (books: GatewayBooks, email: string): Set<string> =>
  new Set(books.customers.filter((one) => one['email'] === email).map(({ id }) => id));

/** More than people asked for is doubled, less is lost. */
function judgeAsked(books: GatewayBooks, asked: AskedOf): Finding[] {
  const customers = customersOf(books, asked.email);
  const belong = (list: GatewayBooks['invoices']) =>
    list.filter(({ customer }) => customers.has(String(customer)));
  const charges = belong(books.charges).filter(({ status }) => status === 'succeeded');
  const ofCharges = new Set(charges.map(({ id }) => id));
  const refunds = books.refunds.filter(
    (one) => ofCharges.has(String(one['charge'])) && !['failed', 'canceled'].includes(String(one['status'])),
  );
  const invoices = belong(books.invoices);
  const counts: readonly [what: string, found: number, asked: number][] = [
    ['customers', customers.size, asked.invoices > 0 ? 1 : customers.size],
    ['invoices', invoices.length, asked.invoices],
    ['charges', charges.length, asked.charges],
    ['refunds', refunds.length, asked.refunds],
    ['voided invoices', invoices.filter(({ status }) => status === 'void').length, asked.voids],
  ];
  return counts.flatMap(([what, found, wanted]) => {
    if (found === wanted) return [];
    return [
      finding(found > wanted ? 'doubled' : 'lost', `${asked.email}: ${found} ${what}, asked ${wanted}`),
    ];
  });
}

/** One operation makes one invoice, however often it was sent. */
function judgeOperations(books: GatewayBooks): Finding[] {
  const operations = books.invoices.flatMap(({ metadata }) => {
    const operation = (metadata as Record<string, string> | null)?.['payside_op'];
    return operation ? [operation] : [];
  });
  const twice = operations.filter((one, index) => operations.indexOf(one) !== index);
  return twice.map((one) => finding('doubled', `operation ${one} made a second invoice`));
}

function judgePerson(
  books: GatewayBooks,
  { people }: Shown,
  { email, recordId }: AskedOf,
  { linkOnRecord }: JudgedTenant,
): Finding[] {
  const person = people.find(({ id }) => id === recordId);
  if (!person) return [finding('lost', `${email}: no record`)];
  const expected = expectedOf(books, customersOf(books, email));
  if (expected.status === 'none' && person.status === null) return [];
  const collected = person.collected ?? 0;
  const hasLink = person.link?.includes('/pay/') ?? false;
  const fields: readonly [field: string, says: unknown, should: unknown, verdict: Verdict][] = [
    ['collected', collected, expected.collected, collected < expected.collected ? 'lost' : 'wrong'],
    ['owed', person.owed, expected.owed, 'wrong'],
    ['status', person.status, expected.status, 'wrong'],
    ['a link', hasLink, linkOnRecord && expected.owed > 0, 'wrong'],
  ];
  return fields.flatMap(([field, says, should, verdict]) =>
    says === should
      ? []
      : [finding(verdict, `${email}: ${field} says ${String(says)}, should ${String(should)}`)],
  );
}

type ExpectedCopy = Pick<ShownCopy, 'kind' | 'of'> & Partial<Pick<ShownCopy, 'status' | 'amount' | 'second'>>;

function expectedCopies(books: GatewayBooks, hasRefunds: boolean): ExpectedCopy[] {
  const after = (kind: 'refund' | 'dispute', list: GatewayBooks['refunds']): ExpectedCopy[] =>
    hasRefunds ? list.map(({ id, amount }) => ({ kind, of: id, amount: Number(amount) })) : [];
  return [
    ...expectedInvoices(books).map(({ id, status, total, due }) => ({
      kind: 'invoice' as const,
      of: id,
      status,
      amount: total,
      second: due,
    })),
    ...expectedPayments(books).map(({ id, status, amount, refunded }) => ({
      kind: 'payment' as const,
      of: id,
      status,
      amount,
      second: refunded,
    })),
    ...after('refund', books.refunds),
    ...after('dispute', books.disputes),
  ];
}

const FIELDS = ['status', 'amount', 'second'] as const;

function judgeCopies(books: GatewayBooks, copies: readonly ShownCopy[]): Finding[] {
  // Only one of the CRMs has records of their own for these; it has them once it has one.
  const hasRefunds = copies.some(({ kind }) => kind === 'refund' || kind === 'dispute');
  const byId = Map.groupBy(copies, ({ kind, of }) => `${kind} ${of}`);
  const missing = expectedCopies(books, hasRefunds).flatMap((expected) => {
    const name = `${expected.kind} ${expected.of}`;
    const [copy] = byId.get(name) ?? [];
    if (!copy) return [finding('lost', `${name} has no copy`)];
    return FIELDS.flatMap((field) =>
      expected[field] === undefined || copy[field] === expected[field]
        ? []
        : [finding('wrong', `${name}: ${field} says ${copy[field]}, should ${expected[field]}`)],
    );
  });
  const twice = [...byId].flatMap(([name, list]) =>
    list.length > 1 ? [finding('doubled', `${name} has ${list.length} copies`)] : [],
  );
  return [...missing, ...twice];
}

const IDS = /\b(?:in|pi|ch|cus|re|dp)_[A-Za-z0-9]{10,}/g;

/** Nothing of an account may stand in the CRM of another merchant. */
function judgeStrangers(books: GatewayBooks, tenant: JudgedTenant, shown: Shown): Finding[] {
  const owner = new Map(
    Object.values(books).flatMap((list) => list.map(({ id, account }) => [id, account] as const)),
  );
  const named = new Set(shown.texts.flatMap((text) => text.match(IDS) ?? []));
  return [...named].flatMap((id) => {
    const account = owner.get(id);
    return account === undefined || account === tenant.account
      ? []
      : [finding('leaked', `${id} of ${account} stands in ${tenant.crm} ${tenant.id}`)];
  });
}
