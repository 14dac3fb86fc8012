// Invoices from a deal: all of its line items for what they come to, in the currency they are in, or none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoiceBody, newPerson, outcomeOf, writesTo, type Place } from '../billing/scene.ts';
import { PORTAL, portalSeed, startRig, type Rig } from './rig.ts';

/** A portal in dollars beside an account in euros, so that a rep can choose either. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ portals: [portalSeed({ currency: 'USD' })] });
  await rig.setUp();
});
afterAll(() => rig.close());

type Line = Record<string, string>;

/** A deal with one contact and these line items. */
function dealWith(lines: readonly Line[], properties: Record<string, string> = {}): Place {
  const portal = rig.hubspot.portal(PORTAL);
  const id = portal.create('deals', { dealname: 'Stairs', ...properties });
  portal.associate({ kind: 'deals', id }, { kind: 'contacts', id: newPerson(rig).recordId });
  for (const line of lines) {
    const item = portal.create('line_items', { name: 'Oak', quantity: '1', ...line });
    portal.associate({ kind: 'deals', id }, { kind: 'line_items', id: item });
  }
  return { objectType: 'deals', recordId: id };
}

const invoice = async (deal: Place, currency = 'EUR') =>
  outcomeOf(await rig.operate('create-invoice', deal, invoiceBody(rig, { lines: 'record', currency })));

const made = (invoiceId: string | undefined) =>
  rig.account.all('invoices').find(({ id }) => id === invoiceId);

const EUR = { hs_line_item_currency_code: 'EUR' };

describe('an invoice from a deal', () => {
  it('asks for what its line items come to after discounts and in parts', async () => {
    const deal = dealWith([
      { ...EUR, quantity: '3', price: '33.33', amount: '89.991' },
      { ...EUR, quantity: '100001', price: '0.015', amount: '1500.015' },
      { ...EUR, quantity: '2', price: '10.500', amount: '21.00' },
      { ...EUR, price: '0.00', amount: '0' },
    ]);
    const { result } = await invoice(deal);
    expect(made(result.invoiceId)).toMatchObject({ status: 'open', total: 8_999 + 150_002 + 2_100 });
    expect(made(result.invoiceId)?.lines.data).toHaveLength(3);
  });

  it('is refused as a whole where a line is below zero or cannot be read, and says which', async () => {
    const deal = dealWith([
      { ...EUR, price: '1000.00' },
      { ...EUR, name: 'Allowance', price: '-100.00' },
      { ...EUR, name: 'Landing', price: '' },
    ]);
    const before = writesTo(rig);
    const { state, result } = await invoice(deal);
    expect([state, result.code]).toEqual(['refused', 'lines_not_billable']);
    expect(result.message).toMatch(/“Allowance” is below zero.*“Landing” has no amount.*deal/);
    expect(writesTo(rig)).toEqual(before);
  });

  it('is refused where its line items cost nothing', async () => {
    const deal = dealWith([
      { ...EUR, price: '0' },
      { ...EUR, price: '0.004' },
    ]);
    expect(await invoice(deal)).toMatchObject({ state: 'refused', result: { code: 'no_lines' } });
  });
});

describe('line items without a currency', () => {
  it('are in that of the portal, whatever the rep has chosen', async () => {
    const deal = dealWith([{ price: '1000.00' }]);
    const before = writesTo(rig);
    const refused = await invoice(deal, 'EUR');
    expect(refused).toMatchObject({ state: 'refused', result: { code: 'lines_other_currency' } });
    expect(refused.result.message).toMatch(/in USD\. Choose that currency/);
    expect(writesTo(rig)).toEqual(before);
    const { result } = await invoice(deal, 'USD');
    expect(made(result.invoiceId)).toMatchObject({ currency: 'usd', total: 100_000 });
  });

  it('are in that of the deal, where it has one', async () => {
    const deal = dealWith([{ price: '1000.00' }], { deal_currency_code: 'EUR' });
    const { result } = await invoice(deal, 'EUR');
    expect(made(result.invoiceId)).toMatchObject({ currency: 'eur', total: 100_000 });
    expect(await invoice(deal, 'USD')).toMatchObject({ result: { code: 'lines_other_currency' } });
  });

  it('in two currencies make no invoice in either', async () => {
    const deal = dealWith([{ price: '10.00' }, { ...EUR, price: '10.00' }]);
    const { result } = await invoice(deal, 'USD');
    expect(result).toMatchObject({
      code: 'lines_other_currency',
      message: expect.stringMatching(/EUR and USD/),
    });
  });
});
