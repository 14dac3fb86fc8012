// A person who is flagged to be forgotten in Salesforce is forgotten here: names go, the money stays, and only the flag does it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { dayFromNow, outcomeOf, quiet, rowsOf } from '../billing/scene.ts';
import { waitFor } from './rig.ts';
import { fieldsWhen, orgSeed, recordsWhen, startOrgRig, type At, type OrgRig } from './salesforce-rig.ts';

const MINUTE = 60_000;
const NAME = 'Adelheid Canaryson';
const EMAIL = 'adelheid.canaryson@example.com';
const PHONE = '+4930555000111';
const TRACES = [NAME, EMAIL, PHONE, 'Canaryson', 'canaryson'];

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const typed = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [CLI, '--env', rig.envFile, '--json', ...words])).stdout;

type Doctor = { healthy: boolean; checks: { name: string; state: string; says: string }[] };

let rig: OrgRig;
let customer: string;
afterEach(() => rig.close());

const contact = (): At => rig.at('Contact', 'adelheid');
const mill = (): At => rig.at('Account', 'mill');
const individual = (): string => rig.org.ref('individual');
const owes = (at: At, amount: number) =>
  fieldsWhen(rig, at, (now) => (now['Payside_Owed__c'] ?? 0) === amount);

/** Contacts with a data privacy record, as an org that keeps them has; or one that keeps none. */
function seed(dataPrivacy: boolean) {
  const base = orgSeed();
  const person = { FirstName: 'Adelheid', LastName: 'Canaryson', Email: EMAIL };
  const lookups = { AccountId: 'mill', ...(dataPrivacy ? { IndividualId: 'individual' } : {}) };
  const records = [
    ...(base.records ?? []),
    ...(dataPrivacy ? [{ ref: 'individual', type: 'Individual', fields: { LastName: 'Canaryson' } }] : []),
    { ref: 'adelheid', type: 'Contact', fields: person, lookups },
  ];
  return { ...base, dataPrivacy, records };
}

/** An invoice of theirs, made at the gateway and told to us. */
function bill(amount: number): void {
  const told = { silent: false };
  const terms = { customer, collection_method: 'send_invoice', days_until_due: 30 };
  const made = rig.account.create('invoices', { ...terms, description: `Garden of ${NAME}` }, told);
  const line = { customer, invoice: made.id, amount, currency: 'eur', description: `Hedge for ${NAME}` };
  rig.account.create('invoiceitems', line, told);
  rig.account.act('invoices', made.id, 'finalize', {}, told);
}

/** Somebody who owes by an invoice of the gateway's and one that was typed on their card. */
async function start(change: Partial<ReturnType<typeof orgSeed>> = {}, dataPrivacy = true): Promise<void> {
  rig = await startOrgRig({ orgs: [{ ...seed(dataPrivacy), ...change }] });
  const person = { email: EMAIL, name: NAME, phone: PHONE };
  customer = rig.account.create('customers', person, { silent: false }).id;
  bill(2_500);
  await owes(contact(), 25);
  const lines = [{ description: `Pond for ${NAME}`, quantity: 1, amount: '40.00' }];
  const terms = { currency: 'EUR', send: false, dueDate: dayFromNow(rig, 14) };
  outcomeOf(await rig.act('create-invoice', contact(), { ...terms, lines, memo: `Thank you, ${NAME}` }));
  await owes(contact(), 65);
  await owes(mill(), 65);
  await quiet(rig);
}

const soqlOf = (path: string): string => new URL(path, rig.url).searchParams.get('q') ?? '';
const looks = (): number =>
  rig.salesforce.calls.filter(({ path }) => soqlOf(path).includes('ShouldForget')).length;

/** Lets an hour pass until the org was asked whom it wants forgotten. */
async function asked(): Promise<void> {
  const before = looks();
  rig.clock.advance(61 * MINUTE);
  await waitFor('the org to be asked', () => (looks() > before ? true : undefined));
}

const flag = (): void => rig.org.update('Individual', individual(), { ShouldForget: true });

