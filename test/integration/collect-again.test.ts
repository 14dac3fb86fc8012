// Money that a bank took back is asked for again: once, of the same payer, and owed once wherever the invoice counts.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  invoiceBody,
  newPerson,
  openInvoice,
  outcomeOf,
  payByLink,
  refusalOf,
  totals,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { PORTAL, propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());

let payer: Place;
let deal: Place;
beforeEach(() => {
  payer = newPerson(rig);
  const portal = rig.hubspot.portal(PORTAL);
  deal = { objectType: 'deals', recordId: portal.create('deals', { dealname: 'Stairs' }) };
  portal.associate({ kind: 'deals', id: deal.recordId }, { kind: 'contacts', id: payer.recordId });
});

const invoiceOf = (invoiceId: string | undefined) =>
  rig.account.all('invoices').find(({ id }) => id === invoiceId);

/** An invoice over 120 that was paid; the payer's bank then took back all of it, or a part. */
async function reversed(at: Place, amount?: number): Promise<string> {
  const { invoiceId, payUrl } = await openInvoice(rig, at);
  const { id } = await payByLink(rig, payUrl, { number: VISA });
  const charge = rig.account.all('charges').find((one) => one.payment_intent === id);
  const dispute = rig.account.dispute(charge?.id ?? '', amount, { silent: false });
  rig.account.closeDispute(dispute.id, 'lost', { silent: false });
  await viewWhen(rig, at, ({ invoices }) => invoices.some(({ flags }) => flags.includes('reversed')));
  return invoiceId;
}

const bodyFor = (replaces: string, amount = '120.00') =>
  invoiceBody(rig, { replaces, lines: [{ description: 'Oak step, again', quantity: 1, amount }] });

const collect = (at: Place, replaces: string, amount?: string) =>
  rig.operate('create-invoice', at, bodyFor(replaces, amount));

describe('an invoice whose payment was taken back', () => {
  it('is offered to be collected again, ready to be sent, and is owed once when it is', async () => {
    const first = await reversed(payer);
    const before = await rig.view('contacts', payer.recordId);
    expect(before.invoices).toMatchObject([
      {
        id: first,
        state: 'paid',
        actions: ['create-invoice'],
        again: { amount: '120.00', currency: 'EUR' },
        payer: { name: 'Lou' },
      },
    ]);
    const { result } = outcomeOf(await collect(payer, first));
    expect(invoiceOf(result.invoiceId)).toMatchObject({
      status: 'open',
      customer: invoiceOf(first)?.customer,
      metadata: { payside_replaces: first },
    });
    const after = await rig.view('contacts', payer.recordId);
    expect(totals(after)).toEqual(['€120.00']);
    const view = after.invoices.find(({ id }) => id === first);
    expect([view?.again, view?.actions, view?.due.amountMinor]).toEqual([null, [], 0]);
  });

  it('is asked for again once, whoever clicks', async () => {
    const first = await reversed(payer);
    const answers = await Promise.all([collect(payer, first), collect(payer, first)]);
    const codes = answers.map(({ body }) => (body.ok ? body.outcome.state : body.code));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(refusalOf(await collect(payer, first))).toBe('invoice_not_reversed');
    expect(totals(await rig.view('contacts', payer.recordId))).toEqual(['€120.00']);
  });

  it('in part, is offered for that part, and for what is left of it after', async () => {
    const first = await reversed(payer, 5_000);
    const againOf = async () =>
      (await rig.view('contacts', payer.recordId)).invoices.find(({ id }) => id === first)?.again?.amount;
    expect(await againOf()).toBe('50.00');
    await collect(payer, first, '20.00');
    expect(await againOf()).toBe('30.00');
    await collect(payer, first, '30.00');
    expect(await againOf()).toBeUndefined();
  });

  it('of a deal is owed once there too, when it is collected from the contact', async () => {
    const first = await reversed(deal);
    await viewWhen(rig, payer, ({ invoices }) => invoices.some(({ again }) => again !== null));
    const { result } = outcomeOf(await collect(payer, first));
    const view = await viewWhen(rig, deal, ({ invoices }) => invoices.length === 2);
    expect(totals(view)).toEqual(['€120.00']);
    expect(view.invoices.find(({ id }) => id === result.invoiceId)?.state).toBe('open');
    await propertiesWhen(
      rig,
      { kind: 'deals', id: deal.recordId },
      ({ payside_owed: owed, payside_status: status }) => owed === '120.00' && status === 'open',
    );
  });
});

describe('of several customers of a record', () => {
  it('the one whose money was taken back is asked again, not the one with the newest invoice', async () => {
    const portal = rig.hubspot.portal(PORTAL);
    const company = { objectType: 'companies', recordId: portal.create('companies', { name: 'Yard' }) };
    const other = newPerson(rig);
    const first = await reversed(payer);
    rig.clock.advance(60_000);
    const newer = await openInvoice(rig, other);
    for (const id of [first, newer.invoiceId]) {
      const customerId = String(invoiceOf(id)?.customer);
      expect(outcomeOf(await rig.operate('assign-payer', company, { customerId })).state).toBe('done');
    }
    const { result } = outcomeOf(await collect(company, first));
    expect(invoiceOf(result.invoiceId)?.customer).toBe(invoiceOf(first)?.customer);
  });
});

describe('an invoice nobody took money back of', () => {
  it('is not offered to be collected again, and cannot be replaced', async () => {
    const { invoiceId, payUrl } = await openInvoice(rig, payer);
    expect(refusalOf(await collect(payer, invoiceId))).toBe('invoice_not_reversed');
    await payByLink(rig, payUrl, { number: VISA });
    const view = await viewWhen(rig, payer, ({ invoices }) =>
      invoices.every(({ state }) => state === 'paid'),
    );
    expect(view.invoices).toMatchObject([{ again: null, actions: [] }]);
    expect(refusalOf(await collect(payer, invoiceId))).toBe('invoice_not_reversed');
    expect(refusalOf(await collect(payer, `in_${randomUUID().replaceAll('-', '')}`))).toBe('not_found');
  });
});
