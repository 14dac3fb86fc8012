// What an install makes in a portal, by what the portal granted and offers, and what it leaves as an admin made it.
import { afterEach, describe, expect, it } from 'vitest';
import fields from '../../../manifests/crm-fields.json' with { type: 'json' };
import type { PortalSeed } from '../../../sandbox/hubspot/start.ts';
import { PORTAL, portalSeed, startHubspotRig, type HubspotRig } from './rig.ts';

let rig: HubspotRig;
afterEach(() => rig.close());

const start = async (more: Partial<PortalSeed> = {}): Promise<void> => {
  rig = await startHubspotRig({ portals: [portalSeed(PORTAL, more)] });
};
const provision = () => rig.crm.provision(rig.connection);

type Property = { kind: string; name: string; type: string; hasUniqueValue: boolean; groupName: string };
async function made(): Promise<Property[]> {
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/properties`);
  return (await response.json()) as Property[];
}

const SUMMARY = fields.summary.map(({ name }) => name);
const INVOICE = [fields.owned.name, ...fields.invoice.map(({ name }) => name)];

describe('an install', () => {
  it('makes the fields of every object once, in a group of our own', async () => {
    await start();
    const { created, capabilities } = await provision();
    expect(capabilities).toEqual({ mirrorInvoices: true, commercePayments: true });
    const properties = await made();
    const of = (kind: string) => properties.filter((one) => one.kind === kind).map(({ name }) => name);
    for (const kind of ['contacts', 'companies', 'deals'])
      expect(of(kind).sort()).toEqual([...SUMMARY].sort());
    expect(of('invoices').sort()).toEqual([...INVOICE].sort());
    expect([of('line_items'), of('commerce_payments')]).toEqual([[fields.owned.name], [fields.owned.name]]);
    expect(new Set(properties.map(({ groupName }) => groupName))).toEqual(new Set([fields.group.name]));
    expect(created).toBe(properties.length + 6);
    expect(await provision()).toEqual({ created: 0, capabilities });
  });

  it('makes our id unique on the records that are ours, and on nothing else', async () => {
    await start();
    await provision();
    const unique = (await made()).filter(({ hasUniqueValue }) => hasUniqueValue);
    expect(unique.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'commerce_payments payside_id',
      'invoices payside_id',
      'line_items payside_id',
    ]);
  });

  it.each([
    ['an account without payments', { commercePayments: false }, true, false],
    ['invoices not granted', { withheldScopes: ['crm.objects.invoices.read'] }, false, false],
    ['line items not granted', { withheldScopes: ['crm.objects.line_items.write'] }, false, false],
    ['payments not granted', { withheldScopes: ['crm.objects.commercepayments.write'] }, true, false],
  ])(
    'of %s offers what is there, the same when it is done again',
    async (_, more, mirrorInvoices, commercePayments) => {
      await start(more);
      const capabilities = { mirrorInvoices, commercePayments };
      expect(await provision()).toMatchObject({ capabilities });
      expect(await provision()).toEqual({ created: 0, capabilities });
      const kinds = new Set((await made()).map(({ kind }) => kind));
      expect([kinds.has('invoices'), kinds.has('commerce_payments')]).toEqual([
        mirrorInvoices,
        commercePayments,
      ]);
    },
  );

  it.each(['status-503', 'reset', 'rate-limited'])(
    'that is cut off (%s) is said to have failed, and goes on later',
    async (kind) => {
      await start();
      rig.hubspot.faults.arm(kind, 1, 0);
      await expect(provision()).rejects.toMatchObject({ retry: 'later' });
      expect(await provision()).toMatchObject({
        capabilities: { mirrorInvoices: true, commercePayments: true },
      });
      expect(await provision()).toMatchObject({ created: 0 });
    },
  );
});
