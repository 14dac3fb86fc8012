// Charges of a saved method: one charge whatever is lost, clicked again or clicked by somebody else.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardView } from '../../src/views/card-schema.ts';
import {
  endOf,
  giveRoles,
  newPerson,
  openInvoice,
  outcomeOf,
  payByLink,
  quiet,
  refusalOf,
  rowsOf,
  saveMethod,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { FINANCE, REP, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;
const rep = { userId: REP };
const finance = { userId: FINANCE };
/** Must be asked for each time unless it was saved for exactly this. */
const ASKS_ALWAYS = '4000002760003184';
/** Far more than one call uses up: the client asks again by itself, and events make calls of their own. */
const MANY = 60;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
  await giveRoles(rig, { [FINANCE]: 'rep', [REP]: 'rep' });
});
afterAll(() => rig.close());
beforeEach(() => {
  at = newPerson(rig);
});
afterEach(() => rig.stripe.faults.clear());

const succeeded = () => rig.account.all('charges').filter(({ status }) => status === 'succeeded').length;
const statusOf = (invoiceId: string) =>
  rig.account.all('invoices').find(({ id }) => id === invoiceId)?.status;
type Charge = { operationId?: string; invoiceId: string; methodId: string; amountMinor?: number };
/** Every invoice here is over as much, unless a test says otherwise. */
const charge = (body: Charge, caller = rep) =>
  rig.operate('charge-saved-method', at, { amountMinor: 12_000, ...body }, caller);

async function toCharge(): Promise<{ operationId: string; invoiceId: string; methodId: string }> {
  const methodId = await saveMethod(rig, at, VISA);
  const { invoiceId } = await openInvoice(rig, at);
  return { operationId: randomUUID(), invoiceId, methodId };
}

const TOLD = { silent: false };
const chargeOf = (invoices: CardView['invoices'], id: string): number | undefined =>
  invoices.find((invoice) => invoice.id === id)?.charge?.amountMinor;

/** A fault that begins with the charge itself: the look at the invoice before it goes well. */
const onCharge = (fault: string, count = MANY): void => rig.stripe.faults.arm(fault, count, 0, '/pay');

it('charges a method the payer agreed to, and says so on the card', async () => {
  const body = await toCharge();
  const before = succeeded();
  expect(outcomeOf(await charge(body))).toMatchObject({
    state: 'done',
    result: { invoiceId: body.invoiceId },
  });
  expect(succeeded()).toBe(before + 1);
  const view = await viewWhen(rig, at, ({ invoices }) => invoices.every(({ state }) => state === 'paid'));
  expect(view.owed).toEqual([]);
  expect(refusalOf(await charge({ ...body, operationId: randomUUID() }))).toBe('invoice_not_open');
});

it('does not charge a method whose payer agreed to nothing, or that belongs to another payer', async () => {
  const first = await openInvoice(rig, at);
  await payByLink(rig, first.payUrl, { number: VISA });
  await viewWhen(rig, at, ({ invoices }) => invoices.some(({ state }) => state === 'paid'));
  const customer = String(rig.account.all('invoices').find(({ id }) => id === first.invoiceId)?.customer);
  const method = rig.account.request(
    'POST',
    '/v1/payment_methods/pm_card_visa/attach',
    { customer },
    { silent: false },
  );
  await viewWhen(rig, at, ({ methods }) => methods.some(({ id }) => id === method.id));
  const { invoiceId } = await openInvoice(rig, at);
  expect(refusalOf(await charge({ invoiceId, methodId: method.id }))).toBe('no_consent');
  at = newPerson(rig);
  const { methodId } = await toCharge();
  expect(refusalOf(await charge({ invoiceId, methodId }))).toBe('not_found');
});

