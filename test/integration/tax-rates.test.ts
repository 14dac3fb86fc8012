// Tax rates change at the gateway after an account was connected: cards offer what there is, a retired one leaves nothing behind.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { invoiceBody, newPerson, outcomeOf, type Place } from '../billing/scene.ts';
import { startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;
const MORE_THAN_A_DAY = 25 * 3_600_000;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
  at = newPerson(rig);
});
afterAll(() => rig.close());

const newRate = (percentage: number): string =>
  rig.account.create('tax_rates', { display_name: 'VAT', percentage, inclusive: false }).id;
const retire = (id: string) => rig.account.request('POST', `/v1/tax_rates/${id}`, { active: false });

const offered = (...texts: string[]) =>
  viewWhen(rig, at, ({ composer }) => composer.taxRates.map(({ text }) => text).join() === texts.join());

it('a rate that was added is offered within a day, and one that was retired no longer', async () => {
  const old = newRate(19);
  rig.clock.advance(MORE_THAN_A_DAY);
  await offered('VAT 19 %');
  retire(old);
  newRate(20);
  rig.clock.advance(MORE_THAN_A_DAY);
  await offered('VAT 20 %');
});

it('an invoice with a rate that was retired since is refused, and leaves no draft', async () => {
  const taxRateId = newRate(7);
  retire(taxRateId);
  const drafts = () => rig.account.all('invoices').filter(({ status }) => status === 'draft');
  expect(outcomeOf(await rig.operate('create-invoice', at, invoiceBody(rig, { taxRateId })))).toMatchObject({
    state: 'refused',
    result: { code: 'gateway_rejected' },
  });
  expect(drafts()).toEqual([]);
  await waitFor('no draft on the card', async () => {
    const { invoices } = await rig.view(at.objectType, at.recordId);
    return invoices.length === 0 ? true : undefined;
  });
});
