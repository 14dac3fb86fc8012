// What `payside doctor` says of a connector that works, and of each thing that no longer does.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PORTAL, startRig, type Rig } from './rig.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type Check = { name: string; about: string | null; state: 'ok' | 'warn' | 'failed'; says: string };
type Said = { code: number; healthy: boolean; checks: Check[]; problem: string };

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterEach(() => rig.close());

const doctor = (words: string[] = [], env: Record<string, string> = {}): Promise<Said> =>
  new Promise((resolve) => {
    const typed = [CLI, '--env', rig.envFile, 'doctor', '--json', ...words];
    execFile(process.execPath, typed, { env: { ...process.env, ...env } }, (error, out, problem) =>
      resolve({
        code: Number(error?.code ?? 0),
        problem,
        ...(JSON.parse(out || '{}') as Pick<Said, 'healthy' | 'checks'>),
      }),
    );
  });

/** What one check says, and how the whole ended. */
async function of(name: string, words: string[] = []): Promise<[Check['state'] | undefined, string, number]> {
  const { code, checks } = await doctor(words);
  const found = checks.find((check) => check.name === name);
  return [found?.state, found?.says ?? '', code];
}
const endpoint = () => rig.account.all('webhook_endpoints')[0]!;

describe('a connector that works', () => {
  it('is healthy, asked while it runs and while it does not', async () => {
    for (const isRunning of [true, false]) {
      if (!isRunning) await rig.stopConnector();
      const { code, healthy, checks } = await doctor();
      expect([code, healthy]).toEqual([0, true]);
      const names = [
        'settings',
        'store',
        'disk',
        'queues',
        'account',
        'clock',
        'installation',
        'fields',
        'people',
      ];
      expect(checks.map(({ name, state }) => [name, state])).toEqual(names.map((name) => [name, 'ok']));
    }
  });
});

describe('all that is kept', () => {
  const deep = async () => {
    const { code, checks } = await doctor(['--deep']);
    const looked = checks.filter(({ name }) => ['kept', 'ledger'].includes(name));
    return { code, looked, failed: looked.filter(({ state }) => state === 'failed') };
  };

  it('is read by --deep alone, while the connector works and while none does, and nothing is changed', async () => {
    expect((await doctor()).checks.map(({ name }) => name)).not.toContain('kept');
    for (const isRunning of [true, false]) {
      if (!isRunning) await rig.stopConnector();
      const { code, looked, failed } = await deep();
      expect([code, failed]).toEqual([0, []]);
      const parts = looked.map(({ name, about }) => (name === 'kept' ? about : name));
      expect(parts).toEqual(expect.arrayContaining(['fact', 'inbox', 'ledger_row', 'events', 'ledger']));
    }
  });

  it('that is not as its facts say fails with the workspace and what helps, until that was done', async () => {
    await rig.stopConnector();
    const database = new DatabaseSync(join(rig.folder, 'data', 'payside.db'));
    database.exec(
      `INSERT INTO ledger_row (workspace, entity, account, id, aspects) SELECT DISTINCT workspace, 'invoice', 'acct', 'in_nobody', '{}' FROM work`,
    );
    database.close();
    const { code, failed } = await deep();
    expect(code).toBe(1);
    expect(failed).toMatchObject([{ name: 'ledger', says: expect.stringContaining('rebuild') as string }]);
    await new Promise((resolve) =>
      execFile(process.execPath, [CLI, '--env', rig.envFile, 'rebuild'], resolve),
    );
    expect((await deep()).failed).toEqual([]);
  });
});

describe('an account', () => {
  it('whose endpoint is gone fails, and a move makes another', async () => {
    rig.account.request('DELETE', `/v1/webhook_endpoints/${endpoint().id}`);
    expect(await of('account')).toEqual(['failed', expect.stringContaining('move-endpoints'), 1]);
    await new Promise((resolve) =>
      execFile(process.execPath, [CLI, '--env', rig.envFile, 'move-endpoints'], resolve),
    );
    expect(await of('account')).toEqual(['warn', expect.stringContaining('two endpoints'), 0]);
  });

  it('whose endpoint was disabled fails', async () => {
    rig.account.request('POST', `/v1/webhook_endpoints/${endpoint().id}`, { disabled: true });
    expect(await of('account')).toEqual(['failed', expect.stringContaining('disabled'), 1]);
  });

  it('that nobody can reach fails with what the gateway said, and the others are looked at', async () => {
    rig.stripe.faults.arm('status-503', 10, 0);
    const { code, checks } = await doctor();
    rig.stripe.faults.clear();
    expect(code).toBe(1);
    expect(checks.filter(({ state }) => state === 'failed').map(({ name }) => name)).toEqual(['account']);
    expect(checks.find(({ name }) => name === 'clock')).toMatchObject({ state: 'warn' });
    expect(checks.find(({ name }) => name === 'installation')).toMatchObject({ state: 'ok' });
  });
});

describe('a field that somebody deleted', () => {
  it('is named, and nothing is made', async () => {
    rig.hubspot.portal(PORTAL).deleteProperty('contacts', 'payside_owed');
    for (const _time of [1, 2])
      expect(await of('fields')).toEqual(['warn', expect.stringContaining('contacts.payside_owed;'), 0]);
  });

  it('is made again by --repair alone, once', async () => {
    rig.hubspot.portal(PORTAL).deleteProperty('contacts', 'payside_owed');
    expect(await of('fields', ['--repair'])).toEqual(['warn', expect.stringContaining('1 were gone'), 0]);
    expect(await of('fields', ['--repair'])).toEqual(['ok', 'all there', 0]);
  });
});

describe('a store that is not there', () => {
  const at = async (folder: string): Promise<[number, unknown]> => {
    const { code, checks } = await doctor([], { STORE_URL: `embedded:${folder}` });
    expect(checks[0]).toEqual({ name: 'settings', about: null, state: 'ok', says: 'complete' });
    return [code, checks.slice(1)];
  };

  it('keeps nothing yet before the first start, which is no failure', async () => {
    const folder = join(rig.folder, 'elsewhere');
    const says = expect.stringMatching(new RegExp(`nothing is kept yet.*${folder}`));
    expect(await at(folder)).toEqual([0, [{ name: 'store', about: null, state: 'warn', says }]]);
  });

  it('fails where there was one', async () => {
    const folder = join(rig.folder, 'lost');
    await mkdir(folder);
    await writeFile(join(folder, 'installed'), '');
    const says = expect.stringContaining(folder);
    expect(await at(folder)).toEqual([1, [{ name: 'store', about: null, state: 'failed', says }]]);
  });
});
