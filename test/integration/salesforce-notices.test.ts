// The door of notices from Salesforce, through the real app: who may tell something, what is kept of it, and what comes of it.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import { outcomeOf } from '../billing/scene.ts';
import { waitFor } from './rig.ts';
import { ADMIN, fieldsWhen, ORG, startOrgRig, type OrgRig } from './salesforce-rig.ts';

let rig: OrgRig;
beforeAll(async () => void (rig = await startOrgRig()));
afterAll(() => rig.close());

const token = (): string => {
  const written = rig.salesforce.calls.findLast(
    ({ path, status }) => path.includes('credential') && status < 300,
  );
  return (JSON.parse(written?.body ?? '{}') as { credentials: { Token: { value: string } } }).credentials
    .Token.value;
};

type Caller = { token?: string; org?: string; user?: string };

async function tell(body: string, caller: Caller = {}): Promise<{ status: number; body: string }> {
  const { org = ORG, user = ADMIN } = caller;
  const response = await fetch(`${rig.url}/webhooks/salesforce`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${caller.token ?? token()}`,
      'x-payside-org': org,
      'x-payside-user': user,
      'content-type': 'application/json',
    },
    body,
  });
  return { status: response.status, body: await response.text() };
}

const notice = (kind: string, recordId: string): string =>
  JSON.stringify({ id: randomUUID(), changes: [{ kind, objectType: 'Opportunity', recordId }] });

const stairs = () => rig.org.ref('stairs');

describe('a notice is refused', () => {
  const refused = { status: 400, body: '{"outcome":"refused"}' };

  it.each([
    ['with a wrong token', { token: randomBytes(32).toString('base64url') }],
    ['with a token of another shape', { token: 'short' }],
    ['from an org that nobody has installed', { org: makeId('00D', 77) }],
    ['from an org in another spelling', { org: ORG.toLowerCase() }],
    ['from nobody in the org', { user: '' }],
  ])('%s, always in the same bytes', async (_name, caller) => {
    expect(await tell(notice('opportunity-won', stairs()), caller)).toEqual(refused);
  });
});

describe('an Opportunity that is won', () => {
  const soqlOf = (path: string): string => new URL(path, rig.url).searchParams.get('q') ?? '';
  const looks = (id: string): number =>
    rig.salesforce.calls.filter(({ path }) => path.includes('/queryAll') && soqlOf(path).includes(id)).length;
  const events = (id: string): number =>
    rig.org.events().filter(({ fields }) => fields['Record_Id__c'] === id).length;

  beforeAll(async () => {
    const body = { currency: 'EUR', lines: 'record', send: false, dueDate: '2031-12-31' };
    outcomeOf(await rig.act('create-invoice', rig.at('Opportunity', 'stairs'), body));
    await fieldsWhen(rig, rig.at('Opportunity', 'stairs'), (now) => now['Payside_Owed__c'] === 966);
  });

  it('is told by the trigger, and open cards of it hear that they should read again', async () => {
    const told = events(stairs());
    rig.org.update('Opportunity', stairs(), { StageName: 'Closed Won' });
    await waitFor('the event', () => (events(stairs()) > told ? true : undefined));
    expect(looks(stairs())).toBe(1);
    expect(rig.org.fields('Opportunity', stairs())).toMatchObject({ Payside_Owed__c: 966 });
  });

  it('costs no call while no money hangs on it', async () => {
    const won = { Name: 'Gate', StageName: 'Closed Won', CloseDate: '2031-06-30' };
    const id = rig.org.create('Opportunity', won);
    expect(await tell(notice('opportunity-won', id))).toMatchObject({ status: 200 });
    // What is told after it is looked at after it.
    const before = looks(stairs());
    expect(await tell(notice('opportunity-won', stairs()))).toMatchObject({ status: 200 });
    await waitFor('the look', () => (looks(stairs()) > before ? true : undefined));
    expect(looks(id)).toBe(0);
  });
});