const traces = (): string[] =>
  [...rig.dataFiles(), { name: 'the log', bytes: Buffer.from(rig.log()) }].flatMap(({ name, bytes }) =>
    TRACES.filter((trace) => bytes.includes(trace)).map((trace) => `${trace} in ${name}`),
  );
const clean = (): Promise<true> =>
  waitFor('every trace to be gone', () => (traces().length === 0 ? true : undefined));

const erasures = () => rowsOf(rig, `SELECT actor, after FROM audit WHERE action = 'erase-person'`);

describe('a person who is flagged to be forgotten in Salesforce', () => {
  it('leaves no byte of name, address or what was typed about them in any file, and all of the money', async () => {
    await start();
    expect(traces()).not.toEqual([]);
    flag();
    await asked();
    await clean();
    await quiet(rig);
    const view = await rig.cardOf(contact());
    expect(view.owed).toMatchObject([{ amountMinor: 6_500 }]);
    expect(view.invoices.map(({ memo }) => memo)).toEqual([null, null]);
    expect(JSON.stringify(view.payers)).toContain('Erased person');
    await recordsWhen(rig, 'Payside_Invoice_Line__c', (lines) =>
      lines.every((line) => line['Description__c'] === 'Item'),
    );
    await owes(contact(), 65);
    await owes(mill(), 65);
    bill(1_000);
    await owes(mill(), 75);
    await clean();
    expect(JSON.parse(await typed('rebuild', '--check'))).toMatchObject({ different: 0 });
  });

  it('is forgotten once, however often the flag is seen again', async () => {
    await start();
    flag();
    await asked();
    await clean();
    rig.org.update('Individual', individual(), { ShouldForget: false });
    flag();
    await asked();
    await asked();
    await quiet(rig);
    const done = await erasures();
    expect(done).toHaveLength(1);
    expect(String(done[0]?.['after'])).toContain(customer);
  });

  it('and is deleted in the same hour is let go of as well, and their account still says what is owed', async () => {
    await start();
    flag();
    rig.org.remove('Contact', contact().id);
    await asked();
    await clean();
    await owes(mill(), 65);
  });

  it('while no connector runs is forgotten by the next one', async () => {
    await start();
    await rig.stopConnector();
    flag();
    await rig.startConnector();
    await clean();
  });

  it('before they paid here is forgotten within the hour in which they are known', async () => {
    rig = await startOrgRig({ orgs: [seed(true)] });
    flag();
    await asked();
    customer = rig.account.create('customers', { email: EMAIL, name: NAME }, { silent: false }).id;
    bill(2_500);
    await owes(contact(), 25);
    await asked();
    await clean();
  });
});

describe('a contact who is deleted in Salesforce without the flag', () => {
  it('keeps their name here, as they may come back', async () => {
    await start();
    rig.org.remove('Contact', contact().id);
    await asked();
    await quiet(rig);
    expect(await erasures()).toEqual([]);
    expect(JSON.stringify(await rig.cardOf(mill()))).toContain(NAME);
  });

  it('or merged into somebody who is not flagged goes by the one who stayed', async () => {
    await start();
    flag();
    rig.org.merge('Contact', rig.at('Contact', 'grace').id, contact().id);
    await asked();
    await quiet(rig);
    expect(await erasures()).toEqual([]);
  });
});

const saysOfFlags = async () =>
  (JSON.parse(await typed('doctor')) as Doctor).checks.find(({ name }) => name === 'forgetting');

describe('an org that keeps no such flag, or does not show it', () => {
  it.each([
    ['keeps none', {}, false],
    ['hides it from the integration user', { hiddenFields: ['Individual.ShouldForget'] }, true],
  ])('%s: everything else goes on, the doctor says so, and the command does it', async (_, change, keeps) => {
    await start(change, keeps);
    expect(await saysOfFlags()).toMatchObject({ state: 'warn', says: expect.stringContaining('command') });
    await asked();
    bill(1_000);
    await owes(mill(), 75);
    expect(rig.log()).not.toContain('could not be polled');
    await typed('erase', '--contact', contact().id);
    await clean();
  });

  it('is another one than an org that does: there the doctor is content', async () => {
    await start();
    expect(await saysOfFlags()).toMatchObject({ state: 'ok' });
  });
});
