// What every gateway adapter has to do, whatever its gateway is like.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { balanceOf } from '../../src/ledger/balance.ts';
import { fold } from '../../src/ledger/fold.ts';
import type { Entry } from '../../src/ledger/fold.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Capability, DeclineReason } from '../../src/gateways/gateway.ts';
import {
  factsListed,
  factsTold,
  folded,
  invoiceWish,
  ledgerOfInvoice,
  newCustomer,
  newInvoice,
  read,
  RECORD,
  type OpenInvoice,
  type Rig,
} from './gateway-rig.ts';
import { subscriptions } from './gateway-subscriptions.contract.ts';

const DECLINES: readonly DeclineReason[] = [
  'generic',
  'insufficient_funds',
  'lost_or_stolen',
  'expired',
  'wrong_details',
  'limit',
  'fraud_suspected',
  'processing_error',
];

export function gatewayContract(name: string, setUp: () => Promise<Rig>): void {
  let rig: Rig;
  beforeEach(async () => {
    rig = await setUp();
  });
  afterEach(() => rig.close());

  describe(`${name}: invoices`, () => invoices(() => rig));
  describe(`${name}: collecting`, () => collecting(() => rig));
  describe(`${name}: once`, () => once(() => rig));
  describe(`${name}: the door`, () => door(() => rig));
  describe(`${name}: history`, () => history(() => rig));
  describe(`${name}: subscriptions`, () => subscriptions(() => rig));
}

const owedOf = (ledger: Ledger): number =>
  balanceOf(ledger, new Date(), 'UTC').owed.find(({ currency }) => currency === 'USD')?.amountMinor ?? 0;

const charge = (rig: Rig, { invoiceId }: OpenInvoice, method: string, key: string = randomUUID()) =>
  rig.gateway.chargeSavedMethod(rig.connection, invoiceId, method, `${key}:charge`);

const stateOf = (ledger: Ledger, id: string) => ledger.invoice.find((invoice) => invoice.id === id)?.body;

function invoices(get: () => Rig): void {
  test('an undeclared call is answered with “unsupported” and starts nothing', async () => {
    const rig = get();
    const { gateway, connection } = rig;
    const { customerId, invoiceId } = await newInvoice(rig);
    const amount = { amountMinor: 100, currency: 'USD' };
    const calls: Partial<Record<Capability, () => Promise<unknown>>> = {
      emailInvoice: () => gateway.sendInvoice(connection, invoiceId, 'k1'),
      savedMethod: () => gateway.chargeSavedMethod(connection, invoiceId, 'none', 'k2'),
      refund: () => gateway.refund(connection, { paymentId: 'none', amount, operationId: 'op' }, 'k3'),
      customerBalance: () => gateway.useUpCredit(connection, { customerId, amount, operationId: 'op' }, 'k4'),
      taxRates: () => gateway.taxRates(connection),
    };
    const before = rig.effects();
    for (const [capability, call] of Object.entries(calls)) {
      const code = await call().then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      expect(`${capability} ${code === 'unsupported'}`).toBe(
        `${capability} ${!gateway.capabilities[capability as Capability]}`,
      );
      if (code === 'unsupported') expect(rig.effects()).toEqual(before);
    }
  });

  test('a made invoice says everything the rep wrote, and is a draft until it is opened', async () => {
    const rig = get();
    const wish = invoiceWish(await newCustomer(rig));
    const made = await rig.gateway.createInvoice(rig.connection, wish, `${wish.operationId}:draft`);
    const draft = folded(made.facts);
    expect(stateOf(draft, made.id)).toMatchObject({
      status: 'draft',
      customerId: wish.customerId,
      currency: 'USD',
      totalMinor: 6_250,
      record: RECORD,
      operationId: wish.operationId,
      memo: 'Order 42',
      dueAt: wish.dueAt.toISOString(),
    });
    expect(draft.line.map(({ body }) => body.amountMinor).sort()).toEqual([1_250, 5_000]);
    expect(owedOf(draft)).toBe(0);
    const opened = await rig.gateway.openInvoice(rig.connection, made.id, `${wish.operationId}:open`);
    const open = stateOf(folded(opened.facts), made.id);
    expect(open).toMatchObject({ status: 'open', remainingMinor: 6_250, number: expect.stringMatching(/./) });
    expect(owedOf(await ledgerOfInvoice(rig, made.id))).toBe(6_250);
  });

  test('an opened invoice is mailed to nobody by itself', async () => {
    const rig = get();
    await newInvoice(rig);
    expect(rig.effects().mails).toBe(0);
  });

  test('an invoice that replaces another one says so', async () => {
    const rig = get();
    const { invoiceId } = await newInvoice(rig, { replacesId: 'in_reversed' });
    expect(stateOf(await ledgerOfInvoice(rig, invoiceId), invoiceId)?.replacesId).toBe('in_reversed');
  });

  test('a void invoice is owed by nobody and can no longer be paid', async () => {
    const rig = get();
    const { invoiceId } = await newInvoice(rig);
    const made = await rig.gateway.voidInvoice(rig.connection, invoiceId, 'op:void');
    expect(stateOf(folded(made.facts), invoiceId)?.status).toBe('void');
    expect(owedOf(await ledgerOfInvoice(rig, invoiceId))).toBe(0);
    const session = await rig.gateway.paySession(rig.connection, invoiceId);
    expect(session).toEqual({ ready: false, reason: 'unavailable' });
  });

  test('what does not exist is refused for good when it is changed, and has no facts when it is read', async () => {
    const rig = get();
    const wrong = rig.gateway.voidInvoice(rig.connection, 'in_nowhere', 'op:void');
    await expect(wrong).rejects.toMatchObject({ code: 'gateway_rejected', retry: 'never' });
    const facts = await read(rig, { entity: 'invoice', id: 'in_nowhere' });
    expect(facts.every((fact) => 'status' in fact.body && fact.body.status === 'deleted')).toBe(true);
    expect(await read(rig, { entity: 'payment', id: 'pi_nowhere' })).toEqual([]);
  });
}

