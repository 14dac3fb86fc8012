// Bad input at the cards' doors: answered so that a rep can act on it; nothing of it is stored, sent or logged.
import { request } from 'node:http';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureHeaders } from '../../sandbox/hubspot/signature.ts';
import {
  invoiceBody,
  openInvoice,
  place,
  refusalOf,
  rowsOf,
  writesTo,
  type Place,
} from '../billing/scene.ts';
import {
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  portalSeed,
  signedAddress,
  startRig,
  type Rig,
} from './rig.ts';

let rig: Rig;
let ada: Place;
const other = { portalId: OTHER_PORTAL, userId: OTHER_ADMIN };
const PAN = ['4000', '0566', '5566', '5556'];

beforeAll(async () => {
  const accounts = [gatewayAccount(), gatewayAccount()];
  rig = await startRig({ portals: [portalSeed(), otherPortalSeed()], accounts });
  await rig.setUp();
  await rig.connect(await rig.install(OTHER_PORTAL), accounts[1]);
  ada = place(rig, 'contacts', 'ada');
});
afterAll(() => rig.close());

/** Calls of both vendors, to see that a refusal makes none; nothing that does make calls may come before. */
const traffic = (): number => rig.stripe.calls.length + rig.hubspot.calls.length;

const link = (change: Record<string, unknown>): Record<string, unknown> => ({
  currency: 'EUR',
  amount: '10.00',
  description: 'Deposit',
  ...change,
});

/** Bytes exactly as given, where fetch would tidy the address or the body up. */
function rawCall(
  path: string,
  body: string,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  const url = signedAddress(rig, path);
  const timestamp = rig.clock.now().getTime();
  const headers = signatureHeaders(rig.env['HUBSPOT_CLIENT_SECRET'] ?? '', {
    method: 'POST',
    url,
    body,
    timestamp,
  });
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: new URL(rig.url).port,
        path: url.slice(rig.url.length),
        method: 'POST',
        headers,
      },
      (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

describe('an amount', () => {
  it.each([
    ['EUR', '-1', 'amount_invalid', /above zero/],
    ['EUR', '0', 'amount_invalid', /above zero/],
    ['EUR', '0.00', 'amount_invalid', /above zero/],
    ['EUR', '1e3', 'amount_invalid', /digits/],
    ['EUR', '0x10', 'amount_invalid', /digits/],
    ['EUR', '1,000.00', 'amount_invalid', /digits/],
    ['EUR', ' ', 'amount_invalid', /Enter an amount/],
    ['EUR', 'NaN', 'amount_invalid', /digits/],
    ['USD', '0.001', 'amount_invalid', /decimal places/],
    ['JPY', '5.5', 'amount_invalid', /decimal places/],
    ['EUR', '0.10', 'amount_invalid', /less than the gateway collects/],
    ['KWD', '1.001', 'amount_invalid', /round it/],
    ['EUR', '1000000.00', 'amount_too_large', /more than the gateway takes/],
    ['EUR', '99999999999999999999', 'amount_too_large', /larger than/],
    ['XXQ', '10.00', 'amount_invalid', /not a currency/],
  ])('of %s %s is refused as %s, in words that help', async (currency, amount, code, words) => {
    const before = traffic();
    const answer = await rig.operate('create-link', ada, link({ currency, amount }));
    expect(refusalOf(answer)).toBe(code);
    expect(answer.body).toMatchObject({ ok: false, retry: 'never', message: expect.stringMatching(words) });
    expect(traffic()).toBe(before);
  });

  it('is refused for the sum of lines where each line alone would pass', async () => {
    const lines = Array.from({ length: 3 }, () => ({
      description: 'Barn',
      quantity: 1,
      amount: '400000.00',
    }));
    const before = traffic();
    expect(refusalOf(await rig.operate('create-invoice', ada, invoiceBody(rig, { lines })))).toBe(
      'amount_too_large',
    );
    expect(traffic()).toBe(before);
  });
});

describe('a card number', () => {
  it.each([
    ['a memo', link({ memo: `card ${PAN.join(' ')}` })],
    ['a description', link({ description: PAN.join('-') })],
    [
      'full-width digits',
      link({ memo: PAN.join('').replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))) }),
    ],
  ])('in %s is refused, and stored and logged nowhere', async (_where, body) => {
    const before = traffic();
    const answer = await rig.operate('create-link', ada, body);
    expect(refusalOf(answer)).toBe('card_number_refused');
    expect(JSON.stringify(answer.body)).not.toContain(PAN[3]);
    expect(traffic()).toBe(before);
  });

  it('in a line of an invoice is refused', async () => {
    const lines = [{ description: `Desk ${PAN.join('.')}`, quantity: 1, amount: '10.00' }];
    expect(refusalOf(await rig.operate('create-invoice', ada, invoiceBody(rig, { lines })))).toBe(
      'card_number_refused',
    );
  });

  it('was left in no file and no line of the log', () => {
    const spellings = [PAN.join(''), PAN.join(' '), PAN.join('-'), PAN.join('.'), PAN[3] ?? ''];
    for (const { name, bytes } of rig.dataFiles())
      for (const spelling of spellings.slice(0, 4)) expect(bytes.includes(spelling), name).toBe(false);
    for (const spelling of spellings) expect(rig.log()).not.toContain(spelling);
  });
});

