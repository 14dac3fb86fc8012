// Tokens and keys where several connectors share a database: one of them renews, the others take what it saved.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Crm, Tokens } from '../../src/crms/crm.ts';
import { reauthRequired } from '../../src/errors.ts';
import type { GatewayOAuth } from '../../src/gateways/gateway.ts';
import { createLog } from '../../src/log.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import type { Store } from '../../src/store/store.ts';
import { createAccountAccess, sealCredentials } from '../../src/workspaces/account-access.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { createTokens, sealTokens } from '../../src/workspaces/tokens.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { startSalesforceRig, type SalesforceRig } from '../crms/salesforce/rig.ts';
import { openInDatabase, openStore } from '../store/databases.ts';
import { account, installation, later, NOW } from '../store/samples.ts';

const KEY = randomBytes(32);
const secrets = createKeyRing([{ id: 'k1', key: KEY }]);
const clock = { now: () => NOW };
const log = createLog('silent');
const ENDED = later(-1_000).toISOString();
const FRESH = later(1_800_000).toISOString();
const OWNER = { id: 'inst_1', workspaceId: 'ws_1' };
const ACCOUNT = { id: 'acct_a', workspaceId: 'ws_1' };

let opened: Awaited<ReturnType<typeof openInDatabase>>;
let stores: Store[];

beforeEach(async () => {
  opened = await openInDatabase();
  stores = [opened.store, await openStore(opened.database.url)];
});
afterEach(async () => {
  await stores[1]?.close();
  await opened.close();
});

/** A token endpoint that rotates: a token is good once, and one that is used again ends them all. */
function rotating() {
  const state = { current: 'refresh 0', asked: 0, turn: 0, reused: 0 };
  return {
    state,
    refresh: async (token: string): Promise<Tokens> => {
      state.asked += 1;
      await waitFor(
        'the other process to ask as well, or to wait',
        async () => state.asked > 1 || (await opened.database.isWaiting()) || undefined,
      );
      if (token !== state.current) {
        state.reused += 1;
        state.current = 'none';
        throw reauthRequired();
      }
      state.turn += 1;
      state.current = `refresh ${state.turn}`;
      return { access: `access ${state.turn}`, refresh: state.current, expiresAt: FRESH };
    },
  };
}

const calls = <T>(of: readonly (() => Promise<T>)[]): Promise<T[]> =>
  Promise.all(Array.from({ length: 25 }, () => of.map((call) => call())).flat());

describe('a refresh token that is good once', () => {
  it('is used once by two processes with 25 calls each, and all of them get the new token', async () => {
    const { state, refresh } = rotating();
    const ended = { access: 'access 0', refresh: 'refresh 0', expiresAt: ENDED };
    await opened.store.saveInstallation(
      installation({ ...OWNER, tokens: sealTokens(secrets, OWNER, ended) }),
    );
    const processes = stores.map((store) => {
      const crmOf = (): Crm => ({ refresh }) as Partial<Crm> as Crm;
      return createTokens({ store, clock, log, secrets, directory: createDirectory(store), crmOf });
    });
    const connections = await calls(
      processes.map(
        ({ connectionFor }) =>
          () =>
            connectionFor('inst_1'),
      ),
    );
    expect(new Set(connections.map(({ accessToken }) => accessToken))).toEqual(new Set(['access 1']));
    expect(state).toMatchObject({ asked: 1, reused: 0 });
  });

  it('of a gateway account is used once by two processes as well', async () => {
    const { state, refresh } = rotating();
    const oauth = {
      refresh: async (token: string) => {
        const { access, refresh: next, expiresAt } = await refresh(token);
        return { accessToken: access, refreshToken: next, expiresAt };
      },
    } as Partial<GatewayOAuth> as GatewayOAuth;
    const ended = {
      kind: 'oauth',
      accessToken: 'access 0',
      refreshToken: 'refresh 0',
      expiresAt: ENDED,
    } as const;
    await opened.store.saveAccount(
      account({ ...ACCOUNT, credentials: sealCredentials(secrets, ACCOUNT, ended) }),
    );
    const processes = stores.map((store) =>
      createAccountAccess({ store, clock, log, secrets, directory: createDirectory(store), oauth }),
    );
    const connections = await calls(
      processes.map(
        ({ connectionFor }) =>
          () =>
            connectionFor('acct_a'),
      ),
    );
    const tokens = connections.map(({ credentials }) => credentials);
    expect(new Set(tokens.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ kind: 'oauth', accessToken: 'access 1' })]),
    );
    expect(state).toMatchObject({ asked: 1, reused: 0 });
  });
});

