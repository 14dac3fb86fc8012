// A backup of an hour ago is put back: the ledger is as it was then, and the next sweeps find the hour; nothing is done twice.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { newPerson, openInvoice, payByLink, VISA, type Place } from '../billing/scene.ts';
import { newDatabase } from '../postgres/database.ts';
import { PORTAL, portalSeed, propertiesWhen, startRig, waitFor, type Rig } from './rig.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type Said = { code: number; out: string; problem: string };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** An empty place for a store. */
const PLACES = {
  'the embedded store': async (rig: Rig) => `embedded:${join(rig.folder, `store-${randomUUID()}`)}`,
  'the PostgreSQL store': async () => {
    const { url, drop } = await newDatabase();
    ends.unshift(drop);
    return url;
  },
};

async function begin(): Promise<Rig> {
  const rig = await startRig({ portals: [portalSeed({ commercePayments: true })] });
  ends.push(() => rig.close());
  return rig;
}

/** The connector goes on with another store, by whatever names it is told of it. */
async function useStore(rig: Rig, url: string): Promise<void> {
  await rig.stopConnector();
  const before = rig.env['STORE_URL'] ?? '';
  rig.env['STORE_URL'] = url;
  writeFileSync(rig.envFile, readFileSync(rig.envFile, 'utf8').replace(before, url));
}

const typed = (rig: Rig, ...words: string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', CLI, '--env', rig.envFile, ...words],
      (error, out, problem) =>
        resolve({ code: Number(error?.code ?? 0), out: out.trim(), problem: problem.trim() }),
    );
  });

const json = async (rig: Rig, ...words: string[]): Promise<Record<string, unknown>> => {
  const { code, out, problem } = await typed(rig, ...words, '--json');
  if (code !== 0) throw new Error(problem || out);
  return JSON.parse(out) as Record<string, unknown>;
};

const says = (rig: Rig, at: Place, wanted: Record<string, string>) =>
  propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, (there) =>
    Object.entries(wanted).every(([name, value]) => there[name] === value),
  );

