// What an operator types: it reaches the running connector, does without one, and says what it cannot do.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newPerson, openInvoice, rowsOf, type Place } from '../billing/scene.ts';
import { propertiesWhen, startRig, waitFor, type Rig } from './rig.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let rig: Rig;
let at: Place;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());

type Said = { code: number; out: string; problem: string };

const typed = (...words: string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, '--env', rig.envFile, ...words], (error, out, problem) =>
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), problem: problem.trim() }),
    );
  });

type Letter = { letter: string; workspaceId: string; kind: string; reason: string; at: string };

async function listed(): Promise<Letter[]> {
  const { out } = await typed('dead-letters', 'list', '--json');
  return (JSON.parse(out) as { deadLetters: Letter[] }).deadLetters;
}

const socket = (): string => join(rig.folder, 'data', 'control.sock');
const owed = () =>
  propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, ({ payside_owed: value }) => Number(value) > 0);

/** A record whose fields HubSpot refused. @returns the name of the dead letter */
async function refused(): Promise<string> {
  const before = new Set((await listed()).map(({ letter }) => letter));
  rig.hubspot.faults.arm('crm-refuses', 1_000, 0);
  at = newPerson(rig);
  await openInvoice(rig, at);
  const found = await waitFor('a dead letter of the record', async () =>
    (await listed()).find(({ letter }) => !before.has(letter) && letter.endsWith(`|${at.recordId}`)),
  );
  rig.hubspot.faults.clear();
  return found.letter;
}

describe('dead letters', () => {
  let letter: string;
  beforeEach(async () => {
    letter = await refused();
  });
  afterEach(() => typed('dead-letters', 'redrive', '--all'));

  it('are listed by the running connector, for tools and for people', async () => {
    const found = (await listed()).find((one) => one.letter === letter);
    expect(found).toMatchObject({ reason: expect.stringContaining('refused by a validation rule') });
    const { code, out } = await typed('dead-letters', 'list');
    expect(code).toBe(0);
    expect(out).toContain(`${letter}  `);
    expect(out).toContain('refused by a validation rule');
  });

  it('are tried again by name, once, and leave an audit row', async () => {
    const { code, out } = await typed('dead-letters', 'redrive', letter, 'outbox:nobody', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { redriven: [letter], unknown: ['outbox:nobody'] }]);
    await owed();
    expect((await listed()).some((one) => one.letter === letter)).toBe(false);
    const again = await typed('dead-letters', 'redrive', letter);
    expect(again.out.split('\n')).toEqual(['0 tried again', `not among the dead letters: ${letter}`]);
    const id = letter.slice('outbox:'.length);
    const rows = await rowsOf(rig, `SELECT actor, action, before FROM audit WHERE action = 'redrive'`);
    expect(rows.filter(({ before }) => String(before).includes(id))).toMatchObject([{ actor: 'operator' }]);
  });

  it('are listed and tried again where no connector runs, and written once it does', async () => {
    await rig.stopConnector();
    expect(existsSync(socket())).toBe(false);
    expect((await listed()).map((one) => one.letter)).toContain(letter);
    expect((await typed('dead-letters', 'redrive', '--all')).code).toBe(0);
    expect(await listed()).toEqual([]);
    await rig.startConnector();
    await owed();
  });
});

describe('the socket', () => {
  it('is for the connector’s own user alone', () => {
    expect(statSync(socket()).mode & 0o777).toBe(0o600);
  });

  it('that a killed connector left behind stands in nobody’s way', async () => {
    await rig.stopConnector();
    const killed = spawn(process.execPath, [CLI, '--env', rig.envFile, 'serve'], { stdio: 'ignore' });
    await waitFor('the connector to be ready', async () =>
      (await fetch(`${rig.url}/readyz`).catch(() => null))?.ok && existsSync(socket()) ? true : undefined,
    );
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(socket())).toBe(true);
    expect(await listed()).toEqual([]);
    await rig.startConnector();
    expect(await listed()).toEqual([]);
  });
});

describe('what cannot be done', () => {
  it.each([
    ['a command nobody knows', ['dead-letters', 'burn'], 2, 'usage: payside'],
    ['no command', [], 2, 'dead-letters list'],
    ['an option nobody knows', ['dead-letters', 'list', '--all'], 2, '--all'],
    ['to redrive nothing by name', ['dead-letters', 'redrive'], 1, 'say --all'],
    ['to redrive all and one', ['dead-letters', 'redrive', 'outbox:a', '--all'], 1, 'say --all'],
  ])('%s is said, with the code of what went wrong', async (_name, words, code, says) => {
    const said = await typed(...words);
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.problem).toContain(says);
  });

  it('makes no store where there is none', async () => {
    const folder = join(rig.folder, 'elsewhere');
    const env = { ...process.env, STORE_URL: `embedded:${folder}` };
    const child = execFile(process.execPath, [CLI, '--env', rig.envFile, 'dead-letters', 'list'], { env });
    let problem = '';
    child.stderr?.on('data', (chunk) => (problem += String(chunk)));
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(problem).toContain(`there is no store in ${folder}`);
    expect(existsSync(folder)).toBe(false);
  });
});
