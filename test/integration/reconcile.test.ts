// `payside reconcile`: a whole sweep while the operator waits, what it found, and what of it the CRM says by then.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askConnector } from '../../src/control/ask.ts';
import type { ProofReport } from '../../src/reconcile/prove.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import { loseWebhooks } from '../../sandbox/seed/losses.ts';
import { newPerson, openInvoice, payByLink, place, VISA, type Place } from '../billing/scene.ts';
import { PORTAL, portalSeed, propertiesWhen, startRig, waitFor, type Rig } from './rig.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type Report = {
  checked: number;
  missing: number;
  different: number;
  edited: number;
  kept: number;
  repaired: number;
  crmWrites: number;
  waiting: number;
  verifiedAt: string | null;
  problems: string[];
  workspaces: (Omit<Report, 'workspaces'> & { workspaceId: string; proof: ProofReport })[];
};

let rig: Rig;
let at: Place;
let invoiceId: string;
let workspaceId: string;
beforeAll(async () => {
  rig = await startRig({ portals: [portalSeed({ commercePayments: true })] });
  await rig.setUp();
  at = place(rig, 'contacts', 'ada');
  ({ invoiceId } = await openInvoice(rig, at));
  const { payUrl } = await openInvoice(rig, at);
  await payByLink(rig, payUrl, { number: VISA });
  await says({ payside_owed: '120.00', payside_lifetime_collected: '120.00' });
  await waitFor('both copies', async () => ((await copies()).length === 2 ? true : undefined));
  // Stripe opens a payment with each invoice and tells nobody.
  await reconciled();
});
afterAll(() => rig.close());

const portal = () => rig.hubspot.portal(PORTAL);