describe('an amount the rep has not seen', () => {
  const refusedAs = (amountMinor: number) => ({
    state: 'refused',
    result: { code: 'amount_changed', message: expect.stringContaining(`€${amountMinor / 100}.00 is open`) },
  });

  it('is not taken, also where we have not heard of the change; the new one is shown and then taken', async () => {
    const body = await toCharge();
    const note = rig.account.create('credit_notes', { invoice: body.invoiceId, amount: 4_000 }, TOLD);
    await viewWhen(rig, at, ({ invoices }) => chargeOf(invoices, body.invoiceId) === 8_000);
    const before = succeeded();
    rig.account.act('credit_notes', note.id, 'void');
    const answer = await charge({ ...body, amountMinor: 8_000 });
    expect(outcomeOf(answer)).toMatchObject(refusedAs(12_000));
    expect(chargeOf(answer.body.view?.invoices ?? [], body.invoiceId)).toBe(12_000);
    expect(succeeded()).toBe(before);
    expect(paysOf(body.invoiceId)).toEqual([]);
    expect(outcomeOf(await charge({ ...body, operationId: randomUUID() })).state).toBe('done');
    expect(succeeded()).toBe(before + 1);
  });

  it('of a card that was left open is refused without asking the gateway', async () => {
    const body = await toCharge();
    await quiet(rig);
    const calls = rig.stripe.calls.length;
    const answer = await charge({ ...body, amountMinor: 8_000 });
    expect(refusalOf(answer)).toBe('amount_changed');
    expect(answer.body).toMatchObject({ retry: 'never', view: { owed: [{ amountMinor: 12_000 }] } });
    expect(rig.stripe.calls).toHaveLength(calls);
  });

  it('may be named in major units, once and so that it can be read', async () => {
    const body = await toCharge();
    const say = (amounts: Record<string, unknown>) =>
      rig.operate('charge-saved-method', at, { ...body, ...amounts }, rep);
    for (const wrong of [{}, { amount: '120.00', amountMinor: 12_000 }])
      expect((await say(wrong)).status).toBe(400);
    for (const unread of ['', '1.2.0'])
      expect(refusalOf(await say({ amount: unread }))).toBe('amount_invalid');
    expect(refusalOf(await say({ amount: '119.99' }))).toBe('amount_changed');
    expect(paysOf(body.invoiceId)).toEqual([]);
    expect(outcomeOf(await say({ amount: '120' })).state).toBe('done');
  });

  it('is no longer there where the invoice was paid meanwhile', async () => {
    const body = await toCharge();
    rig.account.act('invoices', body.invoiceId, 'pay', { paid_out_of_band: true });
    expect(outcomeOf(await charge(body))).toMatchObject({
      state: 'refused',
      result: { code: 'invoice_not_open', message: 'This invoice is already paid.' },
    });
  });

  it('leaves out what was reversed on the same invoice: a charge takes what the gateway still asks for', async () => {
    const body = await toCharge();
    const customer = rig.account.all('invoices').find(({ id }) => id === body.invoiceId)?.customer;
    const part = { amount: 2_000, currency: 'eur', customer, payment_method: 'pm_card_visa', confirm: true };
    const methods = { enabled: true, allow_redirects: 'never' };
    const intent = rig.account.create(
      'payment_intents',
      { ...part, automatic_payment_methods: methods },
      TOLD,
    );
    rig.account.act('invoices', body.invoiceId, 'attach_payment', { payment_intent: intent.id }, TOLD);
    const { id } = rig.account.dispute(String(intent['latest_charge']), undefined, TOLD);
    rig.account.closeDispute(id, 'lost', TOLD);
    const view = await viewWhen(rig, at, ({ invoices }) =>
      invoices.some((one) => one.id === body.invoiceId && one.flags.includes('reversed')),
    );
    expect(view.invoices.find((one) => one.id === body.invoiceId)).toMatchObject({
      due: { amountMinor: 12_000 },
      charge: { amountMinor: 10_000 },
    });
  });
});

it('becomes a link by itself where the bank wants the customer', async () => {
  const methodId = await saveMethod(rig, at, ASKS_ALWAYS);
  const { invoiceId, payUrl } = await openInvoice(rig, at);
  const outcome = outcomeOf(await charge({ invoiceId, methodId }));
  expect(outcome).toMatchObject({ state: 'done', result: { code: 'authentication_required', payUrl } });
  await payByLink(rig, payUrl, { number: VISA });
  await viewWhen(rig, at, ({ invoices }) => invoices.every(({ state }) => state === 'paid'));
});

