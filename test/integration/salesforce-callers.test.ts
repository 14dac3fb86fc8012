// Who may do what through the Salesforce door: bad proofs, other orgs, people without access, bad input, and an org that does not answer.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import { installOrg } from '../../sandbox/world/admin.ts';
import { invoiceBody, outcomeOf, refusalOf } from '../billing/scene.ts';
import { gatewayAccount } from './rig.ts';
import {
  ADMIN,
  FINANCE,
  ORG,
  orgSeed,
  REP,
  startOrgRig,
  VIEWER,
  type At,
  type OrgRig,
} from './salesforce-rig.ts';

const OTHER = makeId('00D', 31);
const OTHER_ADMIN = makeId('005', 31);

let rig: OrgRig;
let ada: At;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const accounts = [gatewayAccount(), gatewayAccount()];
  const other = orgSeed({
    id: OTHER,
    name: 'Small Shop',
    users: [{ id: OTHER_ADMIN, firstName: 'Sol', lastName: 'Example', email: 'sol@smallshop.example' }],
  });
  rig = await startOrgRig({ accounts, orgs: [orgSeed(), other] });
  tokens[ORG] = lastToken();
  await rig.connect(await installOrg(rig, OTHER, OTHER_ADMIN), accounts[1]);
  tokens[OTHER] = lastToken();
  ada = rig.at('Contact', 'ada');
  const roles = [
    { userId: REP, role: 'rep' },
    { userId: FINANCE, role: 'finance' },
  ];
  await rig.apex('/api/v1/settings', { body: { operationId: randomUUID(), roles } });
});
afterAll(() => rig.close());

function lastToken(): string {
  const writes = rig.salesforce.calls.filter(
    ({ path, status }) => path.includes('credential') && status < 300,
  );
  return (JSON.parse(writes.at(-1)?.body ?? '{}') as { credentials: { Token: { value: string } } })
    .credentials.Token.value;
}

/** What was asked of others; what earlier tests made may be written back meanwhile. */
const traffic = (): number =>
  rig.stripe.calls.length + rig.salesforce.calls.filter(({ path }) => !path.endsWith('/composite')).length;

type Who = { token?: string; org?: string; user?: string };

async function raw(path: string, who: Who = {}, body?: unknown): Promise<{ status: number; body: unknown }> {
  const { token = tokens[ORG], org = ORG, user = ADMIN } = who;
  const response = await fetch(rig.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'x-payside-org': org,
      'x-payside-user': user,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const cardPath = (id = ada.id, type = 'Contact'): string => `/api/v1/records/${type}/${id}`;
const link = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  currency: 'EUR',
  amount: '10.00',
  description: 'Deposit',
  ...change,
});

describe('a caller', () => {
  it('with the token of the org is let in', async () => {
    expect((await raw(cardPath())).status).toBe(200);
  });

  it.each<[string, () => Who]>([
    ['a wrong token', () => ({ token: 'x'.repeat(43) })],
    ['the token of another org', () => ({ token: tokens[OTHER] ?? '' })],
    ['the id of another org', () => ({ org: OTHER })],
    ['the id of an org nobody installed', () => ({ org: makeId('00D', 99) })],
    ['an org id of 15 characters', () => ({ org: ORG.slice(0, 15) })],
    ['a user id of 15 characters', () => ({ user: ADMIN.slice(0, 15) })],
    ['something else for a user', () => ({ user: ada.id })],
  ])('with %s is refused, and nobody is asked about it', async (_what, who) => {
    const before = traffic();
    expect(await raw(cardPath(), who())).toMatchObject({ status: 401, body: { code: 'signature_invalid' } });
    const operation = { operationId: randomUUID(), ...link() };
    expect((await raw(`${cardPath()}/operations/create-link`, who(), operation)).status).toBe(401);
    expect(traffic()).toBe(before);
  });

  it('nobody gave a role looks on, whoever they are', async () => {
    const stranger = makeId('005', 77);
    const { body } = await raw(cardPath(), { user: stranger });
    expect((body as { view: { actions: string[] } }).view.actions).toEqual([]);
    const answer = await rig.act('create-link', ada, link(), VIEWER);
    expect(refusalOf(answer)).toBe('not_allowed');
  });

  it('of another org sees nothing of ours, and its own admin is nobody here', async () => {
    const theirs = { token: tokens[OTHER] ?? '', org: OTHER, user: OTHER_ADMIN };
    const { result } = outcomeOf(await rig.act('create-invoice', ada, invoiceBody(rig)));
    const { body } = await raw(cardPath(), theirs);
    expect((body as { view: { invoices: unknown[] } }).view.invoices).toEqual([]);
    const path = `${cardPath()}/operations/void-invoice`;
    const voiding = { operationId: randomUUID(), invoiceId: result.invoiceId };
    expect((await raw(path, theirs, voiding)).body).toMatchObject({ ok: false, code: 'not_found' });
    const here = await raw(
      `${cardPath()}/operations/create-link`,
      { user: OTHER_ADMIN },
      { operationId: randomUUID(), ...link() },
    );
    expect(here.body).toMatchObject({ ok: false, code: 'not_allowed' });
  });
});

