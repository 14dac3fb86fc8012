// The webhook door: what is answered when, what an event does once, and what it never does to its neighbours.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  about,
  deliver,
  doorOf,
  event,
  newPerson,
  openInvoice,
  payByLink,
  quiet,
  rowsOf,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { liveAccount, propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());
beforeEach(() => {
  at = newPerson(rig);
});
afterEach(() => rig.stripe.faults.clear());

const invoiceOf = (id: string) => rig.account.all('invoices').find((invoice) => invoice.id === id);
/** Newest first, as the inbox kept it. */
const kept = (where: string) =>
  rowsOf(rig, `SELECT kind, state, reason, attempts FROM inbox WHERE ${where} ORDER BY id DESC`);

describe('an answer of the door', () => {
  it('is 200 for what is stored, and the same for what was stored before', async () => {
    const { invoiceId } = await openInvoice(rig, at);
    const body = event(rig, 'invoice.updated', invoiceOf(invoiceId));
    expect(await deliver(rig, body)).toEqual({ status: 200, word: 'stored' });
    expect(await deliver(rig, body)).toEqual({ status: 200, word: 'duplicate' });
  });

  it('is 200 for a kind nobody uses, which is kept as ignored', async () => {
    const body = event(rig, 'issuing_card.created', { id: 'ic_1', object: 'issuing.card' });
    expect(await deliver(rig, body)).toEqual({ status: 200, word: 'ignored' });
    expect(await kept(`kind = 'issuing_card.created'`)).toMatchObject([
      { state: 'ignored', reason: 'unknown_kind' },
    ]);
  });

  it('is 200 for an event of the other mode, which is kept as ignored', async () => {
    const { invoiceId } = await openInvoice(rig, at);
    const body = event(
      rig,
      'invoice.voided',
      { ...invoiceOf(invoiceId), status: 'void' },
      { livemode: true },
    );
    expect(await deliver(rig, body)).toEqual({ status: 200, word: 'ignored' });
    expect(await kept(`reason = 'ignored_mode'`)).toHaveLength(1);
    expect((await rig.view(at.objectType, at.recordId)).invoices[0]?.state).toBe('open');
  });

  it.each([
    ['without an object', () => event(rig, 'invoice.paid', undefined)],
    [
      'with an object that is not what the vendor documents',
      () => event(rig, 'invoice.paid', { id: 'in_9', object: 'invoice', status: 7 }),
    ],
    ['that is no event', () => '{"hello":"world"}'],
    ['that is no JSON', () => '{"id":'],
  ])('is 200 for a signed body %s, which is buried as malformed', async (_what, body) => {
    const before = (await kept(`reason = 'malformed'`)).length;
    expect((await deliver(rig, body())).status).toBe(200);
    await quiet(rig);
    const dead = await kept(`reason = 'malformed'`);
    expect(dead).toHaveLength(before + 1);
    expect(dead[0]).toMatchObject({ state: 'dead' });
  });

  it('is 400 for a wrong signature, in the same bytes for an account nobody knows', async () => {
    const body = event(rig, 'invoice.paid', {});
    const wrong = await deliver(rig, body, { secret: `whsec_${randomUUID()}` });
    expect(wrong).toEqual({ status: 400, word: 'refused' });
    const url = doorOf(rig).replace(/[^/]+$/, 'ga_00000000000000000000');
    expect(await deliver(rig, body, { url })).toEqual(wrong);
    for (const signature of ['', 't=1', 'v1=00', 't=abc,v1=00', `t=${'9'.repeat(40)},v1=00`])
      expect((await deliver(rig, body, { signature })).status, signature).toBe(400);
  });

  it.each([-600_000, 600_000])('is 503 with an alarm for a good signature %i ms away', async (ms) => {
    const body = event(rig, 'invoice.paid', {});
    const before = alarms().length;
    const at = new Date(rig.clock.now().getTime() + ms);
    expect(await deliver(rig, body, { at })).toEqual({ status: 503, word: 'refused' });
    expect(alarms()).toHaveLength(before + 1);
    expect(alarms().at(-1)).toMatchObject({ level: 50, code: 'clock_disagrees', reason: 'time' });
  });

  it('is 404 for an address that is no door, and 405 for another method', async () => {
    for (const path of ['/webhooks/', '/webhooks/stripe/a/b', '/webhooks/stripe/..%2f', '/webhooks/nobody'])
      expect((await fetch(rig.url + path, { method: 'POST', body: '{}' })).status, path).toBe(404);
    const asked = await fetch(doorOf(rig));
    expect(asked.status).toBe(405);
    expect(asked.headers.get('allow')).toBe('POST');
  });

  it('is 413 above one megabyte, and 200 for an event of 900 kB', async () => {
    const { invoiceId } = await openInvoice(rig, at);
    const sized = (bytes: number) =>
      event(rig, 'invoice.updated', { ...invoiceOf(invoiceId), footer: 'x'.repeat(bytes) });
    expect((await deliver(rig, sized(900_000))).word).toBe('stored');
    expect((await deliver(rig, sized(1_050_000))).status).toBe(413);
    const chunked = await fetch(doorOf(rig), {
      method: 'POST',
      body: endless(1_200_000),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });
});

const alarms = (): Record<string, unknown>[] =>
  rig
    .log()
    .split('\n')
    .filter((line) => line.includes('check the clock'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function endless(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      left -= 60_000;
      controller.enqueue(new Uint8Array(60_000));
    },
  });
}

describe('an event', () => {
  it('that comes five times at once has one effect', async () => {
    const { invoiceId, payUrl } = await openInvoice(rig, at);
    rig.stripe.faults.arm('lost-webhook', 1_000, 0);
    await payByLink(rig, payUrl, { number: VISA });
    const customer = invoiceOf(invoiceId)?.customer;
    const life = rig.account.all('events').filter(({ data }) => about(data, 'customer') === customer);
    expect(life.map(({ type }) => type)).toContain('invoice.paid');
    for (const one of life) {
      const body = JSON.stringify(one);
      const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(rig, body)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(
        answers.filter(({ word }) => word === 'stored' || word === 'ignored').length,
      ).toBeLessThanOrEqual(1);
    }
    const view = await viewWhen(rig, at, ({ invoices }) => invoices[0]?.state === 'paid');
    expect(view.owed).toEqual([]);
    const written = await propertiesWhen(
      rig,
      { kind: 'contacts', id: at.recordId },
      (one) => Number(one['payside_lifetime_collected']) > 0,
    );
    expect(Number(written['payside_lifetime_collected'])).toBe(120);
    await quiet(rig);
    const updates = rig.hubspot.calls.filter(
      ({ path, body: sent }) => path.endsWith('/batch/update') && sent.includes(`"${at.recordId}"`),
    );
    expect(updates.length).toBeLessThanOrEqual(3);
  });

  it.each(['reorder-webhook', 'duplicate-webhook', 'wrong-secret', 'delay-webhook'])(
    'stream with %s ends where the gateway is',
    async (fault) => {
      const { invoiceId, payUrl } = await openInvoice(rig, at);
      rig.stripe.faults.arm(fault, 6, 150);
      await payByLink(rig, payUrl, { number: VISA });
      const charge = rig.account.all('charges').at(-1);
      rig.account.create('refunds', { charge: charge?.id, amount: 2_000 }, { silent: false });
      const view = await viewWhen(
        rig,
        at,
        ({ invoices, payments }) =>
          invoices[0]?.flags.includes('refunded') === true &&
          payments[0]?.note !== null &&
          payments[0] !== undefined,
      );
      expect(view.invoices).toMatchObject([
        { id: invoiceId, state: 'paid', flags: ['refunded'], due: { amountMinor: 0 } },
      ]);
      expect(view.payments).toMatchObject([
        { state: 'succeeded', amount: { amountMinor: 12_000 }, note: '€20.00 refunded' },
      ]);
      expect(view.owed).toEqual([]);
    },
  );

  it('about a customer nobody knows makes a customer that is linked to no record', async () => {
    const made = rig.account.create('customers', { email: 'stranger@nowhere.test' }, { silent: false });
    await quiet(rig);
    const rows = await rowsOf(
      rig,
      `SELECT entity, owner FROM ledger_row WHERE owner = '${made.id}' OR id = '${made.id}'`,
    );
    expect(rows.map(({ entity }) => entity)).toContain('customer');
    expect(rows.map(({ entity }) => entity)).not.toContain('link');
  });
});

it('refuses a test event at the door of a live account', async () => {
  const live = liveAccount();
  const world = await startRig({ accounts: [live] });
  await world.setUp();
  const body = event(world, 'invoice.paid', { id: 'in_1', object: 'invoice' }, { livemode: false });
  expect(await deliver(world, body)).toEqual({ status: 200, word: 'ignored' });
  const rows = await rowsOf(world, `SELECT state, reason FROM inbox WHERE reason = 'ignored_mode'`);
  expect(rows).toEqual([{ state: 'ignored', reason: 'ignored_mode' }]);
  await world.close();
});
