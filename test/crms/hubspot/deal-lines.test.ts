// The products of a deal as invoice lines: pieces, parts, discounts and currencies as HubSpot keeps them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTAL, startHubspotRig, type HubspotRig } from './rig.ts';

let rig: HubspotRig;
beforeAll(async () => {
  rig = await startHubspotRig();
});
afterAll(() => rig.close());

async function lineOf(properties: Record<string, string>) {
  const door = rig.hubspot.portal(PORTAL);
  const deal = door.create('deals', { dealname: 'Stairs' });
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

  it('that costs nothing is no line', async () => {
    expect(await lineOf({ quantity: '1', price: '0' })).toEqual([]);
    expect(await lineOf({ quantity: '1' })).toEqual([]);
  });
});
