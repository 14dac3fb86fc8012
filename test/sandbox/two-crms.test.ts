// The seed company that uses both CRMs: its customers are in both, and some in one alone.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startHubspot, type HubspotStandIn } from '../../sandbox/hubspot/start.ts';
import { larkfield } from '../../sandbox/seed/orgs.ts';
import { larkfieldPayers } from '../../sandbox/seed/payers.ts';
import { larkfieldPortal, portals } from '../../sandbox/seed/portals.ts';

let hubspot: HubspotStandIn;
beforeAll(async () => {
  const app = {
    clientId: 'seed-app',
    clientSecret: crypto.randomUUID(),
    appId: 7003,
    requiredScopes: [],
    optionalScopes: [],
    redirectUrls: [],
    permittedFetch: [],
  };
  hubspot = await startHubspot({
    port: 0,
    clock: createSandboxClock(),
    app,
    portals: [...portals, larkfieldPortal],
  });
});
afterAll(() => hubspot.close());

const inHubspot = (larkfieldPortal.contacts ?? []).map(({ properties }) => properties['email']);
const inOrg = new Set(
  (larkfield.records ?? [])
    .filter(({ type }) => type === 'Contact')
    .map(({ fields }) => String(fields['Email'])),
);
const payers = larkfieldPayers.flatMap(({ email }) => email ?? []);

it('is accepted by the stand-in, with four users and an address a contact', () => {
  const portal = hubspot.portal(larkfieldPortal.id);
  for (const { ref = '', properties } of larkfieldPortal.contacts ?? [])
    expect(portal.properties('contacts', portal.ref(ref))).toMatchObject(properties);
  expect(larkfieldPortal.users).toHaveLength(4);
  expect(new Set(inHubspot).size).toBe(inHubspot.length);
  expect([larkfieldPortal.name, larkfieldPortal.currency]).toEqual([larkfield.name, larkfield.currency]);
});

it('has most of its payers in both CRMs, and one in each alone', () => {
  const both = payers.filter((email) => inHubspot.includes(email) && inOrg.has(email));
  expect(both.length).toBeGreaterThan(8);
  expect(payers.filter((email) => inHubspot.includes(email) && !inOrg.has(email))).toEqual([
    'desk@instrument-exchange.example',
  ]);
  expect(payers.filter((email) => inOrg.has(email) && !inHubspot.includes(email))).toEqual([
    'brid@seaboard-society.example',
  ]);
});

it('shares no address and no portal with the others, who stay alone', () => {
  const others = new Set(
    portals.flatMap(({ contacts = [] }) => contacts.map(({ properties }) => properties['email'])),
  );
  expect(inHubspot.filter((email) => others.has(email))).toEqual([]);
  expect(portals.map(({ id }) => id)).not.toContain(larkfieldPortal.id);
});
