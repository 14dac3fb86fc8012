// The list of customers without a record: who may see it, what it says, and what assigning one does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  unmatchedAnswerSchema,
  type UnmatchedAnswer,
  type UnmatchedPayerView,
} from '../../src/views/unmatched-schema.ts';
import type { AccountHandle } from '../../sandbox/stripe/start.ts';
import { giveRoles, outcomeOf, refusalOf } from '../billing/scene.ts';
import {
  FINANCE,
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  propertiesWhen,
  REP,
  startRig,
  VIEWER,
  viewWhen,
  waitFor,
  type Caller,
  type Rig,
} from './rig.ts';

const person = (ref: string, email: string, more: Record<string, string> = {}) => ({
  ref,
  properties: { email, firstname: ref, lastname: 'Example', ...more },
});

const CONTACTS = [
  person('Lena', 'lena@acorn.test', { hs_additional_emails: 'shared@acorn.test' }),
  person('Bob', 'bob@acorn.test', { hs_additional_emails: 'shared@acorn.test' }),
  person('Desk', 'billing@acorn.test'),
  person('Una', 'una@elsewhere.test'),
];

const OTHER: Caller = { portalId: OTHER_PORTAL, userId: OTHER_ADMIN };

/** Everybody the gateway knows before it is connected; Lena and Bob find their contacts by themselves. */
const CUSTOMERS = {
  unknown: 'una@oldjob.test',
  shared: 'shared@acorn.test',
  role: 'billing@acorn.test',
  lena: 'lena@acorn.test',
  bob: 'bob@acorn.test',
  silent: null,
};

let rig: Rig;
let ids: Record<keyof typeof CUSTOMERS, string>;
let strangerId: string;

/** An open invoice made at the gateway, outside Payside. */
function owe(customer: string, amount: number): void {
  const terms = { collection_method: 'send_invoice', days_until_due: 7 };
  const invoice = rig.account.create('invoices', { customer, ...terms });
  rig.account.create('invoiceitems', { customer, invoice: invoice.id, amount, currency: 'eur' });
  rig.account.act('invoices', invoice.id, 'finalize');
}

const customer = (account: AccountHandle, name: string, email: string | null): string =>
  account.create('customers', email === null ? { name } : { name, email }).id;

async function ask(caller: Caller = {}): Promise<UnmatchedAnswer> {
  const { status, body } = await rig.call('/api/v1/unmatched', caller);
  expect(status).toBe(200);
  return unmatchedAnswerSchema.parse(body);
}

async function list(caller: Caller = {}): Promise<UnmatchedPayerView[]> {
  const answer = await ask(caller);
  if (!answer.ok) throw new Error(answer.message);
  expect(answer.total).toBe(answer.payers.length);
  return answer.payers;
}

const listWhen = (count: number, caller: Caller = {}) =>
  waitFor(`${count} unmatched customers`, async () => {
    const payers = await list(caller);
    return payers.length === count ? payers : undefined;
  });

const of = (payers: UnmatchedPayerView[], customerId: string) =>
  payers.find((payer) => payer.customerId === customerId);

const contact = (ref: string) => ({ objectType: 'contacts', recordId: rig.hubspot.portal(PORTAL).ref(ref) });

beforeAll(async () => {
  const accounts = [gatewayAccount(), gatewayAccount()];
  const seed = { contacts: CONTACTS, companies: [], deals: [], associations: [] };
  rig = await startRig({ accounts, portals: [portalSeed(seed), otherPortalSeed()] });
  const entries = Object.entries(CUSTOMERS).map(([key, email]) => [key, customer(rig.account, key, email)]);
  ids = Object.fromEntries(entries) as typeof ids;
  owe(ids.shared, 7_000);
  strangerId = customer(rig.stripe.account(accounts[1]?.id ?? ''), 'Stranger', 'stranger@nowhere.test');
  await rig.setUp();
  await rig.connect(await rig.install(OTHER_PORTAL), accounts[1]);
  await giveRoles(rig, { [FINANCE]: 'finance', [REP]: 'rep' });
  await listWhen(4);
});
afterAll(() => rig.close());