describe('a lost answer to a charge', () => {
  it.each(['reset-after', 'api-error-after'])(
    'after %s: reload, a second click and a second rep lead to one charge',
    async (fault) => {
      const body = await toCharge();
      await quiet(rig);
      const before = succeeded();
      rig.stripe.faults.arm('lost-webhook', MANY, 0);
      onCharge(fault);
      expect(outcomeOf(await charge(body)).state).toBe('checking');
      const reloaded = await rig.view(at.objectType, at.recordId, finance);
      expect(reloaded.unfinished).toMatchObject([{ operationId: body.operationId, state: 'checking' }]);
      expect(outcomeOf(await charge(body)).state).toBe('checking');
      const second = await charge({ ...body, operationId: randomUUID() }, finance);
      expect(refusalOf(second)).toBe('operation_in_progress');
      expect(second.body).toMatchObject({
        retry: 'later',
        message: expect.stringMatching(/being checked with the gateway/),
        view: { unfinished: [{ operationId: body.operationId }] },
      });
      rig.stripe.faults.clear();
      expect((await endOf(rig, body.operationId, rep)).state).toBe('done');
      expect(succeeded()).toBe(before + 1);
      expect(statusOf(body.invoiceId)).toBe('paid');
    },
  );

  it('is looked up and not sent again after 25 hours in which nobody could ask', async () => {
    const body = await toCharge();
    const before = succeeded();
    onCharge('reset-after');
    expect(outcomeOf(await charge(body)).state).toBe('checking');
    await rig.stopConnector();
    rig.stripe.faults.clear();
    rig.clock.advance(25 * 3_600_000);
    await rig.startConnector();
    expect((await endOf(rig, body.operationId, rep)).state).toBe('done');
    expect(succeeded()).toBe(before + 1);
    expect(paysOf(body.invoiceId).length).toBeLessThanOrEqual(2);
  });

  it('of a charge that never arrived ends as not charged after 25 hours, and a new one may begin', async () => {
    const body = await toCharge();
    const before = succeeded();
    onCharge('reset');
    expect(outcomeOf(await charge(body)).state).toBe('checking');
    await rig.stopConnector();
    rig.stripe.faults.clear();
    rig.clock.advance(25 * 3_600_000);
    await rig.startConnector();
    const ended = await endOf(rig, body.operationId, rep);
    expect(ended).toMatchObject({
      state: 'refused',
      result: { code: 'not_charged', payUrl: expect.stringMatching(/\/pay\//) },
    });
    expect(paysOf(body.invoiceId)).toEqual([]);
    expect(succeeded()).toBe(before);
    expect(outcomeOf(await charge({ ...body, operationId: randomUUID() }, finance)).state).toBe('done');
    expect(succeeded()).toBe(before + 1);
  });

  it('that comes back within minutes is sent again under the same key', async () => {
    const body = await toCharge();
    const before = succeeded();
    onCharge('reset');
    expect(outcomeOf(await charge(body)).state).toBe('checking');
    rig.stripe.faults.clear();
    expect((await endOf(rig, body.operationId, rep)).state).toBe('done');
    expect(succeeded()).toBe(before + 1);
    expect(paysOf(body.invoiceId).map(({ key }) => key)).toEqual([`${body.operationId}:charge`]);
  });

  it('with a gateway that hangs answers the rep in time, and one charge follows', async () => {
    const body = await toCharge();
    const before = succeeded();
    await quiet(rig);
    onCharge('hang', 1);
    const began = Date.now();
    expect(outcomeOf(await charge(body)).state).toBe('checking');
    expect(Date.now() - began).toBeLessThan(12_000);
    expect((await endOf(rig, body.operationId, rep)).state).toBe('done');
    expect(succeeded()).toBe(before + 1);
  });
});

/** Calls that reached the gateway's door for paying this invoice. */
const paysOf = (invoiceId: string): { key: unknown }[] =>
  rig.stripe.calls
    .filter(({ path }) => path === `/v1/invoices/${invoiceId}/pay`)
    .map(({ requestHeaders }) => ({ key: requestHeaders['idempotency-key'] }));

describe('two people', () => {
  it('at one invoice at once make one charge; the other is told what has to end', async () => {
    const body = await toCharge();
    const before = succeeded();
    rig.stripe.faults.arm('slow-work', 1, 400);
    const answers = await Promise.all([
      charge(body, rep),
      charge({ ...body, operationId: randomUUID() }, finance),
      rig.operate('void-invoice', at, { invoiceId: body.invoiceId }),
    ]);
    const codes = answers.map(({ body: answer }) => (answer.ok ? answer.outcome.state : answer.code));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(codes.filter((code) => code === 'operation_in_progress')).toHaveLength(2);
    expect(succeeded() + Number(statusOf(body.invoiceId) === 'void')).toBe(before + 1);
  });

  it('with one saved method and two invoices charge one after the other', async () => {
    const body = await toCharge();
    const { invoiceId } = await openInvoice(rig, at);
    await quiet(rig);
    onCharge('reset-after');
    expect(outcomeOf(await charge(body)).state).toBe('checking');
    const second = outcomeOf(await charge({ ...body, operationId: randomUUID(), invoiceId }, finance));
    expect(second).toMatchObject({ state: 'refused', result: { code: 'operation_in_progress' } });
    rig.stripe.faults.clear();
    expect((await endOf(rig, body.operationId, rep)).state).toBe('done');
    expect(statusOf(invoiceId)).toBe('open');
    expect(outcomeOf(await charge({ ...body, operationId: randomUUID(), invoiceId }, finance)).state).toBe(
      'done',
    );
  });
});

it('is refused while a bank debit for the invoice is on its way', async () => {
  const { methodId } = await toCharge();
  const { invoiceId } = await openInvoice(rig, at);
  rig.account.act('invoices', invoiceId, 'pay', { payment_method: 'pm_sepaDebit' }, { silent: false });
  await waitFor('the debit to be known', async () => {
    const view = await rig.view(at.objectType, at.recordId);
    return view.invoices.find(({ id }) => id === invoiceId)?.flags.includes('processing') || undefined;
  });
  expect(refusalOf(await charge({ invoiceId, methodId }))).toBe('payment_processing');
  expect(refusalOf(await rig.operate('void-invoice', at, { invoiceId }))).toBe('payment_processing');
});

it('leaves nothing held, one audit row each, and no defect in the log', async () => {
  expect(await rowsOf(rig, `SELECT id FROM operation WHERE state IN ('running', 'checking')`)).toEqual([]);
  const audited = await rowsOf(
    rig,
    `SELECT operation, count(*) AS rows FROM audit WHERE operation IS NOT NULL GROUP BY operation HAVING rows > 1`,
  );
  expect(audited).toEqual([]);
  expect(rig.log()).not.toMatch(/"code":"internal"/);
});