describe('a person without access to a record', () => {
  const grace = (): At => rig.at('Contact', 'grace');

  it('is answered as for a record that does not exist, before money moves', async () => {
    rig.org.share(REP, grace().id, false);
    const before = rig.stripe.calls.length;
    const hidden = await rig.act('create-link', grace(), link(), REP);
    const missing = await rig.act('create-link', { type: 'Contact', id: makeId('003', 4_242) }, link(), REP);
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    const { reference: _one, ...refusal } = hidden.body as Record<string, unknown>;
    const { reference: _other, ...same } = missing.body as Record<string, unknown>;
    expect(refusal).toEqual(same);
    expect(rig.stripe.calls.length).toBe(before);
    rig.org.share(REP, grace().id, true);
    expect(outcomeOf(await rig.act('create-link', grace(), link(), REP)).state).toBe('done');
  });

  it('may send the same click again and gets the same answer, without another question to the org', async () => {
    const body = { operationId: randomUUID(), ...link() };
    const first = outcomeOf(await rig.act('create-link', ada, body, REP));
    const asked = (): number =>
      rig.salesforce.calls.filter(({ path }) => path.includes('UserRecordAccess')).length;
    const before = asked();
    expect(outcomeOf(await rig.act('create-link', ada, body, REP)).result.invoiceId).toBe(
      first.result.invoiceId,
    );
    expect(asked()).toBe(before);
  });

  it('is not let through because the org does not answer: nothing is begun, and the click may be sent again', async () => {
    const body = { operationId: randomUUID(), ...link() };
    const before = rig.stripe.calls.length;
    rig.salesforce.faults.arm('status-503', 20, 0);
    expect((await rig.act('create-link', ada, body, REP)).status).toBe(503);
    rig.salesforce.faults.clear();
    expect(rig.stripe.calls.length).toBe(before);
    expect(outcomeOf(await rig.act('create-link', ada, body, REP)).state).toBe('done');
  });

  it('costs no question to the org while they only look', async () => {
    const before = traffic();
    await rig.cardOf(ada, REP);
    expect(traffic()).toBe(before);
  });
});

