// A person who is deleted in the CRM is forgotten here: no byte of name or address stays, the money does, and nothing brings them back.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { deliver, event, openInvoice, place, quiet, rowsOf, type Place } from '../billing/scene.ts';
import { newDatabase, type Database } from '../postgres/database.ts';
import { PORTAL, portalSeed, propertiesWhen, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

const NAME = 'Adelheid Canaryson';
const EMAIL = 'adelheid.canaryson@example.com';
const PHONE = '+4930555000111';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const typed = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [CLI, '--env', rig.envFile, ...words])).stdout;

let rig: Rig;
let customer: string;
let company: Place;
let contact: Place;
let operated: string;
afterEach(() => rig.close());

const person = () => ({ email: EMAIL, name: NAME, phone: PHONE });

/** An invoice of theirs, made at the gateway and told to us. */
function bill(amount: number): string {
  const told = { silent: false };
  const terms = { customer, collection_method: 'send_invoice', days_until_due: 9 };
  const made = rig.account.create('invoices', { ...terms, description: `Garden of ${NAME}` }, told);
  const line = { customer, invoice: made.id, amount, currency: 'eur', description: `Hedge for ${NAME}` };
  rig.account.create('invoiceitems', line, told);
  rig.account.act('invoices', made.id, 'finalize', {}, told);
  return made.id;
}

async function start(env: Record<string, string> = {}): Promise<void> {
  const [first, last] = NAME.split(' ');
  const seed = portalSeed();
  const contacts = [
    ...(seed.contacts ?? []),
    { ref: 'adelheid', properties: { email: EMAIL, firstname: String(first), lastname: String(last) } },
  ];
  const associations = [...(seed.associations ?? []), { from: 'adelheid', to: 'mill' }];
  rig = await startRig({ env, portals: [{ ...seed, contacts, associations }] });
  customer = rig.account.create('customers', person()).id;
  await rig.setUp();
  [company, contact] = [place(rig, 'companies', 'mill'), place(rig, 'contacts', 'adelheid')];
  bill(2_500);
  const typedIn = [{ description: `Pond for ${NAME}`, quantity: 1, amount: '40.00' }];
  operated = (await openInvoice(rig, contact, { lines: typedIn, memo: `Thank you, ${NAME}` })).invoiceId;
  await owed('65.00');
  await quiet(rig);
}

const owed = (amount: string) =>
  propertiesWhen(rig, { kind: 'companies', id: company.recordId }, ({ payside_owed: now }) => now === amount);