describe('the list of customers without a record', () => {
  it('says who is left over and why, those first that one look settles', async () => {
    const payers = await list();
    expect(payers.map(({ customerId, reason }) => [customerId, reason])).toEqual([
      [ids.shared, 'several_contacts'],
      [ids.role, 'shared_address'],
      [ids.silent, 'no_contact'],
      [ids.unknown, 'no_contact'],
    ]);
    expect(of(payers, ids.unknown)).toMatchObject({
      name: 'unknown',
      email: 'una@oldjob.test',
      reasonText: 'No contact has this e-mail address.',
      candidates: [],
    });
    expect(of(payers, ids.silent)?.reasonText).toContain('no e-mail address');
  });

  it('calls candidates by their names, with one read of the CRM for all of them', async () => {
    const reads = () => rig.hubspot.calls.filter(({ path }) => path.endsWith('/contacts/batch/read'));
    const before = reads().length;
    const payers = await list();
    expect(reads()).toHaveLength(before + 1);
    expect(of(payers, ids.role)?.candidates).toEqual([{ ...contact('Desk'), name: 'Desk Example' }]);
    const names = of(payers, ids.shared)?.candidates.map(({ name }) => name);
    expect(names?.toSorted()).toEqual(['Bob Example', 'Lena Example']);
  });

  it('shows candidates by their ids where the CRM does not answer', async () => {
    rig.hubspot.faults.arm('status-503', 50, 0);
    const payers = await list();
    rig.hubspot.faults.clear();
    expect(of(payers, ids.role)?.candidates).toEqual([{ ...contact('Desk'), name: null }]);
  });

  it('is for finance and admins; others are told so and see nobody', async () => {
    expect(await list({ userId: FINANCE })).toHaveLength(4);
    for (const userId of [REP, VIEWER, 999])
      expect(await ask({ userId })).toMatchObject({ ok: false, code: 'not_allowed', retry: 'never' });
  });

  it('never shows customers of another workspace', async () => {
    const others = await listWhen(1, OTHER);
    expect(others.map(({ customerId }) => customerId)).toEqual([strangerId]);
    expect(of(await list(), strangerId)).toBeUndefined();
    const at = contact('Una');
    expect(refusalOf(await rig.operate('assign-payer', at, { customerId: strangerId }))).toBe('not_found');
  });

  it('stands in the description of the doors', async () => {
    const api = (await (await fetch(`${rig.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(api.paths)).toContain('/api/v1/unmatched');
  });
});

describe('assigning a customer from the list', () => {
  it('is refused to a rep, and the customer stays on the list', async () => {
    const answer = await rig.operate(
      'assign-payer',
      contact('Bob'),
      { customerId: ids.shared },
      { userId: REP },
    );
    expect(refusalOf(answer)).toBe('not_allowed');
    expect(of(await list(), ids.shared)).toBeDefined();
  });

  it('takes the customer off the list, shows what is owed on the card and writes it to the contact', async () => {
    const at = contact('Bob');
    const body = { customerId: ids.shared };
    expect(outcomeOf(await rig.operate('assign-payer', at, body, { userId: FINANCE })).state).toBe('done');
    expect(of(await list(), ids.shared)).toBeUndefined();
    const card = await viewWhen(rig, at, ({ invoices }) => invoices.length === 1);
    expect(card.owed).toMatchObject([{ amountMinor: 7_000 }]);
    const place = { kind: 'contacts', id: at.recordId } as const;
    const written = await propertiesWhen(rig, place, ({ payside_owed: owed }) => Number(owed) > 0);
    expect(Number(written['payside_owed'])).toBe(70);
  });

  it('works for a customer without candidates, and is still known after a restart', async () => {
    outcomeOf(await rig.operate('assign-payer', contact('Una'), { customerId: ids.unknown }));
    await rig.stopConnector();
    await rig.startConnector();
    expect((await list()).map(({ customerId }) => customerId)).toEqual([ids.role, ids.silent]);
  });
});
