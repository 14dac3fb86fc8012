// CRM tokens while a refresh is on its way: one at a time, and never over what a new install brought.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Crm, Tokens } from '../../src/crms/crm.ts';
import { createHubspotCrm } from '../../src/crms/hubspot/index.ts';
import { crmRejected, reauthRequired } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { renewingCrm } from '../../src/workspaces/renewal.ts';
import { createTokens, sealTokens, type CrmTokens } from '../../src/workspaces/tokens.ts';
import { installation, later, NOW } from '../store/samples.ts';

const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);
const clock = { now: () => NOW };
const OWNER = { id: 'inst_1', workspaceId: 'ws_1' };
const ENDED = later(-1_000).toISOString();
const FRESH = later(1_800_000).toISOString();

const tokens = (name: string, expiresAt = FRESH): Tokens => ({
  access: `access ${name}`,
  refresh: `refresh ${name}`,
  expiresAt,
});

let folder: string;
let store: Store;
let asked: string[];
let answer: (refreshToken: string) => Promise<Tokens>;
let made: CrmTokens;

const nowhere = 'http://127.0.0.1:9';
const hubspot = createHubspotCrm(
  {
    apiBase: nowhere,
    appBase: nowhere,
    clientId: 'a',
    clientSecret: 'b',
    redirectUri: nowhere,
    publicBaseUrl: nowhere,
  },
  clock,
);
const crm = (): Crm => ({
  ...hubspot,
  refresh(token) {
    asked.push(token);
    return answer(token);
  },
});

const save = (given: Tokens) =>
  store.saveInstallation(installation({ ...OWNER, tokens: sealTokens(secrets, OWNER, given) }));
const stored = async () => (await store.installations())[0];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-tokens-'));
  store = await openEmbeddedStore(folder);
  asked = [];
  const directory = createDirectory(store);
  made = createTokens({ store, clock, log: createLog('silent'), secrets, directory, crmOf: crm });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('a token that has ended', () => {
  it('is renewed once for everybody who asks, and saved before it is used', async () => {
    await save(tokens('old', ENDED));
    answer = async () => tokens('new');
    const connections = await Promise.all([1, 2, 3].map(() => made.connectionFor('inst_1')));
    expect(connections.map(({ accessToken }) => accessToken)).toEqual([
      'access new',
      'access new',
      'access new',
    ]);
    expect(asked).toEqual(['refresh old']);
    expect((await made.connectionFor('inst_1')).accessToken).toBe('access new');
    expect(asked).toHaveLength(1);
  });

  it('refused for good ends the installation and leaves nothing to decrypt', async () => {
    await save(tokens('old', ENDED));
    answer = () => Promise.reject(reauthRequired());
    await expect(made.connectionFor('inst_1')).rejects.toMatchObject({ code: 'reauth_required' });
    expect(await stored()).toMatchObject({ state: 'uninstalled', tokens: null });
    await expect(made.connectionFor('inst_1')).rejects.toMatchObject({ code: 'reauth_required' });
    expect(asked).toHaveLength(1);
  });

  it('refused while the app is installed again leaves the new tokens in place', async () => {
    await save(tokens('old', ENDED));
    answer = async () => {
      await save(tokens('of the new install'));
      throw reauthRequired();
    };
    await expect(made.connectionFor('inst_1')).rejects.toMatchObject({ code: 'reauth_required' });
    expect((await stored())?.state).toBe('installed');
    expect((await made.connectionFor('inst_1')).accessToken).toBe('access of the new install');
  });

  it('renewed while the app is installed again does not replace the new tokens', async () => {
    await save(tokens('old', ENDED));
    answer = async () => {
      await save(tokens('of the new install'));
      return tokens('late');
    };
    await made.connectionFor('inst_1');
    expect((await made.connectionFor('inst_1')).accessToken).toBe('access of the new install');
  });
});

describe('a call whose token was refused', () => {
  const called: string[] = [];
  const refusing = (error: () => Error): Crm => ({
    ...hubspot,
    users(connection) {
      called.push(connection.accessToken);
      if (connection.accessToken === 'access old') return Promise.reject(error());
      return Promise.resolve([]);
    },
  });
  beforeEach(() => void called.splice(0));

  it('is made once more with a renewed token', async () => {
    await save(tokens('old'));
    answer = async () => tokens('new');
    const guarded = renewingCrm(refusing(reauthRequired), made.renewed);
    expect(await guarded.users(await made.connectionFor('inst_1'))).toEqual([]);
    expect(called).toEqual(['access old', 'access new']);
  });

  it('takes the token that somebody else renewed meanwhile', async () => {
    await save(tokens('old'));
    const connection = await made.connectionFor('inst_1');
    await save(tokens('newer'));
    await renewingCrm(refusing(reauthRequired), made.renewed).users(connection);
    expect(called).toEqual(['access old', 'access newer']);
    expect(asked).toEqual([]);
  });

  it('is not made again for any other refusal', async () => {
    await save(tokens('old'));
    const guarded = renewingCrm(refusing(crmRejected), made.renewed);
    await expect(guarded.users(await made.connectionFor('inst_1'))).rejects.toMatchObject({
      code: 'crm_rejected',
    });
    expect(called).toEqual(['access old']);
    expect(asked).toEqual([]);
  });
});