const forget = (): Promise<Response> =>
  fetch(`${rig.hubspot.url}/_sandbox/privacy-delete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ portalId: PORTAL, kind: 'contacts', id: contact.recordId }),
  });

/** Everything that is written down, by where it stands. */
type Kept = { name: string; bytes: Buffer }[];

const TRACES = [NAME, EMAIL, PHONE, 'Canaryson', 'canaryson'];

const traces = (kept: Kept): string[] =>
  kept.flatMap(({ name, bytes }) =>
    TRACES.filter((trace) => bytes.includes(trace)).map((trace) => `${trace} in ${name}`),
  );

const inFiles = async (): Promise<Kept> => [
  ...rig.dataFiles(),
  { name: 'the log', bytes: Buffer.from(rig.log()) },
];

const cleanWhen = (kept: () => Promise<Kept>): Promise<true> =>
  waitFor('every trace to be gone', async () => (traces(await kept()).length === 0 ? true : undefined));

describe('a contact who is deleted for privacy in HubSpot', () => {
  it('leaves no byte of name, address or what was typed about them in any file, and all of the money', async () => {
    await start();
    expect(traces(await inFiles())).not.toEqual([]);
    const before = await rig.view(company.objectType, company.recordId);
    await forget();
    await cleanWhen(inFiles);
    await quiet(rig);
    const after = await rig.view(company.objectType, company.recordId);
    const money = ({ owed: due, overdue, collected, invoices }: typeof after) => ({
      due,
      overdue,
      collected,
      invoices: invoices.map(({ id, state, total, due: rest }) => ({ id, state, total, rest })),
    });
    expect(money(after)).toEqual(money(before));
    expect(after.invoices.map(({ memo }) => memo)).toEqual([null, null]);
    expect(JSON.stringify(after)).not.toMatch(/canaryson/i);
    expect(JSON.stringify(after)).toContain('Erased person');
    await owed('65.00');
    const trail = await rowsOf(rig, `SELECT actor, after FROM audit WHERE action = 'erase-person'`);
    expect(trail).toHaveLength(1);
    expect(String(trail[0]?.['after'])).toContain(customer);
    expect(JSON.parse(await typed('--json', 'rebuild', '--check'))).toMatchObject({ different: 0 });
    expect(traces(await inFiles())).toEqual([]);
  });

  it('does not come back by a late webhook, one that is sent again, or a whole comparison with the gateway', async () => {
    await start();
    const known = rig.account.all('invoices').find(({ id }) => id === operated);
    const earlier = event(rig, 'invoice.updated', { ...known, description: `Again ${NAME}` });
    await deliver(rig, earlier);
    await quiet(rig);
    await forget();
    await cleanWhen(inFiles);
    await deliver(rig, earlier);
    await deliver(rig, event(rig, 'invoice.updated', { ...known, description: `Late ${NAME}` }));
    await deliver(
      rig,
      event(
        rig,
        'customer.updated',
        rig.account.all('customers').find(({ id }) => id === customer),
      ),
    );
    bill(1_000);
    await owed('75.00');
    await cleanWhen(inFiles);
    await typed('reconcile', '--full', '--json');
    expect(JSON.parse(await typed('reconcile', '--full', '--json'))).toMatchObject({
      repaired: 0,
      different: 0,
      crmWrites: 0,
    });
    await cleanWhen(inFiles);
  });

  it('is neither linked nor named again when the same address comes with a new customer', async () => {
    await start();
    await forget();
    await cleanWhen(inFiles);
    const back = rig.hubspot.portal(PORTAL).create('contacts', { email: EMAIL, firstname: 'Adelheid' });
    customer = rig.account.create(
      'customers',
      { ...person(), email: EMAIL.toUpperCase() },
      { silent: false },
    ).id;
    bill(3_000);
    await quiet(rig);
    await cleanWhen(inFiles);
    expect((await rig.view('contacts', back)).invoices).toEqual([]);
    expect(rig.hubspot.portal(PORTAL).properties('contacts', back)).not.toHaveProperty('payside_owed');
  });
});

describe('an operator', () => {
  it('erases a payer by the gateway’s id, and once more without harm', async () => {
    await start();
    expect(await typed('erase', '--party', customer)).toContain(customer);
    await cleanWhen(inFiles);
    expect(await typed('erase', '--party', customer)).toContain(customer);
    await quiet(rig);
    const view = await viewWhen(rig, contact, ({ payers }) => payers[0]?.name === 'Erased person');
    expect(view.owed).toMatchObject([{ amountMinor: 6_500 }]);
  });

  it('names somebody while no connector runs, and the next one erases them', async () => {
    await start();
    await rig.stopConnector();
    expect(await typed('erase', '--contact', contact.recordId)).toContain('as soon as one runs');
    expect(traces(await inFiles())).not.toEqual([]);
    await rig.startConnector();
    await cleanWhen(inFiles);
  });

  it.each([
    ['nobody', ['erase'], '--party'],
    ['two at a time', ['erase', '--party', 'cus_1', '--contact', '1'], '--party'],
    ['somebody nobody knows', ['erase', '--party', 'cus_unknown'], 'Nobody here'],
  ])('who names %s is told so, and nobody is erased', async (_name, words, says) => {
    await start();
    await expect(typed(...words)).rejects.toThrow(says);
  });
});

describe('on PostgreSQL', () => {
  const inTables = async (database: Database): Promise<Kept> => {
    const tables = await database.admin<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'payside'`,
    );
    const kept = tables.map(async ({ name }) => {
      const rows = await database.admin<{ text: string }>(
        name === 'body'
          ? `SELECT convert_from(raw, 'UTF8') AS text FROM payside.body`
          : `SELECT t::text AS text FROM payside.${name} AS t`,
      );
      return { name, bytes: Buffer.from(rows.map(({ text }) => text).join('\n')) };
    });
    return [...(await Promise.all(kept)), { name: 'the log', bytes: Buffer.from(rig.log()) }];
  };

  it('the same is gone from every table, and stays gone', async () => {
    const database = await newDatabase();
    await start({ STORE_URL: database.url });
    expect(traces(await inTables(database))).not.toEqual([]);
    await forget();
    await cleanWhen(() => inTables(database));
    bill(1_000);
    await owed('75.00');
    await cleanWhen(() => inTables(database));
  });
});
