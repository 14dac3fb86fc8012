// The real connector on PostgreSQL: from the install to what HubSpot says, alone and beside a second one.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../sandbox/world/free-port.ts';
import type { App } from '../../src/app.ts';
import { startConnector } from '../../sandbox/connector.ts';
import { newPerson, openInvoice, payByLink, VISA } from '../billing/scene.ts';
import { newDatabase, type Database } from '../postgres/database.ts';
import { ADMIN, PORTAL, propertiesWhen, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let database: Database;
let rig: Rig;

beforeAll(async () => {
  database = await newDatabase();
  rig = await startRig({ env: { STORE_URL: database.url } });
  await rig.setUp();
});
afterAll(() => rig.close());

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const typed = (...words: string[]) =>
  promisify(execFile)(process.execPath, [CLI, '--env', rig.envFile, ...words]);

const DAY_MS = 86_400_000;

const isPaid = ({ payside_status: status, payside_lifetime_collected: collected }: Record<string, string>) =>
  status === 'paid' && collected === '120.00';

const saysPaid = ({ recordId }: { recordId: string }) =>
  propertiesWhen(rig, { kind: 'contacts', id: recordId }, isPaid);

const rows = (text: string) => database.admin<Record<string, unknown>>(text);

/** Events, deliveries, and work that leads to deliveries; what is in flight waits as well. */
async function waiting(but = 'nothing'): Promise<number> {
  const [left] = await rows(
    `SELECT (SELECT count(*) FROM payside.inbox WHERE state = 'waiting')
       + (SELECT count(*) FROM payside.outbox WHERE state = 'waiting' AND key NOT LIKE '%|${but}|%')
       + (SELECT count(*) FROM payside.work WHERE state = 'waiting' AND kind IN ('fetch', 'match', 'renew', 'total')) AS waiting`,
  );
  return Number(left?.['waiting']);
}

/** Nothing waits but what is for later. */
const settled = () =>
  waitFor('the queues to be empty', async () => ((await waiting()) === 0 ? true : undefined));

describe('a connector on PostgreSQL', () => {
  it('takes an install, an invoice and its payment, and HubSpot says so', async () => {
    const at = newPerson(rig);
    const { invoiceId, payUrl } = await openInvoice(rig, at);
    expect((await rig.view(at.objectType, at.recordId)).owed).toMatchObject([{ amountMinor: 12_000 }]);
    await payByLink(rig, payUrl, { number: VISA });
    await saysPaid(at);
    const view = await viewWhen(rig, at, ({ invoices }) => invoices[0]?.state === 'paid');
    expect(view.invoices).toMatchObject([{ id: invoiceId, state: 'paid' }]);
    await settled();
    expect(await rows(`SELECT * FROM payside.inbox WHERE state = 'dead'`)).toEqual([]);
    const audited = await rows(
      `SELECT actor FROM payside.audit WHERE action = 'create-invoice' AND operation IS NOT NULL`,
    );
    expect(audited).toEqual([{ actor: `hubspot:${ADMIN}` }]);
  });

  it('goes on after a restart with what it kept', async () => {
    const at = newPerson(rig);
    const { payUrl } = await openInvoice(rig, at);
    await rig.stopConnector();
    await rig.startConnector();
    await payByLink(rig, payUrl, { number: VISA });
    await saysPaid(at);
  });

  it('does not have to be asked by operators’ commands, which open the database beside it', async () => {
    rig.hubspot.faults.arm('crm-refuses', 1_000, 0);
    const at = newPerson(rig);
    await openInvoice(rig, at);
    const dead = () => rows(`SELECT key FROM payside.outbox WHERE state = 'dead'`);
    // Links wait for what they would link, however long that takes: they are never given up on.
    const letters = await waitFor('dead letters, and nothing that waits to become one', async () => {
      const found = await dead();
      return found.length > 0 && (await waiting('links of %')) === 0 ? dead() : undefined;
    });
    rig.hubspot.faults.clear();
    const [letter] = letters;
    expect((await typed('dead-letters', 'list')).stdout).toContain(`outbox:${String(letter?.['key'])}  `);
    expect((await typed('dead-letters', 'redrive', '--all')).stdout).toBe(`${letters.length} tried again\n`);
    await propertiesWhen(
      rig,
      { kind: 'contacts', id: at.recordId },
      ({ payside_owed: owed }) => Number(owed) > 0,
    );
    expect(await dead()).toEqual([]);
  });

  it('is swept by the operator’s command, which finds, writes and reports as beside any store', async () => {
    const at = newPerson(rig);
    const { invoiceId } = await openInvoice(rig, at);
    await settled();
    const report = async () =>
      JSON.parse((await typed('reconcile', '--json')).stdout) as Record<string, unknown>;
    // Stripe opens a payment with each invoice and tells nobody.
    await report();
    rig.account.act('invoices', invoiceId, 'pay', { paid_out_of_band: true });
    expect(await report()).toMatchObject({ missing: 0, different: 2, repaired: 2, waiting: 0, problems: [] });
    const { payside_owed: owed } = rig.hubspot.portal(PORTAL).properties('contacts', at.recordId) ?? {};
    expect(owed).toBe('0.00');
    expect(await report()).toMatchObject({ repaired: 0, crmWrites: 0, waiting: 0, problems: [] });
  });

  it('is swept by it also while no connector runs', async () => {
    const at = newPerson(rig);
    const { invoiceId } = await openInvoice(rig, at);
    await settled();
    await rig.stopConnector();
    rig.account.act('invoices', invoiceId, 'pay', { paid_out_of_band: true });
    const { stdout } = await typed('reconcile', '--json');
    await rig.startConnector();
    const report = JSON.parse(stdout) as { crmWrites: number };
    expect(report).toMatchObject({ waiting: 0, problems: [] });
    expect(report.crmWrites).toBeGreaterThan(0);
    const { payside_owed: owed } = rig.hubspot.portal(PORTAL).properties('contacts', at.recordId) ?? {};
    expect(owed).toBe('0.00');
  });

  it('keeps no secret that the database could read', async () => {
    const [saved] = await rows(`SELECT document FROM payside.document WHERE kind = 'account'`);
    expect(String(saved?.['document'])).not.toContain(rig.account.definition.restrictedKey);
    expect(String(saved?.['document'])).toContain('v1.k1.');
  });
});

describe('two connectors on one database', () => {
  let second: App;

  beforeAll(async () => {
    const env = { ...rig.env, PORT: String(await freePort()) };
    second = await startConnector({ env, clock: rig.clock, logFile: join(rig.folder, 'second.log') });
  });
  afterAll(() => second.close());

  it('share the work: every payment reaches HubSpot, whoever took it', async () => {
    const people = Array.from({ length: 6 }, () => newPerson(rig));
    await Promise.all(
      people.map(async (at) => {
        const { payUrl } = await openInvoice(rig, at);
        await payByLink(rig, payUrl, { number: VISA });
      }),
    );
    for (const at of people) await saysPaid(at);
    await settled();
    expect(await rows(`SELECT * FROM payside.inbox WHERE state = 'dead'`)).toEqual([]);
    expect(await rows(`SELECT * FROM payside.outbox WHERE state = 'dead'`)).toEqual([]);
  });

  it('go on with the second alone: days end, tokens are renewed, HubSpot is told', async () => {
    const at = newPerson(rig);
    await openInvoice(rig, at);
    const status = (wanted: string) =>
      propertiesWhen(
        rig,
        { kind: 'contacts', id: at.recordId },
        ({ payside_status: found }) => found === wanted,
      );
    await status('open');
    await rig.stopConnector();
    for (let day = 0; day < 16; day += 1) rig.clock.advance(DAY_MS);
    await status('overdue');
  });
});