describe('a request of the wrong shape', () => {
  const record = () => `/api/v1/records/contacts/${ada.recordId}`;
  it.each([
    ['an unknown field', () => ({ ...link({}), operationId: randomUUID(), discount: 1 })],
    ['an amount that is a number', () => ({ ...link({ amount: 10 }), operationId: randomUUID() })],
    ['an id that is no uuid', () => ({ ...link({}), operationId: '../1' })],
    ['no id', () => link({})],
    ['a list instead of an object', () => [link({})]],
    ['nothing', () => null],
  ])('with %s is answered 400', async (_what, body) => {
    const before = traffic();
    const { status } = await rig.call(`${record()}/operations/create-link`, { method: 'POST', body: body() });
    expect(status).toBe(400);
    expect(traffic()).toBe(before);
  });

  it.each(['in_1/../in_2', '..', "in_1'", 'in_1"', 'in 1', ''])(
    'with invoice id %j is answered 400',
    async (invoiceId) => {
      const { status } = await rig.operate('void-invoice', ada, { invoiceId });
      expect(status).toBe(400);
    },
  );

  it.each(['..', '%2e%2e', '1%2F2', "1'", '1%22', '١٢٣', '%E0%A4%A', '1'.repeat(21)])(
    'for record id %s is answered 400',
    async (id) => {
      const { status, text } = await rawCall(
        `/api/v1/records/contacts/${encodeURI(id).replaceAll('%25', '%')}/operations/create-link`,
        '{}',
      );
      expect(status).toBe(400);
      expect(text).not.toMatch(/\bat |node_modules|\/src\//);
    },
  );

  it.each(['tickets', '__proto__', 'constructor'])('for object type %s is answered 400', async (type) => {
    expect((await rig.call(`/api/v1/records/${type}/1`)).status).toBe(400);
  });

  it('for a kind nobody knows is answered 404', async () => {
    expect(
      (await rig.call(`${record()}/operations/refund-everything`, { method: 'POST', body: {} })).status,
    ).toBe(404);
  });

  it.each([
    ['broken JSON', '{"operationId":', 400],
    [
      'a polluted prototype',
      `{"__proto__":{"admin":true},"operationId":"${randomUUID()}","currency":"EUR","amount":"1.00","description":"x"}`,
      400,
    ],
    [
      'a polluted constructor',
      `{"constructor":{"prototype":{"admin":true}},"operationId":"${randomUUID()}"}`,
      400,
    ],
    ['more than the door takes', JSON.stringify({ memo: 'x'.repeat(70_000) }), 413],
  ])('of %s is answered %s', async (_what, body, expected) => {
    const { status, text } = await rawCall(`${record()}/operations/create-link`, body);
    expect(status).toBe(Number(expected));
    expect(text).not.toMatch(/\bat |node_modules|\/src\/|SyntaxError/);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('with a wrong signature is answered 401 before its body is read', async () => {
    const { status, body } = await rig.call(`${record()}/operations/create-link`, {
      method: 'POST',
      body: { nonsense: true },
      secret: randomUUID(),
    });
    expect(status).toBe(401);
    expect(body).toMatchObject({ ok: false, code: 'signature_invalid' });
  });
});

describe('what was refused', () => {
  it('left its operation id free, so that the corrected form goes through', async () => {
    const operationId = randomUUID();
    expect(refusalOf(await rig.operate('create-link', ada, { operationId, ...link({ amount: '-5' }) }))).toBe(
      'amount_invalid',
    );
    const { body } = await rig.operate('create-link', ada, { operationId, ...link({ amount: '5.00' }) });
    expect(body).toMatchObject({ ok: true, outcome: { state: 'done' } });
  });

  it('does not keep phone numbers, invoice numbers and bank accounts out', async () => {
    const memo = 'Call +49 30 901820, invoice 2026-000481-17, account DE89 3704 0044 0532 0130 00';
    expect((await rig.operate('create-link', ada, link({ memo }))).body.ok).toBe(true);
  });
});

describe('ids of another workspace', () => {
  it('find no operation: the same bytes as for a random id', async () => {
    const operationId = randomUUID();
    await rig.operate('create-link', ada, { operationId, ...link({}) });
    const own = await rig.call(`/api/v1/operations/${operationId}`);
    const foreign = await rig.call(`/api/v1/operations/${operationId}`, other);
    const random = await rig.call(`/api/v1/operations/${randomUUID()}`, other);
    const plain = ({ status, body }: { status: number; body: Record<string, unknown> }) => {
      const { reference: _reference, ...rest } = body;
      return { status, rest };
    };
    expect(own.status).toBe(200);
    expect(foreign.status).toBe(404);
    expect(plain(foreign)).toEqual(plain(random));
  });

  it('find no invoice, customer or method in a request, and send nothing', async () => {
    const { invoiceId } = await openInvoice(rig, ada);
    const alan = place(rig, 'contacts', 'alan', OTHER_PORTAL);
    const customerId = String(rig.account.all('customers').at(-1)?.id);
    const answers = async (id: string, customer: string) => {
      const ask = async (kind: Parameters<Rig['operate']>[0], body: Record<string, unknown>) => {
        const answer = await rig.operate(kind, alan, body, other);
        return answer.body.ok ? 'begun' : [answer.body.code, answer.body.message];
      };
      return [
        await ask('void-invoice', { invoiceId: id }),
        await ask('send-invoice', { invoiceId: id }),
        await ask('charge-saved-method', { invoiceId: id, methodId: 'pm_000', amountMinor: 12_000 }),
        await ask('assign-payer', { customerId: customer }),
        await ask('release-payer', { customerId: customer }),
        await ask('create-invoice', invoiceBody(rig, { replaces: id })),
      ];
    };
    const writes = writesTo(rig).length;
    const foreign = await answers(invoiceId, customerId);
    expect(foreign).toEqual(await answers('in_0000000000', 'cus_0000000000'));
    expect(foreign.flat()).not.toContain('begun');
    expect(writesTo(rig)).toHaveLength(writes);
  });

  it('are also unknown to another record of the same workspace', async () => {
    const { invoiceId } = await openInvoice(rig, ada);
    const grace = place(rig, 'contacts', 'grace');
    expect(refusalOf(await rig.operate('void-invoice', grace, { invoiceId }))).toBe('not_found');
  });
});

it('carries the same protective headers on every door, and says nowhere what it runs on', async () => {
  const paths = [
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/install/hubspot',
    '/connect/stripe',
    '/nowhere',
    '/webhooks/stripe/ga_1',
    '/webhooks/nobody',
    `/api/v1/records/contacts/${ada.recordId}`,
    '/pay/abc',
    '/assets/pages.css',
  ];
  for (const path of paths) {
    const { headers } = await fetch(rig.url + path, { redirect: 'manual' });
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'/);
    expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('strict-transport-security'), path).toBeTruthy();
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('x-powered-by'), path).toBeNull();
  }
});

it('keeps only what was accepted: no refused operation, nothing that waits to be written', async () => {
  expect(rig.log()).not.toMatch(/"code":"internal"/);
  const kept = await rowsOf(rig, `SELECT kind, state, request FROM operation`);
  expect(kept.map(({ state }) => state)).toEqual(kept.map(() => 'done'));
  expect(JSON.stringify(kept)).not.toMatch(/\W(1e3|0x10|discount|replaces)\W/);
  expect(await rowsOf(rig, `SELECT * FROM outbox WHERE state = 'waiting' AND attempts > 0`)).toEqual([]);
});