function collecting(get: () => Rig): void {
  test('the pay page gets one payment over the rest of the invoice, the same each time it asks', async () => {
    const rig = get();
    const { invoiceId } = await newInvoice(rig);
    const first = await rig.gateway.paySession(rig.connection, invoiceId);
    expect(first).toMatchObject({ ready: true, amount: { amountMinor: 6_250, currency: 'USD' } });
    expect(await rig.gateway.paySession(rig.connection, invoiceId)).toEqual(first);
  });

  test('a saved method that pays at once leaves nothing owed', async () => {
    const rig = get();
    const invoice = await newInvoice(rig);
    const method = await rig.method('instant', invoice.customerId);
    if (!method) return expect(rig.gateway.capabilities.hostedPage).toBe(false);
    const session = await rig.gateway.paySession(rig.connection, invoice.invoiceId);
    const charged = await charge(rig, invoice, method);
    expect(charged).toMatchObject({ outcome: 'succeeded', paymentId: expect.stringMatching(/./) });
    expect(session).toMatchObject({ paymentId: 'paymentId' in charged ? charged.paymentId : '' });
    const ledger = await ledgerOfInvoice(rig, invoice.invoiceId);
    expect(owedOf(ledger)).toBe(0);
    expect(balanceOf(ledger, new Date(), 'UTC').collected).toEqual([{ amountMinor: 6_250, currency: 'USD' }]);
    const after = await rig.gateway.paySession(rig.connection, invoice.invoiceId);
    expect(after).toEqual({ ready: false, reason: 'settled' });
  });

  test('a bank debit is processing until it settles, and owed again when the bank takes it back', async () => {
    const rig = get();
    const invoice = await newInvoice(rig);
    const charged = await charge(rig, invoice, (await rig.method('bank', invoice.customerId)) ?? '');
    if (charged.outcome !== 'processing') throw new Error(`not processing but ${charged.outcome}`);
    const processing = await ledgerOfInvoice(rig, invoice.invoiceId);
    expect(owedOf(processing)).toBe(6_250);
    expect(balanceOf(processing, new Date(), 'UTC').state).toBe('processing');
    const during = await rig.gateway.paySession(rig.connection, invoice.invoiceId);
    expect(during).toEqual({ ready: false, reason: 'processing' });
    rig.settle(charged.paymentId);
    const settled = await ledgerOfInvoice(rig, invoice.invoiceId);
    expect(owedOf(settled)).toBe(0);
    rig.failLate(charged.paymentId);
    const returned = await ledgerOfInvoice(rig, invoice.invoiceId);
    expect(owedOf(returned)).toBe(6_250);
    expect(balanceOf(returned, new Date(), 'UTC')).toMatchObject({ state: 'reversed', collected: [] });
  });

  test.each(DECLINES)('a decline is told in one of our own words: %s', async (reason) => {
    const rig = get();
    const invoice = await newInvoice(rig);
    const method = await rig.method(reason, invoice.customerId);
    if (!method) return expect(rig.gateway.capabilities.hostedPage).toBe(false);
    expect(await charge(rig, invoice, method)).toMatchObject({ outcome: 'declined', reason });
    expect(owedOf(await ledgerOfInvoice(rig, invoice.invoiceId))).toBe(6_250);
    expect(rig.effects().payments).toBe(0);
  });

  test('a card that wants its customer ends as “needs customer”, and the same invoice is payable by link', async () => {
    const rig = get();
    const invoice = await newInvoice(rig);
    const method = await rig.method('wants_customer', invoice.customerId);
    if (!method) return expect(rig.gateway.capabilities.hostedPage).toBe(false);
    const charged = await charge(rig, invoice, method);
    expect(charged).toMatchObject({ outcome: 'needs_customer', paymentId: expect.stringMatching(/./) });
    const session = await rig.gateway.paySession(rig.connection, invoice.invoiceId);
    expect(session).toMatchObject({ ready: true });
    expect(rig.effects().payments).toBe(0);
  });
}

