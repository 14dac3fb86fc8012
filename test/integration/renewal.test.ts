// What changes records although nothing happens at the gateway: settings, a reinstall, and what a portal allows since.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Kind } from '../../sandbox/hubspot/kinds.ts';
import type { PortalSeed } from '../../sandbox/hubspot/types.ts';
import { freePort } from '../../sandbox/world/free-port.ts';
import { openInvoice, payByLink, place, VISA } from '../billing/scene.ts';
import { PORTAL, portalSeed, startRig, waitFor, type Rig } from './rig.ts';

const HOUR_MS = 3_600_000;

let rig: Rig;
afterEach(() => rig.close());

async function start(change: Partial<PortalSeed> = {}): Promise<Changing> {
  const seed: Changing = portalSeed(change);
  rig = await startRig({ portals: [seed], env: { METRICS_PORT: String(await freePort()) } });
  return seed;
}

/** A seed that can be changed while the portal is there. */
type Changing = { -readonly [K in keyof PortalSeed]: PortalSeed[K] };

/** Nothing is on its way any more: what work is left are the day that ends and the next sweeps. */
async function idle(): Promise<void> {
  await rig.stripe.deliveriesIdle();
  await waitFor('nothing to wait', async () => {
    const page = await fetch(`http://127.0.0.1:${rig.env['METRICS_PORT']}/metrics`);
    const text = await page.text();
    const waiting = ['inbox', 'outbox', 'work'].map(
      (queue) => new RegExp(`payside_backlog\\{queue="${queue}"\\} (\\d+)`).exec(text)?.[1],
    );
    return waiting.join() === '0,0,3' ? true : undefined;
  });
}

type Ref = [kind: 'contacts' | 'companies' | 'deals', ref: string];
const CONTACT: Ref = ['contacts', 'grace'];
const COMPANY: Ref = ['companies', 'mill'];
const DEAL: Ref = ['deals', 'stairs'];
const ALL = [CONTACT, COMPANY, DEAL];

const door = () => rig.hubspot.portal(PORTAL);
const fields = ([kind, ref]: Ref): Record<string, string> => door().properties(kind, door().ref(ref)) ?? {};
const links = (): string[] => ALL.map((ref) => fields(ref)['payside_link'] ?? '');

const whenField = (ref: Ref, name: string, value: string): Promise<true> =>
  waitFor(`${name} of ${ref[1]} to be ${value}`, () => (fields(ref)[name] === value ? true : undefined));

async function change(settings: Record<string, unknown>): Promise<void> {
  const body = { operationId: randomUUID(), ...settings };
  const answer = await rig.call('/api/v1/settings', { method: 'POST', body });
  expect(answer.body).toMatchObject({ ok: true });
}

