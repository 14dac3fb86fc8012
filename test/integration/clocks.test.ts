// Time that does not run as one would think: events that come days late, and a clock that was an hour ahead and is put right.
import { afterEach, expect, it } from 'vitest';
import { deliver, event, newPerson, openInvoice, payByLink, VISA } from '../billing/scene.ts';
import { propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let rig: Rig;
afterEach(() => rig.close());

it('an event that comes three days after it happened, signed anew, is applied like any other', async () => {
  rig = await startRig();
  await rig.setUp();
  const at = newPerson(rig);
  const { invoiceId } = await openInvoice(rig, at);
  const invoice = rig.account.all('invoices').find(({ id }) => id === invoiceId);
  const happened = Math.floor((rig.clock.now().getTime() - 3 * DAY_MS) / 1_000);
  rig.account.act('invoices', invoiceId, 'void');
  const told = { ...invoice, status: 'void', amount_remaining: 12_000 };
  expect(await deliver(rig, event(rig, 'invoice.voided', told, { created: happened }))).toEqual({
    status: 200,
    word: 'stored',
  });
  const view = await viewWhen(rig, at, ({ invoices }) => invoices[0]?.state === 'void');
  expect(view.owed).toEqual([]);
});

/** Times at which the connector asked HubSpot for a token. */
const refreshes = (): number =>
  rig.hubspot.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/oauth/')).length;

it('a clock that was an hour ahead and jumps back holds up nothing that comes after, and asks for no token in a loop', async () => {
  rig = await startRig();
  await rig.setUp();
  const at = newPerson(rig);
  const collected = (amount: string) =>
    propertiesWhen(
      rig,
      { kind: 'contacts', id: at.recordId },
      (one) => one['payside_lifetime_collected'] === amount,
    );
  const pay = async (): Promise<void> => {
    const { payUrl } = await openInvoice(rig, at);
    await payByLink(rig, payUrl, { number: VISA });
  };
  rig.clock.advance(HOUR_MS);
  await pay();
  await collected('120.00');
  const before = refreshes();
  rig.clock.advance(-HOUR_MS);
  await pay();
  await collected('240.00');
  await pay();
  await collected('360.00');
  expect(refreshes() - before).toBeLessThanOrEqual(1);
});
