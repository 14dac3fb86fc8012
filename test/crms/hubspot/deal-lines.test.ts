// The products of a deal as invoice lines: pieces, parts, discounts and currencies as HubSpot keeps them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTAL, startHubspotRig, type HubspotRig } from './rig.ts';

let rig: HubspotRig;
beforeAll(async () => {
  rig = await startHubspotRig();
});
afterAll(() => rig.close());

async function lineOf(properties: Record<string, string>, dealCurrency?: string) {
  const door = rig.hubspot.portal(PORTAL);
  const deal = door.create('deals', {
    dealname: 'Stairs',
    ...(dealCurrency ? { deal_currency_code: dealCurrency } : {}),
  });
  const id = door.create('line_items', { name: 'Oak', ...properties });
  door.associate({ kind: 'deals', id: deal }, { kind: 'line_items', id });
  return rig.crm.dealLines(rig.connection, deal, 'EUR');
}

const line = (description: string, quantity: number, amountMinor: number, currency = 'EUR') => [
  { description, quantity, unit: { amountMinor, currency } },
];

describe('a product of a deal', () => {
  it('is so many pieces at a price', async () => {
    expect(await lineOf({ quantity: '3', price: '12.5' })).toEqual(line('Oak', 3, 1_250));
    expect(await lineOf({ quantity: '3', price: '12.50', amount: '37.50' })).toEqual(line('Oak', 3, 1_250));
  });

  it('is one piece where nobody said how many', async () => {
    expect(await lineOf({ price: '80' })).toEqual(line('Oak', 1, 8_000));
  });

  it('with a discount costs what is left of it', async () => {
    const discounted = { quantity: '3', price: '12.50', amount: '30.00', discount: '2.50' };
    expect(await lineOf(discounted)).toEqual(line('Oak (3)', 1, 3_000));
  });

  it('in parts costs its amount, not its price', async () => {
    expect(await lineOf({ quantity: '1.5', price: '10.00', amount: '15.00' })).toEqual(
      line('Oak (1.5)', 1, 1_500),
    );
  });

  it('in another currency keeps it, also one without decimals', async () => {
    const yen = { quantity: '2', price: '500', amount: '1000', hs_line_item_currency_code: 'JPY' };
    expect(await lineOf(yen)).toEqual(line('Oak', 2, 500, 'JPY'));
  });

  it('without a currency of its own has the deal’s, and only then the one of the portal', async () => {
    expect(await lineOf({ price: '80' }, 'USD')).toEqual(line('Oak', 1, 8_000, 'USD'));
    const yen = { price: '80', hs_line_item_currency_code: 'JPY' };
    expect(await lineOf(yen, 'USD')).toEqual(line('Oak', 1, 80, 'JPY'));
    expect(await lineOf({ price: '80' })).toEqual(line('Oak', 1, 8_000));
  });

  it('that costs exactly nothing is no line', async () => {
    expect(await lineOf({ quantity: '1', price: '0' })).toEqual([]);
    expect(await lineOf({ quantity: '2', price: '12.50', amount: '0.00' })).toEqual([]);
  });

  it.each([
    ['3', '33.33', '89.991', line('Oak (3)', 1, 8_999)],
    ['100001', '0.015', '1500.015', line('Oak (100001)', 1, 150_002)],
    ['100001', '0.015', '', line('Oak (100001)', 1, 150_002)],
    ['1.5', '10.00', '', line('Oak (1.5)', 1, 1_500)],
    ['2.0', '12.5000', '25.00000', line('Oak', 2, 1_250)],
    ['1', '0.004', '', line('Oak', 1, 0)],
  ])('%s at %s over “%s” is billed to the cent, not left out', async (quantity, price, amount, wanted) => {
    expect(await lineOf({ quantity, price, ...(amount ? { amount } : {}) })).toEqual(wanted);
  });

  it('in a currency without decimals may be written with some', async () => {
    const yen = { quantity: '1', price: '5000.00', amount: '5000.00', hs_line_item_currency_code: 'JPY' };
    expect(await lineOf(yen)).toEqual(line('Oak', 1, 5_000, 'JPY'));
  });

  it.each([
    ['negative', { price: '-100.00' }],
    ['negative', { quantity: '2', price: '10.00', amount: '-5.00' }],
    ['unreadable', { quantity: '1' }],
    ['unreadable', { price: '1e7' }],
    ['unreadable', { price: '90071992547409.92' }],
    ['unreadable', { price: '80', hs_line_item_currency_code: 'ABC' }],
  ])('that cannot be billed is named as %s: %j', async (problem, properties) => {
    expect(await lineOf(properties)).toEqual([{ description: 'Oak', problem }]);
  });
});
