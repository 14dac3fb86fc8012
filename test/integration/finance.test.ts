// The door to finance's sums, through the real app: whom it answers, what it says beside the gateway's own figures, what it asks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figuresOf } from '../e2e/oracle.ts';
import { giveRoles } from '../billing/scene.ts';
import { financeAnswerSchema, type FinanceAnswer, type FinanceView } from '../../src/views/finance-schema.ts';
import {
  FINANCE,
  gatewayAccount,
  liveAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  portalSeed,
  REP,
  startRig,
  VIEWER,
  waitFor,
  type Caller,
  type Rig,
} from './rig.ts';

let rig: Rig;
const DAY = 86_400_000;

/** Invoices of every kind, made before the account is connected. */
function live(): void {
  const at = (daysAgo: number): { at: Date } => ({ at: new Date(rig.clock.now().getTime() - daysAgo * DAY) });
  const customer = rig.account.create('customers', { email: 'nobody@elsewhere.test' }).id;
  const invoice = (daysAgo: number, dueIn: number, amount: number, currency = 'eur'): string => {
    const terms = { customer, currency, collection_method: 'send_invoice', days_until_due: dueIn };
    const { id } = rig.account.create('invoices', terms, at(daysAgo));
    rig.account.act('invoices', id, 'add_lines', { lines: [{ description: 'Work', amount }] }, at(daysAgo));
    rig.account.act('invoices', id, 'finalize', {}, at(daysAgo));
    return id;
  };
  invoice(1, 30, 12_000);
  invoice(50, 10, 5_000);
  invoice(200, 10, 700);
  invoice(3, 30, 9_000, 'jpy');
  const paid = invoice(2, 30, 20_000);
  rig.account.act('invoices', paid, 'pay', { payment_method: 'pm_card_visa' });
  const [charge] = rig.account.all('charges');
  rig.account.create('refunds', { charge: charge?.id, amount: 4_000 });
  const way = invoice(2, 30, 3_300);
  rig.account.act('invoices', way, 'pay', { payment_method: 'pm_sepaDebit' });
}

beforeAll(async () => {
  rig = await startRig({ portals: [portalSeed(), otherPortalSeed()], accounts: [liveAccount()] });
  live();
  await rig.setUp();
  await giveRoles(rig, { [FINANCE]: 'finance', [REP]: 'rep', [VIEWER]: 'viewer' });
});
afterAll(() => rig.close());

async function ask(caller: Caller = {}): Promise<FinanceAnswer> {
  const { status, body } = await rig.call('/api/v1/finance', caller);
  expect(status).toBe(200);
  return financeAnswerSchema.parse(body);
}

/** Sums as they are once all is read and added up. */
const seen = (fits: (view: FinanceView) => boolean, caller: Caller = {}): Promise<FinanceView> =>
  waitFor('the sums', async () => {
    const answer = await ask(caller);
    return answer.ok && fits(answer.view) ? answer.view : undefined;
  });

const textsOf = ({ money }: FinanceView, kind: string): string[] =>
  (money[0]?.figures.find((one) => one.kind === kind)?.parts ?? []).map(
    ({ amount, count }) => `${amount.currency} ${amount.amountMinor} of ${count}`,
  );

describe('the sums', () => {
  it('are the gateway’s own, of what is owed and overdue, by age and currency', async () => {
    const view = await seen((found) => textsOf(found, 'owed').length === 2);
    const customers = new Set(rig.account.all('customers').map(({ id }) => id));
    const { owed, overdue } = figuresOf(rig.account, customers, rig.clock.now());
    const minor = (kind: string) =>
      Object.fromEntries(
        (view.money[0]?.figures.find((one) => one.kind === kind)?.parts ?? []).map(({ amount }) => [
          amount.currency,
          amount.amountMinor,
        ]),
      );
    expect(minor('owed')).toEqual(owed);
    expect(minor('overdue')).toEqual(overdue);
    expect(textsOf(view, 'owed')).toEqual(['EUR 21000 of 4', 'JPY 9000 of 1']);
    const ages = view.money[0]?.ages.map(({ kind, parts }) => [kind, parts[0]?.amount.amountMinor ?? 0]);
    expect(ages).toEqual([
      ['1_30', 0],
      ['31_60', 5_000],
      ['61_90', 0],
      ['over_90', 700],
    ]);
  });

  it('count what was collected and paid back this month, what is on its way, and customers without a record', async () => {
    const view = await seen(({ unmatched }) => unmatched.count === 1);
    expect(textsOf(view, 'collected_this_month')).toEqual(['EUR 16000 of 1']);
    expect(textsOf(view, 'refunded_this_month')).toEqual(['EUR 4000 of 1']);
    expect(textsOf(view, 'processing')).toEqual(['EUR 3300 of 1']);
    expect(view.money[0]?.verifiedAt).not.toBeNull();
  });

  it('follow a dispute without anybody asking the gateway or the CRM', async () => {
    await rig.stripe.deliveriesIdle();
    const [charge] = rig.account.all('charges');
    rig.account.dispute(String(charge?.id), 2_500, { silent: false });
    await rig.stripe.deliveriesIdle();
    await seen((view) => textsOf(view, 'at_risk')[0] === 'EUR 2500 of 1');
    const asked = () => rig.stripe.calls.length + rig.hubspot.calls.length;
    const before = asked();
    for (let time = 0; time < 3; time += 1) await ask();
    expect(asked()).toBe(before);
  });
});

describe('whoever asks', () => {
  it.each([
    ['a viewer', VIEWER],
    ['a rep', REP],
  ])('as %s is told that finance sees them', async (_who, userId) => {
    expect(await ask({ userId })).toMatchObject({ ok: false, code: 'not_allowed', retry: 'never' });
  });

  it('as finance sees them', async () => {
    expect(await ask({ userId: FINANCE })).toMatchObject({ ok: true });
  });

  it('from another workspace sees nothing of this one', async () => {
    const link = await rig.install(OTHER_PORTAL, OTHER_ADMIN);
    const other = gatewayAccount();
    rig.stripe.addAccount(other);
    await rig.connect(link, other);
    const view = await seen(({ money }) => money.length > 0, { portalId: OTHER_PORTAL, userId: OTHER_ADMIN });
    expect(view.money.map(({ mode }) => mode)).toEqual(['test']);
    expect(view.money[0]?.figures.every(({ parts }) => parts.length === 0)).toBe(true);
  });

  it('without a signature is turned away', async () => {
    const { status } = await rig.call('/api/v1/finance', { secret: 'another' });
    expect(status).toBe(401);
  });
});
