// Which pairs of Stripe keys are taken, and what an admin is told of the others.
import { afterEach, expect, test } from 'vitest';
import { RIGHTS } from '../../../src/gateways/stripe/connect.ts';
import { usedEvents } from '../../../src/gateways/stripe/normalise.ts';
import { ALL_RIGHTS, type AccountDefinition } from '../../../sandbox/stripe/start.ts';
import { newInvoice } from '../../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../../contract/stripe-rig.ts';
import { accountDefinition, openMailbox } from '../../sandbox/stripe-ground.ts';

let rig: StripeRig | undefined;
afterEach(() => rig?.close());

const NEEDED = RIGHTS.map(({ code }) => code);

async function connected(change: Partial<AccountDefinition> = {}, keys: Partial<AccountDefinition> = {}) {
  rig = await stripeRig(change);
  const { publishableKey, restrictedKey } = { ...rig.definition, ...keys };
  return rig.gateway.connect(restrictedKey, publishableKey);
}

/** A key holds a right when it was given it, or the right to write the same. */
const covered = (right: string): boolean =>
  NEEDED.includes(right) || NEEDED.includes(right.replace(/_read$/, '_write'));

function expectNothingLeft({ at }: StripeRig): void {
  expect(at.all('webhook_endpoints')).toEqual([]);
  expect(at.all('customers')).toEqual([]);
  expect(at.all('invoices')).toEqual([]);
  expect(at.all('setup_intents').every(({ status }) => status === 'canceled')).toBe(true);
}

test('a pair of one account with the rights asked for is taken, and the check leaves nothing behind', async () => {
  expect(await connected()).toEqual({
    ok: true,
    account: {
      externalId: 'acct_1Contract',
      name: 'Northwind Test Supplies',
      livemode: false,
      currency: 'USD',
      country: 'US',
    },
  });
  if (rig) expectNothingLeft(rig);
});

test.each(NEEDED)('a key without %s is refused with a sentence that names it', async (right) => {
  const outcome = await connected({ rights: NEEDED.filter((one) => one !== right) });
  expect(outcome).toEqual({ ok: false, problems: [expect.stringContaining(`(${right})`)] });
  if (rig) expectNothingLeft(rig);
});

test('a key that may only read lacks each right to write', async () => {
  const outcome = await connected({ rights: ALL_RIGHTS.filter((right) => right.endsWith('_read')) });
  const writes = NEEDED.filter((right) => right.endsWith('_write'));
  expect(outcome).toEqual({ ok: false, problems: writes.map((right) => expect.stringContaining(right)) });
});

test('each right of the stand-in that is not asked for is one the connector has no use for', () => {
  expect(ALL_RIGHTS.filter((right) => !covered(right)).sort()).toEqual([
    'rak_credit_note_write',
    'rak_payment_intent_write',
    'rak_payment_method_write',
    'rak_tax_rate_write',
  ]);
});

test('a key Stripe does not know is told once, not once for each right', async () => {
  const { restrictedKey } = accountDefinition('acct_1Elsewhere');
  expect(await connected({}, { restrictedKey })).toEqual({
    ok: false,
    problems: [expect.stringContaining('does not know this secret key')],
  });
});

test('a publishable key of another account is refused', async () => {
  const { publishableKey } = accountDefinition('acct_1Elsewhere');
  expect(await connected({}, { publishableKey })).toEqual({
    ok: false,
    problems: [expect.stringContaining('different Stripe accounts')],
  });
  if (rig) expectNothingLeft(rig);
});

const keyOf = (kind: string, mode: string): string => `${kind}_${mode}_${'a'.repeat(12)}`;

test.each([
  ['two publishable keys', keyOf('pk', 'test'), keyOf('pk', 'test'), 'must begin with rk_test_'],
  ['two secret keys', keyOf('sk', 'test'), keyOf('sk', 'test'), 'must begin with pk_test_'],
  ['keys of two modes', keyOf('rk', 'live'), keyOf('pk', 'test'), 'different modes'],
  ['nothing', '', '', 'must begin with'],
])('%s are refused before Stripe is asked', async (_what, secretKey, publishableKey, problem) => {
  rig = await stripeRig();
  const outcome = await rig.gateway.connect(secretKey, publishableKey);
  expect(outcome).toMatchObject({ ok: false });
  expect(outcome.ok ? '' : outcome.problems.join(' ')).toContain(problem);
  expect(rig.standIn.calls).toEqual([]);
});

test('an account that cannot be reached is no wrong key', async () => {
  rig = await stripeRig();
  rig.standIn.faults.arm('status-503', 1, 0);
  const { restrictedKey, publishableKey } = rig.definition;
  const tried = rig.gateway.connect(restrictedKey, publishableKey);
  await expect(tried).rejects.toMatchObject({ code: 'gateway_unavailable' });
});

test('our door is told every event we read, in the version we read, signed with the secret told once', async () => {
  rig = await stripeRig();
  const { gateway, connection, at, clock, standIn } = rig;
  const mailbox = await openMailbox();
  const { endpointId, secret } = await gateway.registerWebhook(connection, mailbox.url);
  const [endpoint] = at.all('webhook_endpoints');
  expect(endpoint).toMatchObject({ id: endpointId, api_version: '2026-10-28.endive' });
  expect(endpoint?.enabled_events.toSorted()).toEqual([...usedEvents].sort());
  const { invoiceId } = await newInvoice(rig);
  await gateway.sendInvoice(connection, invoiceId, 'k:send');
  await standIn.deliveriesIdle();
  expect(mailbox.received.map(({ event }) => event.type)).toContain('invoice.sent');
  for (const { body, signature } of mailbox.received) {
    const raw = Buffer.from(body);
    expect(gateway.verify(raw, signature, [secret], clock.now())).toEqual({ verified: true });
    expect(gateway.envelope(raw)).toMatchObject({ known: true });
    expect(gateway.normalise(raw, 'ga').outcome).toBe('facts');
  }
  await gateway.removeWebhook(connection, endpointId);
  expect(at.all('webhook_endpoints')).toEqual([]);
  await mailbox.close();
});

test('the probed rights are enough for a whole life of an invoice', async () => {
  rig = await stripeRig();
  const { invoiceId, customerId } = await newInvoice(rig);
  const { gateway, connection } = rig;
  await gateway.taxRates(connection);
  await gateway.sendInvoice(connection, invoiceId, 'k:send');
  const method = (await rig.method('instant', customerId)) ?? '';
  await gateway.chargeSavedMethod(connection, invoiceId, method, 'k:charge');
  for (const kind of gateway.history) await gateway.list(connection, kind, null, 1);
  await gateway.events(connection, new Date(0), null);
  expect(rig.standIn.calls.filter(({ status }) => status === 403)).toEqual([]);
});
