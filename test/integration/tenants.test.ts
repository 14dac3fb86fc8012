// Two workspaces in one connector: neither sees, changes, pays or disturbs anything of the other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardView } from '../../src/views/card-schema.ts';
import {
  invoiceBody,
  openInvoice,
  outcomeOf,
  payByLink,
  quiet,
  refusalOf,
  session,
  VISA,
  type Place,
} from '../billing/scene.ts';
import {
  ADMIN,
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  propertiesWhen,
  startRig,
  viewWhen,
  type Rig,
} from './rig.ts';

type Tenant = { caller: { portalId: number; userId: number }; at: Place; account: number };

const PEOPLE = [{ ref: 'shared', properties: { email: 'same@example.com', firstname: 'Sam' } }];

async function start(): Promise<Rig> {
  const accounts = [gatewayAccount(), gatewayAccount()];
  const rig = await startRig({
    accounts,
    portals: [
      portalSeed({ contacts: PEOPLE, companies: [], deals: [], associations: [] }),
      otherPortalSeed({ contacts: PEOPLE, currency: 'EUR', timeZone: 'Europe/Berlin' }),
    ],
  });
  await rig.setUp();
  await rig.connect(await rig.install(OTHER_PORTAL), accounts[1]);
  return rig;
}

const tenantsOf = (rig: Rig): Tenant[] =>
  [
    { portalId: PORTAL, userId: ADMIN },
    { portalId: OTHER_PORTAL, userId: OTHER_ADMIN },
  ].map((caller, account) => ({
    caller,
    account,
    at: { objectType: 'contacts', recordId: rig.hubspot.portal(caller.portalId).ref('shared') },
  }));

describe('for each pair of workspaces', () => {
  let rig: Rig;
  let tenants: Tenant[];
  let made: { invoiceId: string; payUrl: string; operationId: string }[];

  beforeAll(async () => {
    rig = await start();
    tenants = tenantsOf(rig);
    made = [];
    for (const { at, caller } of tenants) {
      const body = invoiceBody(rig);
      const { result } = outcomeOf(await rig.operate('create-invoice', at, body, caller));
      made.push({
        invoiceId: result.invoiceId ?? '',
        payUrl: result.payUrl ?? '',
        operationId: body.operationId,
      });
    }
  });
  afterAll(() => rig.close());

  const pairs = [0, 1].flatMap((own) => [0, 1].map((asked) => [own, asked] as const));

  it.each(pairs)('caller %i at the things of %i', async (own, asked) => {
    const { caller, at } = tenants[own]!;
    const { invoiceId, operationId } = made[asked]!;
    const isOwn = own === asked;
    const theirs = tenants[asked]!.at;
    const view = await rig.view(theirs.objectType, theirs.recordId, caller);
    expect(view.invoices.map(({ id }) => id)).toEqual(isOwn ? [invoiceId] : []);
    expect(view.composer.payer === null).toBe(!isOwn);
    expect((await rig.call(`/api/v1/operations/${operationId}`, caller)).status).toBe(isOwn ? 200 : 404);
    if (isOwn) return;
    for (const place of [at, theirs])
      expect(refusalOf(await rig.operate('void-invoice', place, { invoiceId }, caller))).toBe('not_found');
    expect(JSON.stringify(view)).not.toContain(made[asked]!.payUrl);
  });

  it('makes customers of one address at each gateway account apart, and links each to its own portal', () => {
    for (const { account } of tenants) {
      const customers = rig.stripe.account(rig.accounts[account]!.id).all('customers');
      expect(customers.map(({ email }) => email)).toEqual(['same@example.com']);
    }
  });

  it('takes no link whose account was exchanged for the other one', async () => {
    const [one, two] = made.map(({ payUrl }) => new URL(payUrl).pathname.split('/').at(-1)!.split('.'));
    const forged = [
      [two![0], one![1], one![2], one![3]],
      [two![0], one![1], one![2], two![3]],
      [one![0], two![1], one![2], one![3]],
      [one![0], one![1], '2', one![3]],
    ].map((parts) => `${rig.url}/pay/${parts.join('.')}`);
    const random = await fetch(`${rig.url}/pay/ga_x.in_x.1.${'A'.repeat(43)}`);
    const words = (await random.text()).replaceAll(/nonce-[\w-]+/g, '');
    for (const address of forged) {
      const answer = await fetch(address);
      expect(answer.status).toBe(404);
      expect((await answer.text()).replaceAll(/nonce-[\w-]+/g, '')).toBe(words);
      await expect(session(address, false)).rejects.toThrow(/no session/);
    }
  });

  it('counts a payment only where it was made', async () => {
    await payByLink(rig, made[0]!.payUrl, { number: VISA });
    await viewWhen(rig, tenants[0]!.at, ({ invoices }) => invoices[0]?.state === 'paid', tenants[0]!.caller);
    await quiet(rig);
    const other = await rig.view('contacts', tenants[1]!.at.recordId, tenants[1]!.caller);
    expect(other.invoices).toMatchObject([{ id: made[1]!.invoiceId, state: 'open' }]);
    expect(other.payments).toEqual([]);
    const written = rig.hubspot.portal(OTHER_PORTAL).properties('contacts', tenants[1]!.at.recordId);
    expect(Number(written?.['payside_lifetime_collected'] ?? 0)).toBe(0);
  });

  it('keeps operation ids apart: the other workspace’s id tells nothing about how it ended', async () => {
    const body = { ...invoiceBody(rig), operationId: made[0]!.operationId };
    const { at, caller } = tenants[1]!;
    const answer = await rig.operate('create-invoice', at, body, caller);
    expect(JSON.stringify(answer.body)).not.toContain(made[0]!.invoiceId);
  });
});

it('shows the first workspace the same with and without everything that happens in the second', async () => {
  const quietly = await life(false);
  const loudly = await life(true);
  expect(loudly).toEqual(quietly);
});

/** A payer's life in the first workspace, with or without one in the second that goes on at the same time. */
async function life(isLoud: boolean): Promise<unknown> {
  const rig = await start();
  const [first, second] = tenantsOf(rig);
  const turn = async (tenant: Tenant): Promise<void> => {
    const { payUrl } = await openInvoice(rig, tenant.at, {}, tenant.caller);
    await openInvoice(
      rig,
      tenant.at,
      { lines: [{ description: 'Rest', quantity: 1, amount: '31.00' }] },
      tenant.caller,
    );
    await payByLink(rig, payUrl, { number: VISA, save: true });
  };
  await Promise.all([turn(first!), ...(isLoud ? [turn(second!), turn(second!)] : [])]);
  const settled = ({ invoices, methods, payments }: CardView): boolean =>
    invoices.some(({ state }) => state === 'paid') && methods.length === 1 && payments.length === 1;
  await viewWhen(rig, first!.at, settled, first!.caller);
  await quiet(rig);
  const view = await rig.view('contacts', first!.at.recordId, first!.caller);
  const written = await propertiesWhen(
    rig,
    { kind: 'contacts', id: first!.at.recordId },
    (one) => Number(one['payside_owed']) === 31 && Number(one['payside_lifetime_collected']) === 120,
  );
  await rig.close();
  const plain = view.invoices.map(({ state, statusText, total, due, flags, actions }) => ({
    state,
    statusText,
    total,
    due,
    flags,
    actions,
  }));
  const own = Object.entries(written).filter(
    ([name]) => name.startsWith('payside_') && !name.endsWith('_at'),
  );
  return {
    plain,
    owed: view.owed,
    collected: view.collected,
    warnings: view.warnings,
    methods: view.methods.map(({ text }) => text),
    own: own.sort(),
  };
}
