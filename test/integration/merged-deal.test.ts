// A deal with an invoice is merged into another one: the money is the other's from then on.
import { afterEach, expect, it } from 'vitest';
import { openInvoice, payByLink, place, VISA } from '../billing/scene.ts';
import { PORTAL, propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

it('an invoice of a deal that was merged away shows its payment on the deal that is left, and on its card', async () => {
  rig = await startRig();
  await rig.setUp();
  const portal = rig.hubspot.portal(PORTAL);
  const deal = place(rig, 'deals', 'stairs');
  const { payUrl, invoiceId } = await openInvoice(rig, deal);
  const says = (id: string, fits: (properties: Record<string, string>) => boolean) =>
    propertiesWhen(rig, { kind: 'deals', id }, fits);
  await says(deal.recordId, ({ payside_owed: owed }) => owed === '120.00');
  const other = portal.create('deals', { dealname: 'Stairs and rail' });
  const left = portal.merge('deals', other, deal.recordId, { redirect: true });
  await payByLink(rig, payUrl, { number: VISA });
  expect(await says(left, ({ payside_status: status }) => status === 'paid')).toMatchObject({
    payside_owed: '0.00',
    payside_lifetime_collected: '120.00',
  });
  const at = { objectType: 'deals', recordId: left };
  const view = await viewWhen(rig, at, ({ invoices }) => invoices.length > 0);
  expect(view.invoices).toMatchObject([{ id: invoiceId, state: 'paid' }]);
});