describe('fifty calls of two connector processes', () => {
  const SCRIPT = fileURLToPath(new URL('token-calls.ts', import.meta.url));
  let rig: SalesforceRig;
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    rig = await startSalesforceRig();
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rig.close();
  });

  const keep = ({ apiBase, ...tokens }: Tokens): Promise<void> =>
    opened.store.saveInstallation(
      installation({
        ...OWNER,
        crm: 'salesforce',
        portalId: rig.grant.portalId,
        ...(apiBase ? { apiBase } : {}),
        tokens: sealTokens(secrets, OWNER, tokens),
      }),
    );
  const env = () => ({
    PATH: process.env['PATH'],
    PUBLIC_BASE_URL: 'https://payside.example.com',
    ENCRYPTION_KEYS: `k1:${KEY.toString('base64')}`,
    SALESFORCE_CLIENT_ID: 'payside-test',
    SALESFORCE_CLIENT_SECRET: rig.clientSecret,
    SALESFORCE_LOGIN_BASE: rig.salesforce.url,
    STORE_URL: opened.database.url,
  });
  /** @returns what the process says next */
  const says = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0];
  const fifty = async (): Promise<unknown[]> => {
    children = [1, 2].map(() => fork(SCRIPT, [OWNER.id, '25'], { env: env() }));
    expect(await Promise.all(children.map(says))).toEqual(['ready', 'ready']);
    const answers = children.map(says);
    for (const child of children) child.send('go');
    return (await Promise.all(answers)).flat();
  };
  const family = async (): Promise<unknown> =>
    ((await (await fetch(`${rig.salesforce.url}/_sandbox/objects/tokens`)).json()) as unknown[])[0];
  const ALL_ANSWERED = Array.from({ length: 50 }, () => 'answered');

  it('with a token that has expired refresh it once at Salesforce, and use no token twice', async () => {
    await keep({ ...rig.grant.tokens, expiresAt: new Date(0).toISOString() });
    expect(await fifty()).toEqual(ALL_ANSWERED);
    expect(await family()).toMatchObject({ rotations: 1, reused: 0, ended: false });
  });

  it('whose session Salesforce has ended do the same', async () => {
    await keep(rig.grant.tokens);
    rig.org.expireSessions();
    expect(await fifty()).toEqual(ALL_ANSWERED);
    expect(await family()).toMatchObject({ rotations: 1, reused: 0, ended: false });
  });
});

describe('a new token', () => {
  it('is saved as soon as the database takes it, as the old one is used up', async () => {
    const holder = new Client({ connectionString: opened.database.url });
    await holder.connect();
    const refresh = async (): Promise<Tokens> => {
      await holder.query('BEGIN; LOCK TABLE payside.document IN SHARE MODE');
      return { access: 'access 1', refresh: 'refresh 1', expiresAt: FRESH };
    };
    const ended = { access: 'access 0', refresh: 'refresh 0', expiresAt: ENDED };
    const store = await openStore(`${opened.database.url}?lock_timeout=200`);
    await store.saveInstallation(installation({ ...OWNER, tokens: sealTokens(secrets, OWNER, ended) }));
    const crmOf = (): Crm => ({ refresh }) as Partial<Crm> as Crm;
    const tokens = createTokens({ store, clock, log, secrets, directory: createDirectory(store), crmOf });
    const asked = tokens.connectionFor('inst_1');
    const waiting = (wanted: boolean) => async () =>
      (await opened.database.isWaiting()) === wanted || undefined;
    await waitFor('a first try', waiting(true));
    await waitFor('the first try to fail', waiting(false));
    await holder.end();
    expect((await asked).accessToken).toBe('access 1');
    const [saved] = await opened.store.installations();
    expect(secrets.open(saved!.tokens!.refresh, { workspaceId: 'ws_1', column: 'inst_1.refresh' })).toBe(
      'refresh 1',
    );
    await store.close();
  });
});