function once(get: () => Rig): void {
  test('the same key acts once and gives the same answer; another body under it is refused', async () => {
    const rig = get();
    const { gateway, connection } = rig;
    const wish = { name: 'Ada Test', email: 'ada@example.com', record: RECORD, operationId: 'op-1' };
    const first = await gateway.createCustomer(connection, wish, 'op-1:customer');
    const second = await gateway.createCustomer(connection, wish, 'op-1:customer');
    expect(second.id).toBe(first.id);
    const other = gateway.createCustomer(connection, { ...wish, name: 'Eve Test' }, 'op-1:customer');
    await expect(other).rejects.toMatchObject({ code: 'gateway_rejected', retry: 'never' });
    expect(rig.effects().customers).toBe(1);
  });

  test('a charge repeated under its key takes the money once', async () => {
    const rig = get();
    const invoice = await newInvoice(rig);
    const method = (await rig.method('bank', invoice.customerId)) ?? '';
    const first = await charge(rig, invoice, method, 'op-2');
    const second = await charge(rig, invoice, method, 'op-2');
    expect([second.outcome, 'paymentId' in second && second.paymentId]).toEqual([
      first.outcome,
      'paymentId' in first && first.paymentId,
    ]);
    expect(rig.effects().payments).toBe(1);
  });

  test('what was made before the answer got lost is found by its operation, and repeating makes no second one', async () => {
    const rig = get();
    const { gateway, connection } = rig;
    const customer = { name: 'Lost Test', email: 'lost@example.com', record: RECORD, operationId: 'op-3' };
    rig.loseNextAnswer();
    const lost = gateway.createCustomer(connection, customer, 'op-3:customer');
    await expect(lost).rejects.toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
    const found = await gateway.findCustomer(connection, 'op-3', 'lost@example.com');
    expect(found?.id).toBe((await gateway.createCustomer(connection, customer, 'op-3:customer')).id);
    expect(found && folded(found.facts).customer).toHaveLength(1);
    const wish = invoiceWish(found?.id ?? '');
    rig.loseNextAnswer();
    const lostInvoice = gateway.createInvoice(connection, wish, 'op-3:draft');
    await expect(lostInvoice).rejects.toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
    const draft = await gateway.findInvoice(connection, wish.customerId, wish.operationId);
    const again = await gateway.createInvoice(connection, wish, 'op-3:draft');
    expect(draft?.id).toBe(again.id);
    expect(folded(again.facts).line).toHaveLength(2);
    expect(rig.effects()).toMatchObject({ customers: 1, invoices: 1 });
  });

  test('what nobody made is not found', async () => {
    const rig = get();
    const customerId = await newCustomer(rig);
    expect(await rig.gateway.findInvoice(rig.connection, customerId, 'op-none')).toBeNull();
    expect(await rig.gateway.findCustomer(rig.connection, 'op-none', null)).toBeNull();
  });

  test('a step repeated when the gateway has forgotten its key is harmless', async () => {
    const rig = get();
    const { gateway, connection } = rig;
    const { invoiceId } = await newInvoice(rig, { operationId: 'op-4' });
    const send = () => gateway.sendInvoice(connection, invoiceId, 'op-4:send');
    if (gateway.capabilities.emailInvoice) await send();
    rig.forgetKeys();
    const opened = await gateway.openInvoice(connection, invoiceId, 'op-4:open');
    expect(stateOf(folded(opened.facts), invoiceId)?.status).toBe('open');
    if (gateway.capabilities.emailInvoice) {
      expect((await send()).id).toBe(invoiceId);
      expect(rig.effects().mails).toBe(1);
    }
    await gateway.voidInvoice(connection, invoiceId, 'op-4:void');
    rig.forgetKeys();
    const voided = await gateway.voidInvoice(connection, invoiceId, 'op-4:void');
    expect(stateOf(folded(voided.facts), invoiceId)?.status).toBe('void');
    const late = gateway.openInvoice(connection, invoiceId, 'op-5:open');
    await expect(late).rejects.toMatchObject({ code: 'gateway_rejected' });
  });
}

