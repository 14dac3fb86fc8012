// The card of a deal: its own money, and what its payer has saved and holds as credit wherever that came from.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  newPerson,
  openInvoice,
  outcomeOf,
  payByLink,
  refusalOf,
  saveMethod,
  totals,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { PORTAL, propertiesWhen, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());

/** Somebody with a saved card, who paid an invoice of 120 that has nothing to do with the deal. */
let payer: Place;
let methodId: string;
let deal: Place;

function dealOf(...people: Place[]): Place {
  const portal = rig.hubspot.portal(PORTAL);
  const id = portal.create('deals', { dealname: 'Stairs' });
  for (const { recordId } of people)
    portal.associate({ kind: 'deals', id }, { kind: 'contacts', id: recordId });
  return { objectType: 'deals', recordId: id };
}

beforeEach(async () => {
  payer = newPerson(rig);
  methodId = await saveMethod(rig, payer, VISA);
  deal = dealOf(payer);
});

const linesOf = (amount: string) => ({ lines: [{ description: 'Oak step', quantity: 1, amount }] });

const customerOf = (invoiceId: string): string =>
  String(rig.account.all('invoices').find(({ id }) => id === invoiceId)?.customer);

function giveCredit(customer: string, amount: number): void {
  const entry = { amount: -amount, currency: 'eur' };
  rig.account.request('POST', `/v1/customers/${customer}/balance_transactions`, entry, { silent: false });
}

describe('a saved method of the payer', () => {
  it('is on the deal’s card and charged for the deal’s invoice, while amounts stay the deal’s', async () => {
    const { invoiceId } = await openInvoice(rig, deal, linesOf('90.00'));
    const view = await rig.view('deals', deal.recordId);
    expect(view.methods).toMatchObject([{ id: methodId, chargeable: true }]);
    expect(view.invoices).toMatchObject([{ id: invoiceId, methodIds: [methodId] }]);
    expect(view.invoices[0]?.actions).toContain('charge-saved-method');
    expect([totals(view), view.collected, view.payments]).toEqual([['€90.00'], [], []]);
    const outcome = outcomeOf(
      await rig.operate('charge-saved-method', deal, { invoiceId, methodId, amountMinor: 9_000 }),
    );
    expect(outcome.state).toBe('done');
    const paid = await viewWhen(rig, deal, ({ payments }) => payments.length > 0);
    expect(paid.collected).toMatchObject([{ amountMinor: 9_000 }]);
    expect(paid.invoices).toMatchObject([{ id: invoiceId, state: 'paid' }]);
  });

  it('is offered for the invoices of that payer alone', async () => {
    const other = newPerson(rig);
    const otherMethod = await saveMethod(rig, other, VISA);
    const mine = await openInvoice(rig, deal, linesOf('90.00'));
    const portal = rig.hubspot.portal(PORTAL);
    const company = { objectType: 'companies', recordId: portal.create('companies', { name: 'Yard' }) };
    for (const at of [payer, other]) {
      const [invoice] = (await rig.view('contacts', at.recordId)).invoices;
      await rig.operate('assign-payer', company, { customerId: customerOf(invoice?.id ?? '') });
    }
    const theirs = await openInvoice(rig, other, linesOf('70.00'));
    const view = await rig.view('companies', company.recordId);
    expect(view.methods.map(({ id }) => id).sort()).toEqual([methodId, otherMethod].sort());
    const methodsOf = (id: string) => view.invoices.find((one) => one.id === id)?.methodIds;
    expect([methodsOf(mine.invoiceId), methodsOf(theirs.invoiceId)]).toEqual([[methodId], [otherMethod]]);
  });

  it('of another payer cannot be charged from the deal', async () => {
    const other = await saveMethod(rig, newPerson(rig), VISA);
    const { invoiceId } = await openInvoice(rig, deal, linesOf('90.00'));
    const charge = { invoiceId, methodId: other, amountMinor: 9_000 };
    expect(refusalOf(await rig.operate('charge-saved-method', deal, charge))).toBe('not_found');
  });
});

describe('a credit of the payer', () => {
  it('is on the deal’s card and can be given back there, and the deal’s record still says what is its own', async () => {
    const { invoiceId, payUrl } = await openInvoice(rig, deal, linesOf('90.00'));
    await payByLink(rig, payUrl, { number: VISA });
    await viewWhen(rig, deal, ({ invoices }) => invoices.every(({ state }) => state === 'paid'));
    giveCredit(customerOf(invoiceId), 3_000);
    const view = await viewWhen(rig, deal, ({ credit }) => credit.length > 0);
    expect(view).toMatchObject({ credit: [{ amountMinor: 3_000 }], statusText: 'Paid' });
    expect(view.actions).toContain('return-credit');
    const fields = await propertiesWhen(
      rig,
      { kind: 'deals', id: deal.recordId },
      ({ payside_status: status }) => status === 'paid',
    );
    expect(fields).toMatchObject({ payside_owed: '0.00', payside_lifetime_collected: '90.00' });
    const body = { operationId: randomUUID(), currency: 'EUR', amount: '30.00' };
    expect(outcomeOf(await rig.operate('return-credit', deal, body)).state).toBe('done');
    await waitFor('the credit to be gone', async () => {
      const { credit } = await rig.view('deals', deal.recordId);
      return credit.length === 0 ? true : undefined;
    });
    expect(rig.account.all('refunds').map(({ amount }) => amount)).toEqual([3_000]);
  });
});