/** Paths of the writes since a call of HubSpot. */
const writesSince = (before: number): string[] =>
  rig.hubspot.calls
    .slice(before)
    .map(({ path }) => path.replace(/^\/crm\/(objects|associations)\/2026-03\//, ''))
    .filter((path) => /batch\/(update|upsert|create|associate|archive)/.test(path))
    .toSorted();

type Shown = { properties: Record<string, string>; associations: Record<string, { id: string }[]> };
async function shown(kind: Kind): Promise<Shown[]> {
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/${kind}`);
  return (await response.json()) as Shown[];
}

/** Makes it noon at Greenwich, some day soon. */
function noon(): void {
  const sinceMidnight = rig.clock.now().getTime() % (24 * HOUR_MS);
  rig.clock.advance(36 * HOUR_MS - sinceMidnight);
}

/** An open invoice at the gateway for an address, due so many hours from now, of which webhooks tell. */
function bill(email: string, dueInHours = 240): void {
  const told = { silent: false };
  const known = rig.account.all('customers').find((customer) => customer['email'] === email);
  const customer = known?.id ?? rig.account.create('customers', { email }, told).id;
  const due = Math.floor((rig.clock.now().getTime() + dueInHours * HOUR_MS) / 1_000);
  const terms = { customer, collection_method: 'send_invoice', due_date: due, currency: 'eur' };
  const { id } = rig.account.create('invoices', terms, told);
  rig.account.act('invoices', id, 'add_lines', { lines: [{ description: 'Stairs', amount: 12_000 }] }, told);
  rig.account.act('invoices', id, 'finalize', {}, told);
}

describe('links on records', () => {
  it('appear on contact, company and deal in one call each once allowed, and go once they are not', async () => {
    await start();
    await rig.setUp();
    const { payUrl } = await openInvoice(rig, place(rig, ...DEAL));
    for (const ref of ALL) await whenField(ref, 'payside_owed', '120.00');
    await idle();
    const told = ALL.map(fields);
    const before = rig.hubspot.calls.length;
    await change({ linkOnRecord: true });
    await waitFor('the links', () => (links().every((link) => link === payUrl) ? true : undefined));
    await idle();
    const writes = ['companies/batch/update', 'contacts/batch/update', 'deals/batch/update'];
    expect(writesSince(before)).toEqual(writes);
    const withoutLink = ({
      payside_link: _link,
      lastmodifieddate: _at,
      hs_lastmodifieddate: _on,
      ...rest
    }: Record<string, string>) => rest;
    expect(ALL.map(fields).map(withoutLink)).toEqual(told.map(withoutLink));

    await change({ linkOnRecord: false });
    await waitFor('no links', () => (links().every((link) => link === '') ? true : undefined));
    await idle();
    expect(writesSince(before)).toEqual([...writes, ...writes].toSorted());
  });

  it('are not written to records that have nothing to pay', async () => {
    await start();
    bill('ada@example.com');
    await rig.setUp();
    const { payUrl } = await openInvoice(rig, place(rig, ...CONTACT));
    await payByLink(rig, payUrl, { number: VISA });
    await whenField(CONTACT, 'payside_status', 'paid');
    await idle();
    const before = rig.hubspot.calls.length;
    await change({ linkOnRecord: true });
    await waitFor('the link', () => (fields(['contacts', 'ada'])['payside_link'] ? true : undefined));
    await idle();
    expect(writesSince(before)).toEqual(['contacts/batch/update']);
    expect(links()).toEqual(['', '', '']);
  });
});

describe('another time zone', () => {
  const ADA: Ref = ['contacts', 'ada'];
  const GRACE: Ref = ['contacts', 'grace'];

  async function startAtNoon(): Promise<void> {
    await start({ timeZone: 'Etc/UTC' });
    noon();
  }

  it('makes overdue what is due on a day that has ended there, and writes nobody else', async () => {
    await startAtNoon();
    bill('ada@example.com', 24);
    bill('grace@example.com', 24 * 9);
    await rig.setUp();
    await whenField(ADA, 'payside_status', 'open');
    await whenField(GRACE, 'payside_status', 'open');
    rig.clock.advance(32 * HOUR_MS);
    await idle();
    expect(fields(ADA)['payside_overdue']).toBe('0.00');
    const before = rig.hubspot.calls.length;
    await change({ timeZone: 'Asia/Tokyo' });
    await whenField(ADA, 'payside_overdue', '120.00');
    expect(fields(ADA)['payside_status']).toBe('overdue');
    await idle();
    expect(writesSince(before)).toEqual(['contacts/batch/update', 'invoices/batch/upsert']);
    const writes = rig.hubspot.calls.slice(before).filter(({ path }) => !path.endsWith('/read'));
    const written = writes.map(({ body }) => body);
    expect(written.some((body) => body.includes(`"${door().ref('grace')}"`))).toBe(false);

    await change({ timeZone: 'Etc/UTC' });
    await whenField(ADA, 'payside_overdue', '0.00');
  });

  it('ends days at its own midnight from then on', async () => {
    await startAtNoon();
    bill('ada@example.com', 2);
    await rig.setUp();
    await whenField(ADA, 'payside_status', 'open');
    await idle();
    await change({ timeZone: 'Asia/Tokyo' });
    await idle();
    expect(fields(ADA)['payside_overdue']).toBe('0.00');
    rig.clock.advance(4 * HOUR_MS);
    await whenField(ADA, 'payside_overdue', '120.00');
  });

  it('gives copies of invoices the day they are due on there', async () => {
    await startAtNoon();
    bill('ada@example.com', 24 + 5);
    await rig.setUp();
    const dueDays = async () =>
      (await shown('invoices')).map(({ properties }) => properties['payside_due_date']);
    const first = await waitFor('the copy', async () => (await dueDays())[0]);
    await change({ timeZone: 'Asia/Tokyo' });
    const second = await waitFor('the next day', async () => {
      const [day] = await dueDays();
      return day === first ? undefined : day;
    });
    expect(Date.parse(second) - Date.parse(first)).toBe(24 * HOUR_MS);
  });
});

const MIRROR_SCOPES = [
  'crm.objects.invoices.read',
  'crm.objects.invoices.write',
  'crm.objects.line_items.write',
  'crm.objects.commercepayments.read',
  'crm.objects.commercepayments.write',
];

describe('a portal that installs again and grants more', () => {
  it('gets copies of the invoices, lines and payments that were there before, linked', async () => {
    const seed = await start({ commercePayments: true, withheldScopes: MIRROR_SCOPES });
    await rig.setUp();
    const { payUrl } = await openInvoice(rig, place(rig, ...DEAL));
    await payByLink(rig, payUrl, { number: VISA });
    bill('ada@example.com');
    for (const ref of ALL) await whenField(ref, 'payside_status', 'paid');
    await idle();
    seed.withheldScopes = [];
    const before = rig.hubspot.calls.length;
    await rig.install();
    await waitFor('the payment at its invoice and its contact', async () => {
      const [payment] = await shown('commerce_payments');
      const { invoices = [], contacts = [] } = payment?.associations ?? {};
      return invoices.length > 0 && contacts.length > 0 ? true : undefined;
    });
    await idle();
    const [linked] = await shown('commerce_payments');
    expect(linked?.associations['contacts']).toMatchObject([{ id: door().ref('grace') }]);
    const invoices = await shown('invoices');
    const byStatus = new Map(invoices.map((invoice) => [invoice.properties['payside_status'], invoice]));
    expect([...byStatus.keys()].toSorted()).toEqual(['open', 'paid']);
    expect(Object.keys(byStatus.get('paid')?.associations ?? {}).toSorted()).toEqual([
      'commerce_payments',
      'companies',
      'contacts',
      'deals',
      'line_items',
    ]);
    expect(writesSince(before).filter((path) => path.includes('batch/update'))).toEqual([]);
  });

  it('is served to the end, also when the connector is stopped in the middle', async () => {
    const people = Array.from({ length: 24 }, (_, index) => `person-${index}@example.com`);
    const seed = await start({
      commercePayments: true,
      withheldScopes: MIRROR_SCOPES,
      contacts: people.map((email) => ({ properties: { email } })),
      companies: [],
      deals: [],
      associations: [],
    });
    for (const email of people) bill(email);
    await rig.setUp();
    const owing = async () =>
      (await shown('contacts')).filter(({ properties }) => properties['payside_owed'] === '120.00');
    await waitFor('everybody', async () => ((await owing()).length === people.length ? true : undefined));
    await idle();
    seed.withheldScopes = [];
    await rig.install();
    await rig.stopConnector();
    expect((await shown('invoices')).length).toBeLessThan(people.length);
    await rig.startConnector();
    const copies = await waitFor('all copies', async () => {
      const found = await shown('invoices');
      return found.length === people.length && found.every(({ associations }) => associations['contacts'])
        ? found
        : undefined;
    });
    expect(new Set(copies.map(({ properties }) => properties['payside_id'])).size).toBe(people.length);
  });
});

describe('a portal that installs again', () => {
  it('after an uninstall is told everything, also what people changed meanwhile and who came', async () => {
    await start();
    bill('grace@example.com');
    await rig.setUp();
    await whenField(CONTACT, 'payside_owed', '120.00');
    await whenField(COMPANY, 'payside_owed', '120.00');
    door().uninstall();
    rig.clock.advance(25 * HOUR_MS);
    await waitFor('the end', async () =>
      (await rig.call('/api/v1/settings')).status === 401 ? true : undefined,
    );
    for (const [kind, ref] of [CONTACT, COMPANY]) door().update(kind, door().ref(ref), { payside_owed: '7' });
    bill('ada@example.com');
    await rig.stripe.deliveriesIdle();
    await rig.install();
    await whenField(CONTACT, 'payside_owed', '120.00');
    await whenField(COMPANY, 'payside_owed', '120.00');
    await whenField(['contacts', 'ada'], 'payside_owed', '120.00');
  });

  it('in another currency has numbers in that one', async () => {
    const seed = await start();
    bill('ada@example.com');
    await rig.setUp();
    await whenField(['contacts', 'ada'], 'payside_owed', '120.00');
    seed.currency = 'USD';
    await rig.install();
    await whenField(['contacts', 'ada'], 'payside_owed', '0.00');
    expect(fields(['contacts', 'ada'])['payside_owed_text']).toBe('EUR 120.00');
  });

  it('without anything new is written nothing', async () => {
    await start();
    bill('ada@example.com');
    await rig.setUp();
    await whenField(['contacts', 'ada'], 'payside_owed', '120.00');
    await idle();
    const before = rig.hubspot.calls.length;
    await rig.install();
    await idle();
    expect(writesSince(before)).toEqual([]);
  });

  it('as a portal people do business in shows test money no more', async () => {
    const seed = await start();
    bill('ada@example.com');
    await rig.setUp();
    await whenField(['contacts', 'ada'], 'payside_owed', '120.00');
    seed.testAccount = false;
    await rig.install();
    await whenField(['contacts', 'ada'], 'payside_owed', '0.00');
    await whenField(['contacts', 'ada'], 'payside_status', 'none');
    seed.testAccount = true;
    await rig.install();
    await whenField(['contacts', 'ada'], 'payside_owed', '120.00');
  });
});