function door(get: () => Rig): void {
  const SECRET = 'secret-of-this-test';
  const NOW = new Date('2026-03-01T10:00:00Z');
  const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
  const body = Buffer.from('{"id":"evt_1",  "object":"event"}');
  const FORGED = { verified: false, reason: 'signature' };

  test('a signature of the right secret is good, also while two secrets are valid', () => {
    const { gateway, sign } = get();
    const header = sign(body, SECRET, NOW);
    expect(gateway.verify(body, header, [SECRET], NOW)).toEqual({ verified: true });
    expect(gateway.verify(body, header, ['new-one', SECRET], NOW)).toEqual({ verified: true });
    expect(gateway.verify(body, header, ['new-one'], NOW)).toEqual(FORGED);
    expect(gateway.verify(body, header, [], NOW)).toEqual(FORGED);
  });

  test.each(['changed', 'truncated', 're-serialised', 'longer'])(
    'a %s body is not what was signed',
    (how) => {
      const { gateway, sign } = get();
      const header = sign(body, SECRET, NOW);
      const text = body.toString();
      const bodies: Record<string, string> = {
        changed: text.replace('evt_1', 'evt_2'),
        truncated: text.slice(0, -1),
        're-serialised': JSON.stringify(JSON.parse(text)),
        longer: `${text} `,
      };
      expect(gateway.verify(Buffer.from(bodies[how] ?? ''), header, [SECRET], NOW)).toEqual(FORGED);
    },
  );

  test('a missing, cut, foreign or doubled header is refused, and an empty secret signs nothing', () => {
    const { gateway, sign } = get();
    const header = sign(body, SECRET, NOW);
    const headers = [
      undefined,
      '',
      'nonsense',
      header.slice(0, -2),
      sign(body, 'another-tenant', NOW),
      [header, header] as unknown as string,
    ];
    for (const given of headers) expect(gateway.verify(body, given, [SECRET], NOW)).toEqual(FORGED);
    expect(gateway.verify(body, sign(body, '', NOW), [''], NOW)).toEqual(FORGED);
  });

  test('where signatures carry a time, one that is too old or from the future is refused as such', () => {
    const { gateway, sign, timed } = get();
    const header = sign(body, SECRET, NOW);
    for (const seconds of [300, -300])
      expect(gateway.verify(body, header, [SECRET], later(seconds))).toEqual({ verified: true });
    const stale = timed ? { verified: false, reason: 'time' } : { verified: true };
    for (const seconds of [301, -301, 31_536_000])
      expect(gateway.verify(body, header, [SECRET], later(seconds))).toEqual(stale);
  });

  test('every delivery has an envelope with an id of its own, and what is no event has none', async () => {
    const rig = get();
    await newInvoice(rig);
    const envelopes = rig.told().map((raw) => rig.gateway.envelope(raw));
    expect(new Set(envelopes.map((one) => one?.id)).size).toBe(envelopes.length);
    expect(envelopes.every((one) => one && one.kind !== '' && !one.livemode)).toBe(true);
    for (const raw of ['', '{', '[]', 'null', '{"id":7}', '{"id":""}'])
      expect(rig.gateway.envelope(Buffer.from(raw))).toBeNull();
  });

  test('what is signed but no event is malformed, never a fact', () => {
    for (const raw of ['', '{', '[]', '{"id":"evt_1","type":"invoice.paid"}'])
      expect(get().gateway.normalise(Buffer.from(raw), 'ga')).toMatchObject({ outcome: 'malformed' });
  });
}

const KINDS = ['customer', 'invoice', 'line', 'payment', 'allocation', 'refund'] as const;

/** Everything a ledger says, by entity; `now` decides nothing here. */
const saysOf = (ledger: Ledger): Map<string, Entry<(typeof KINDS)[number]>> =>
  new Map(
    KINDS.flatMap((kind) =>
      ledger[kind].map((entry) => [rowKey({ entity: kind, ...entry }), entry] as const),
    ),
  );

