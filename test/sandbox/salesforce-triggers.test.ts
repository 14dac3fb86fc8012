// What the stand-in's org does as people change records in it: triggers tell the connector, and every change is stamped.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../sandbox/world/wait.ts';
import { ADMIN, api, install, ORG, query, startRig, type Rig } from './salesforce-rig.ts';

type Told = { url: string; headers: Record<string, unknown>; body: { id: string; changes: object[] } };

const SECRET = randomBytes(32).toString('base64url');

let rig: Rig;
let token: string;
let connector: Server;
let told: Told[];

beforeEach(async () => {
  told = [];
  connector = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Told['body'];
    told.push({ url: `${req.method} ${req.url}`, headers: { ...req.headers }, body });
    res.end('{}');
  });
  await new Promise<void>((resolve) => connector.listen(0, '127.0.0.1', resolve));
  rig = await startRig();
  rig.salesforce.configure({ connector: `http://127.0.0.1:${(connector.address() as AddressInfo).port}` });
  token = (await install(rig)).access;
  const body = {
    externalCredential: 'Payside_Connector',
    authenticationProtocol: 'Custom',
    principalName: 'Payside_Org',
    principalType: 'NamedPrincipal',
    credentials: { Token: { value: SECRET, encrypted: true } },
  };
  const made = await api(rig, token, '/named-credentials/credential', { method: 'POST', body });
  expect(made.status).toBe(201);
});
afterEach(async () => {
  await rig.close();
  connector.closeAllConnections();
  await new Promise((resolve) => connector.close(resolve));
});

const org = () => rig.salesforce.org(ORG);
const deal = (StageName: string): string =>
  org().create('Opportunity', { Name: 'Stairs', StageName, CloseDate: '2031-06-30' });
const heard = (count: number): Promise<Told[]> =>
  waitFor(`${count} notices`, () => (told.length >= count ? told : undefined));
/** What was told until something else is, which is told last. */
async function until(): Promise<object[]> {
  const last = deal('Closed Won');
  await waitFor('the last notice', () =>
    told.some(({ body }) => JSON.stringify(body).includes(last)) ? true : undefined,
  );
  return told.slice(0, -1).flatMap(({ body }) => body.changes);
}

describe('a trigger', () => {
  it('tells of an Opportunity that is won through the Named Credential, under a name of its own', async () => {
    const ids = [deal('Prospecting'), deal('Closed Won')];
    org().update('Opportunity', ids[0]!, { StageName: 'Closed Won' });
    const notices = await heard(2);
    expect(notices[0]).toMatchObject({
      url: 'POST /webhooks/salesforce',
      headers: { authorization: `Bearer ${SECRET}`, 'x-payside-org': ORG, 'x-payside-user': ADMIN },
    });
    const changes = notices.flatMap(({ body }) => body.changes);
    for (const recordId of ids)
      expect(changes).toContainEqual({ kind: 'opportunity-won', objectType: 'Opportunity', recordId });
    expect(new Set(notices.map(({ body }) => body.id)).size).toBe(2);
  });

  it('tells of a billing address, also where an app has changed it', async () => {
    const id = org().ref('mill');
    const records = [{ attributes: { type: 'Account' }, id, BillingPostalCode: '54290' }];
    const body = { allOrNone: false, records };
    expect((await api(rig, token, '/composite/sobjects', { method: 'PATCH', body })).status).toBe(200);
    const change = { kind: 'billing-address-changed', objectType: 'Account', recordId: id };
    expect((await heard(1))[0]?.body.changes).toEqual([change]);
  });

  it('is silent about the rest, and about what was so before', async () => {
    const won = deal('Closed Won');
    org().update('Opportunity', won, { Amount: 12 });
    org().update('Opportunity', won, { StageName: 'Closed Won' });
    org().update('Account', org().ref('mill'), { Phone: '555 0100' });
    org().create('Account', { Name: 'New Forge', BillingCity: 'Trier' });
    org().update('Contact', org().ref('ada'), { Email: 'byron@example.com' });
    expect(await until()).toEqual([{ kind: 'opportunity-won', objectType: 'Opportunity', recordId: won }]);
  });

  it('loses a notice where it is told to', async () => {
    rig.salesforce.faults.arm('lost-notice', 1, 0);
    deal('Closed Won');
    expect(await until()).toEqual([]);
  });
});

describe('every change', () => {
  it('stamps the record, what was merged or deleted as well', async () => {
    const [ada, grace, mill] = ['ada', 'grace', 'mill'].map((word) => org().ref(word));
    rig.clock.advance(60_000);
    const since = rig.clock.now().toISOString();
    org().merge('Contact', ada!, grace!);
    org().remove('Account', mill!);
    const changed = async (type: string) => {
      const soql = `SELECT Id, IsDeleted FROM ${type} WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp, Id`;
      return (await query(rig, token, soql, '/queryAll')).body['records'];
    };
    expect(await changed('Contact')).toMatchObject([
      { Id: ada, IsDeleted: false },
      { Id: grace, IsDeleted: true },
    ]);
    expect(await changed('Account')).toMatchObject([{ Id: mill, IsDeleted: true }]);
  });
});