const copies = async (rig: Rig, kind: string): Promise<number> => {
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/${kind}`);
  return ((await response.json()) as unknown[]).length;
};

/** What stands at the gateway and in the CRM, by their own objects. */
const counted = async (rig: Rig) => ({
  invoices: rig.account.all('invoices').length,
  charges: rig.account.all('charges').filter(({ paid }) => paid).length,
  customers: rig.account.all('customers').length,
  copies: await copies(rig, 'invoices'),
  payments: await copies(rig, 'commerce_payments'),
});

describe.each(Object.entries(PLACES))('a backup put back into %s', (_name, place) => {
  it('takes nothing for somebody’s edit until a record was seen to say what it should', async () => {
    const rig = await begin();
    await useStore(rig, await place(rig));
    await rig.startConnector();
    await rig.setUp();
    const body = { operationId: randomUUID(), crmEdits: 'keep' };
    await rig.call('/api/v1/settings', { method: 'POST', body });
    const at = newPerson(rig);
    await openInvoice(rig, at);
    await says(rig, at, { payside_owed: '120.00' });
    const file = join(rig.folder, 'before.backup');
    await json(rig, 'backup', '--to', file);
    await useStore(rig, await place(rig));
    await json(rig, 'restore', '--from', file);
    const edit = () => rig.hubspot.portal(PORTAL).update('contacts', at.recordId, { payside_owed: '7.00' });
    edit();
    await rig.startConnector();
    expect(await json(rig, 'reconcile')).toMatchObject({ edited: 0, kept: 0 });
    await says(rig, at, { payside_owed: '120.00' });
    edit();
    expect(await json(rig, 'reconcile')).toMatchObject({ edited: 1, kept: 1, repaired: 0, crmWrites: 0 });
  });

  it('has what happened since found by the next sweeps, and nothing of it is done twice', async () => {
    const rig = await begin();
    await useStore(rig, await place(rig));
    await rig.startConnector();
    await rig.setUp();
    const [early, late] = [newPerson(rig), newPerson(rig)];
    const first = await openInvoice(rig, early);
    await says(rig, early, { payside_owed: '120.00' });
    const file = join(rig.folder, 'hour-ago.backup');
    await json(rig, 'backup', '--to', file);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await payByLink(rig, first.payUrl, { number: VISA });
    const second = await openInvoice(rig, late);
    await payByLink(rig, second.payUrl, { number: VISA });
    const isPaid = { payside_owed: '0.00', payside_lifetime_collected: '120.00' };
    await says(rig, early, isPaid);
    await says(rig, late, isPaid);
    await waitFor('all copies', async () =>
      (await copies(rig, 'commerce_payments')) === 2 ? true : undefined,
    );
    await rig.stripe.deliveriesIdle();
    const before = await counted(rig);

    await useStore(rig, await place(rig));
    expect(await json(rig, 'restore', '--from', file)).toMatchObject({ reconnect: [] });
    expect(await json(rig, 'rebuild', '--check')).toMatchObject({ different: 0 });
    const sent = rig.stripe.calls.length;
    await rig.startConnector();
    await waitFor('the invoice of the lost hour', async () => {
      const { invoices } = await rig.view(late.objectType, late.recordId);
      return invoices[0]?.state === 'paid' ? true : undefined;
    });
    await waitFor('the payment of the lost hour', async () => {
      const { invoices } = await rig.view(early.objectType, early.recordId);
      return invoices[0]?.state === 'paid' ? true : undefined;
    });
    await says(rig, early, isPaid);
    await says(rig, late, isPaid);
    const writes = rig.stripe.calls
      .slice(sent)
      .filter(
        ({ method, path }) => method === 'POST' && /invoices|payment_intents|charges|refunds/.test(path),
      );
    expect(writes).toEqual([]);
    expect(await json(rig, 'rebuild', '--check')).toMatchObject({ different: 0 });
    expect(await counted(rig)).toEqual(before);
  });
});

describe('a backup', () => {
  it('overwrites nothing, is put over nothing, and is refused damaged, cut, of another version or with other keys', async () => {
    const rig = await begin();
    await rig.setUp();
    const file = join(rig.folder, 'whole.backup');
    await json(rig, 'backup', '--to', file);
    expect((await typed(rig, 'backup', '--to', file)).problem).toContain('overwrites nothing');
    expect((await typed(rig, 'restore', '--from', file)).problem).toContain('is not empty');
    await rig.stopConnector();
    expect((await typed(rig, 'restore', '--from', file)).problem).toContain('is not empty');

    await useStore(rig, await PLACES['the embedded store'](rig));
    const whole = readFileSync(file, 'utf8');
    const lines = whole.split('\n');
    const spoilt = join(rig.folder, 'spoilt.backup');
    const refused = async (text: string): Promise<string> => {
      writeFileSync(spoilt, text);
      const { code, problem } = await typed(rig, 'restore', '--from', spoilt);
      return `${code} ${problem}`;
    };
    const damaged = `1 ${spoilt} is damaged or was cut off`;
    expect(await refused(whole.slice(0, whole.length / 2))).toContain(damaged);
    expect(await refused(lines.slice(0, -2).join('\n') + '\n')).toContain(damaged);
    expect(await refused([...lines.slice(0, 5), ...lines.slice(6)].join('\n'))).toContain(damaged);
    expect(await refused(whole.replace('Brightwell', 'Brightwall'))).toContain(damaged);
    expect(await refused(whole + lines[1]! + '\n')).toContain(damaged);
    expect(await refused('')).toContain('1 ');
    expect(await refused('{"some":"file"}\n')).toContain('is no backup of Payside');
    expect(await refused(whole.replace('"version":2', '"version":3'))).toContain('of version 3');
    const keys = `other:${Buffer.alloc(32, 7).toString('base64')}`;
    const env = readFileSync(rig.envFile, 'utf8');
    writeFileSync(rig.envFile, env.replace(/ENCRYPTION_KEYS=.*/, `ENCRYPTION_KEYS=${keys}`));
    expect(await refused(whole)).toContain('ENCRYPTION_KEYS does not have');
    writeFileSync(rig.envFile, env);
    expect((await typed(rig, 'restore', '--from', file)).code).toBe(0);
  });
});

describe('a store that is moved', () => {
  it('goes to PostgreSQL and back, equal each time, and is not opened where it was', async () => {
    const rig = await begin();
    await rig.setUp();
    const at = newPerson(rig);
    const { payUrl } = await openInvoice(rig, at);
    const database = await PLACES['the PostgreSQL store']();
    expect((await typed(rig, 'move-store', '--to', database)).problem).toContain('in use by another process');
    await rig.stopConnector();
    const [there, back] = [database, await PLACES['the embedded store'](rig)];
    for (const to of [there, back]) {
      expect(await json(rig, 'move-store', '--to', to)).toMatchObject({ equal: true });
      expect((await typed(rig, 'rebuild', '--check')).problem).toContain('was moved to');
      await useStore(rig, to);
      expect(await json(rig, 'rebuild', '--check')).toMatchObject({ different: 0 });
    }
    await rig.startConnector();
    await payByLink(rig, payUrl, { number: VISA });
    await says(rig, at, { payside_owed: '0.00', payside_lifetime_collected: '120.00' });
    expect(rig.hubspot.portal(PORTAL).properties('contacts', at.recordId)).toMatchObject({
      payside_status: 'paid',
    });
  });
});