/** Invoices in every state a payer can bring them to. */
async function live(rig: Rig): Promise<void> {
  const paid = await newInvoice(rig);
  const instant = await rig.method('instant', paid.customerId);
  if (instant) await charge(rig, paid, instant);
  const declined = await newInvoice(rig);
  await charge(rig, declined, (await rig.method('generic', declined.customerId)) ?? '');
  const voided = await newInvoice(rig);
  await rig.gateway.voidInvoice(rig.connection, voided.invoiceId, 'op:void');
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const invoice = await newInvoice(rig);
    const charged = await charge(rig, invoice, (await rig.method('bank', invoice.customerId)) ?? '');
    if (charged.outcome === 'processing') ids.push(charged.paymentId);
  }
  for (const id of ids.slice(1)) rig.settle(id);
  for (const id of ids.slice(2)) rig.failLate(id);
}

function history(get: () => Rig): void {
  test('events, reading and listing tell the same about the same objects, in any order and any number', async () => {
    const rig = get();
    await live(rig);
    const listedFacts = await factsListed(rig);
    const listed = saysOf(folded(listedFacts));
    expect(listed.size).toBeGreaterThan(20);
    const told = await factsTold(rig, rig.told());
    const orders = [told, told.toReversed(), [...told, ...told], [...listedFacts, ...told]];
    for (const facts of orders) {
      const says = saysOf(folded(facts));
      for (const [key, entry] of listed) expect(says.get(key), key).toEqual(entry);
    }
    for (const { id } of folded(listedFacts).invoice) {
      const fetched = saysOf(await ledgerOfInvoice(rig, id));
      for (const [key, entry] of fetched) expect(entry, key).toEqual(listed.get(key));
    }
  });

  test('a page of history that is posted again changes no row', async () => {
    const rig = get();
    await live(rig);
    const rows: Map<string, Row> = fold(new Map(), await factsListed(rig));
    expect(rows.size).toBeGreaterThan(0);
    const page = await rig.gateway.list(rig.connection, rig.gateway.history[0] ?? '', null, 0);
    expect(fold(rows, page.facts).size).toBe(0);
  });

  test('history is read to its end with the cursor it gives, and misses nothing', async () => {
    const rig = get();
    const ids = new Set<string>();
    for (let count = 0; count < 104; count += 1) ids.add(await newCustomer(rig));
    let cursor: string | null = null;
    let pages = 0;
    let objects = 0;
    do {
      const page = await rig.gateway.list(rig.connection, rig.gateway.history[0] ?? '', cursor, 1);
      for (const fact of page.facts) ids.delete(fact.id);
      objects += page.objects;
      pages += 1;
      expect(page.skipped).toBe(0);
      cursor = page.next;
    } while (cursor !== null);
    expect([...ids]).toEqual([]);
    expect(objects).toBe(104);
    expect(pages).toBeGreaterThan(1);
  });

  test('what was told is listed as well, and says what history says', async () => {
    const rig = get();
    await live(rig);
    const facts: Fact[] = [];
    let cursor: string | null = null;
    do {
      const page = await rig.gateway.events(rig.connection, new Date(0), cursor);
      facts.push(...page.facts);
      for (const ref of page.fetch) facts.push(...(await read(rig, ref)));
      cursor = page.next;
    } while (cursor !== null);
    const says = saysOf(folded(facts));
    for (const [key, entry] of saysOf(folded(await factsListed(rig))))
      expect(says.get(key), key).toEqual(entry);
  });

  test('history since a moment is what was made then or later', async () => {
    const rig = get();
    await live(rig);
    const { gateway, connection } = rig;
    const objectsSince = async (at: number): Promise<number> => {
      const pages = gateway.history.map((kind) =>
        gateway.list(connection, kind, null, 1, { from: new Date(at) }),
      );
      return (await Promise.all(pages)).reduce((sum, { objects }) => sum + objects, 0);
    };
    expect(await objectsSince(Date.now() - 3_600_000)).toBeGreaterThan(5);
    expect(await objectsSince(Date.now() + 3_600_000)).toBe(0);
  });

  test('a kind of history that does not exist is empty', async () => {
    const { gateway, connection } = get();
    const page = await gateway.list(connection, 'dreams', null, 1);
    expect(page).toEqual({ facts: [], next: null, objects: 0, skipped: 0 });
  });
}