describe('bad input', () => {
  it.each([
    ['a type of HubSpot', () => cardPath(ada.id, 'contacts')],
    ['a type in lower case', () => cardPath(ada.id, 'contact')],
    ['a type we do not serve', () => cardPath(ada.id, 'User')],
    ['an id of 15 characters', () => cardPath(ada.id.slice(0, 15))],
    ['an id in another case', () => cardPath(ada.id.slice(0, 15).toLowerCase() + ada.id.slice(15))],
    ['a number', () => cardPath('51001')],
    ['a quote', () => cardPath(encodeURIComponent(`x' OR Name LIKE '%`))],
    ['a way up', () => cardPath(encodeURIComponent('003x/../../sobjects/User/005'))],
  ])('%s is answered 400 and asked of nobody', async (_what, path) => {
    const before = traffic();
    expect((await raw(path())).status).toBe(400);
    expect(
      (await raw(`${path()}/operations/create-link`, {}, { operationId: randomUUID(), ...link() })).status,
    ).toBe(400);
    expect(traffic()).toBe(before);
  });

  it.each([
    ['no JSON', '{'],
    ['no operation id', link()],
    ['an operation id that is none', { operationId: 'one', ...link() }],
    ['a field nobody asked for', { operationId: randomUUID(), ...link(), workspaceId: 'ws_1' }],
    ['an amount as a number', { operationId: randomUUID(), ...link({ amount: 10 }) }],
    [
      'a prototype',
      `{"operationId":"${randomUUID()}","__proto__":{"admin":true},"currency":"EUR","amount":"10.00"}`,
    ],
  ])('%s is answered 400 and asked of nobody', async (_what, body) => {
    const before = traffic();
    expect((await raw(`${cardPath()}/operations/create-link`, {}, body)).status).toBe(400);
    expect(traffic()).toBe(before);
  });

  it.each([
    [{ amount: '-1' }, 'amount_invalid'],
    [{ amount: '0' }, 'amount_invalid'],
    [{ amount: '1e3' }, 'amount_invalid'],
    [{ amount: '1,000.00' }, 'amount_invalid'],
    [{ amount: '99999999999999999999' }, 'amount_too_large'],
    [{ currency: 'XXQ' }, 'amount_invalid'],
    [{ description: ['4000', '0566', '5566', '5556'].join(' ') }, 'card_number_refused'],
  ])('%j is refused as %s, and asked of nobody', async (change, code) => {
    const before = traffic();
    expect(refusalOf(await rig.act('create-link', ada, link(change)))).toBe(code);
    expect(traffic()).toBe(before);
  });

  it('of 64 kB and more is refused by its size', async () => {
    const body = { operationId: randomUUID(), ...link({ description: 'x'.repeat(70_000) }) };
    expect((await raw(`${cardPath()}/operations/create-link`, {}, body)).status).toBe(413);
  });

  it('lines of a record that is no opportunity are refused', async () => {
    const answer = await rig.act('create-invoice', ada, invoiceBody(rig, { lines: 'record' }));
    expect(refusalOf(answer)).toBe('no_lines');
  });

  it('an opportunity without products, people or their address says what is missing', async () => {
    const bare: At = {
      type: 'Opportunity',
      id: rig.org.create('Opportunity', { Name: 'Bare', StageName: 'Prospecting', CloseDate: '2031-06-30' }),
    };
    const noLines = outcomeOf(await rig.act('create-invoice', bare, invoiceBody(rig, { lines: 'record' })));
    expect(noLines).toMatchObject({ state: 'refused', result: { code: 'no_lines' } });
    const noPayer = outcomeOf(await rig.act('create-link', bare, link()));
    expect(noPayer).toMatchObject({ state: 'refused', result: { code: 'no_payer' } });
    const ContactId = rig.org.create('Contact', { LastName: 'Silent' });
    rig.org.create('OpportunityContactRole', { OpportunityId: bare.id, ContactId, IsPrimary: true });
    const noEmail = outcomeOf(await rig.act('create-link', bare, link()));
    expect(noEmail).toMatchObject({ state: 'refused', result: { code: 'no_email' } });
  });
});

describe('the description of the doors', () => {
  it('names what proves an org’s call, and its ids', async () => {
    const api = (await (await fetch(`${rig.url}/openapi.json`)).json()) as {
      paths: Record<string, { get?: { security: object[]; parameters: { schema: { pattern?: string } }[] } }>;
      components: { securitySchemes: Record<string, { name?: string; scheme?: string }> };
    };
    const view = api.paths['/api/v1/records/{objectType}/{recordId}']?.get;
    const proofs = view?.security.map((names) =>
      Object.keys(names).map((name) => {
        const { scheme, name: header } = api.components.securitySchemes[name] ?? {};
        return header ?? scheme;
      }),
    );
    expect(proofs).toEqual([['X-HubSpot-Signature-v3'], ['bearer', 'X-Payside-Org', 'X-Payside-User']]);
    const pattern = view?.parameters.map(({ schema }) => schema.pattern).find((one) => one !== undefined);
    expect([ada.id, '4711', ada.id.slice(0, 15)].map((id) => new RegExp(pattern ?? '$^').test(id))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
