// What the doctor concludes from a vendor's answers: clocks that disagree, people it does not know, fields that are gone.
import { describe, expect, it } from 'vitest';
import type { CrmConnection } from '../../src/crms/crm.ts';
import type { GatewayConnection } from '../../src/gateways/gateway.ts';
import { clockOf, fieldsOf, peopleOf } from '../../src/workspaces/probes.ts';
import type { Workspace } from '../../src/workspaces/workspace.ts';

const NOW = new Date('2031-03-01T12:00:00Z');
const account: GatewayConnection = {
  account: 'a',
  livemode: false,
  credentials: { kind: 'key', secretKey: '' },
};
const portal: CrmConnection = { installationId: 'i', crm: 'hubspot', portalId: '1', accessToken: '' };

describe('the clock', () => {
  it.each([
    [60, 'ok'],
    [-60, 'ok'],
    [61, 'warn'],
    [-300, 'warn'],
    [301, 'failed'],
    [-301, 'failed'],
  ])('that is %i seconds from the gateway’s is %s', async (seconds, state) => {
    const gateway = { time: async () => new Date(NOW.getTime() + seconds * 1000) };
    expect(await clockOf({ gateway, clock: { now: () => NOW } }, account)).toMatchObject({ state });
  });

  it('is compared by a person where the gateway does not tell its time', async () => {
    const gateway = { time: async () => null };
    expect(await clockOf({ gateway, clock: { now: () => NOW } }, account)).toMatchObject({ state: 'warn' });
  });

  it('is not blamed for an answer that took long', async () => {
    const times = [NOW, new Date(NOW.getTime() + 120_000)];
    const gateway = { time: async () => new Date(NOW.getTime() + 90_000) };
    const clock = { now: () => times.shift() ?? NOW };
    expect(await clockOf({ gateway, clock }, account)).toMatchObject({ state: 'ok' });
  });
});

describe('people of a CRM', () => {
  const settings: Workspace['settings'] = {
    timeZone: 'UTC',
    brand: { name: 'Example', logoUrl: null, color: '#000000' },
    roles: { 'hubspot:62': 'finance', 'salesforce:63': 'rep' },
    payPage: 'embedded',
    linkOnRecord: false,
  };
  it.each([
    ['who installed', '61', 'ok'],
    ['with a role there', '62', 'ok'],
    ['with a role in another CRM alone', '63', 'warn'],
  ])('are known by somebody %s (%s): %s', async (_who, id, state) => {
    const crm = { users: async () => [{ id, name: null, email: null }] };
    const found = await peopleOf(crm, portal, { crm: 'hubspot', installedBy: '61' }, { settings });
    expect(found).toMatchObject({ state });
  });
});

describe('fields that are gone', () => {
  it('are named, the first few of many', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `contacts.f${index}`);
    const { state, says } = await fieldsOf({ lacks: async () => names }, portal);
    expect([state, says]).toEqual(['warn', expect.stringContaining('contacts.f7 and 2 more')]);
  });
});