type Copy = {
  id: string;
  properties: Record<string, string>;
  associations: Record<string, { id: string }[]>;
};
async function copies(): Promise<Copy[]> {
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/invoices`);
  return (await response.json()) as Copy[];
}

const typed = (...words: string[]): Promise<{ code: number; out: string; problem: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, '--env', rig.envFile, 'reconcile', ...words], (error, out, problem) =>
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), problem: problem.trim() }),
    );
  });

/** As the command line asks, without starting a process for it. */
async function reconciled(): Promise<Report> {
  const request = { command: 'reconcile', words: [], options: {} };
  const answer = await askConnector(join(rig.folder, 'data', 'control.sock'), request);
  if (!answer?.ok) throw new Error(answer?.message ?? 'nobody answers');
  return answer.result as Report;
}

const says = (wanted: Record<string, string>) =>
  propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, (there) =>
    Object.entries(wanted).every(([name, value]) => there[name] === value),
  );
const fields = () => portal().properties('contacts', at.recordId) ?? {};

/** An open invoice over 120 EUR for an address, of which nobody is told. */
function bill(email: string): void {
  const { account } = rig;
  const customer = account.create('customers', { email }).id;
  const wish = { customer, collection_method: 'send_invoice', days_until_due: 30, currency: 'eur' };
  const { id } = account.create('invoices', wish);
  account.act('invoices', id, 'add_lines', { lines: [{ description: 'Stairs', amount: 12_000 }] });
  account.act('invoices', id, 'finalize');
}

/** What is owed and what was collected, as the record says it and as the gateway's own objects add up to. */
function figuresOf({ recordId }: Place): string[] {
  const there = portal().properties('contacts', recordId) ?? {};
  return [there['payside_owed'] ?? '', there['payside_lifetime_collected'] ?? ''];
}
function figuresAtTheGateway({ recordId }: Place): string[] {
  const email = portal().properties('contacts', recordId)?.['email'];
  const { account } = rig;
  const customer = account.all('customers').find((one) => one['email'] === email)?.id;
  const owed = account.all('invoices').filter((one) => one.customer === customer && one.status === 'open');
  const paid = account.all('charges').filter((one) => one.customer === customer && one.paid);
  return [
    owed.reduce((sum, one) => sum + one.amount_remaining, 0),
    paid.reduce((sum, one) => sum + one.amount_captured - one.amount_refunded, 0),
  ].map((minor) => (minor / 100).toFixed(2));
}

const NOTHING = {
  missing: 0,
  different: 0,
  edited: 0,
  kept: 0,
  repaired: 0,
  crmWrites: 0,
  waiting: 0,
  problems: [],
};

describe('an operator who has everything reconciled', () => {
  it('is told that nothing was found, and nothing is written, where all is as it should be', async () => {
    const calls = rig.hubspot.calls.length;
    const report = await reconciled();
    expect(report).toMatchObject(NOTHING);
    expect(report.checked).toBeGreaterThan(5);
    const writes = rig.hubspot.calls
      .slice(calls)
      .filter(({ path }) => /batch\/(update|upsert|create)/.test(path));
    expect(writes).toEqual([]);
  });

  it('has a payment that no webhook told of found and written, once', async () => {
    rig.account.act('invoices', invoiceId, 'pay', { paid_out_of_band: true });
    const began = rig.clock.now().toISOString();
    const report = await reconciled();
    // The invoice, and the payment that was open for it: its gateway has cancelled that.
    expect(report).toMatchObject({ missing: 0, different: 2, repaired: 2, waiting: 0, problems: [] });
    expect(report.crmWrites).toBeGreaterThan(0);
    expect(report.verifiedAt! >= began).toBe(true);
    expect(fields()).toMatchObject({ payside_owed: '0.00' });
    expect(await reconciled()).toMatchObject(NOTHING);
  });

  it('has all that was lost found, by what the gateway itself has', async () => {
    const lost = 10;
    const people = Array.from({ length: lost }, () => newPerson(rig));
    for (const { recordId } of people) bill(portal().properties('contacts', recordId)?.['email'] ?? '');
    const before = await reconciled();
    expect(before).toMatchObject({ waiting: 0, problems: [] });
    expect(before.missing).toBeGreaterThanOrEqual(2 * lost);
    expect(loseWebhooks([rig.account], lost)).toBe(lost);
    expect((await reconciled()).repaired).toBeGreaterThanOrEqual(lost);
    for (const person of people) expect(figuresOf(person)).toEqual(figuresAtTheGateway(person));
    const kinds = people.map((person) => figuresOf(person).join(' ')).toSorted();
    expect([...new Set(kinds)]).toEqual(['0.00 0.00', '0.00 120.00', '120.00 0.00']);
    expect(await reconciled()).toMatchObject(NOTHING);
  });

  it('is told that all of it is proven by the gateway’s own balance, with the sums of each day', async () => {
    const { account } = rig;
    const report = await reconciled();
    const [{ proof } = { proof: null }] = report.workspaces;
    expect(proof).toMatchObject({ until: report.verifiedAt!.slice(0, 10), gaps: [] });
    const sum = (name: 'capturedMinor' | 'refundedMinor' | 'feesMinor'): number =>
      proof!.settled.reduce((total, day) => total + day[name], 0);
    const moved = account.all('balance_transactions');
    const all = (category: string): number =>
      moved
        .filter((one) => one.reporting_category === category)
        .reduce((total, one) => total + one.amount, 0);
    expect(sum('refundedMinor')).toBeGreaterThan(0);
    expect(sum('capturedMinor')).toBe(all('charge'));
    expect(sum('refundedMinor')).toBe(0 - all('refund'));
    expect(sum('feesMinor')).toBe(moved.reduce((total, { fee }) => total + fee, 0));
  });

  it('has what people changed by hand put right', async () => {
    portal().update('contacts', at.recordId, { payside_owed: '7.00', payside_status: 'overdue' });
    const report = await reconciled();
    expect(report).toMatchObject({ missing: 0, different: 0, edited: 1, kept: 0, repaired: 1, crmWrites: 1 });
    expect(fields()).toMatchObject({ payside_owed: '0.00', payside_status: 'paid' });
  });

  it('has the copy of an invoice that somebody deleted made again, linked as it was', async () => {
    const before = await copies();
    const [copy] = before;
    portal().archive('invoices', copy!.id);
    expect(await copies()).toHaveLength(before.length - 1);
    const report = await reconciled();
    expect(report).toMatchObject({ missing: 1, problems: [] });
    const own = copy!.properties['payside_id'];
    const again = (await copies()).find(({ properties }) => properties['payside_id'] === own);
    const ends = ({ associations }: Copy): string[] => Object.keys(associations).toSorted();
    expect(ends(again!)).toEqual(ends(copy!));
    const last = await reconciled();
    expect(last).toMatchObject(NOTHING);
    workspaceId = last.workspaces[0]!.workspaceId;
  });

  it('may name a workspace, and reads figures per workspace', async () => {
    const { out } = await typed('--json', '--workspace', workspaceId);
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ ...NOTHING, workspaces: [{ workspaceId, ...NOTHING }] });
    const lines = CONTROL_COMMANDS['reconcile']!.text(report).split('\n');
    expect(lines).toEqual([
      expect.stringContaining(`${workspaceId}: checked `),
      expect.stringContaining('proven against the balance until '),
      expect.stringContaining('in all: checked '),
    ]);
    const { code, problem } = await typed('--workspace', 'ws_nobody');
    expect([code, problem]).toEqual([1, expect.stringContaining('No workspace with a gateway account')]);
  });

  it('is told to start the connector where none runs', async () => {
    await rig.stopConnector();
    const { code, problem } = await typed();
    await rig.startConnector();
    expect([code, problem]).toEqual([1, expect.stringContaining('Start it first')]);
  });
});
