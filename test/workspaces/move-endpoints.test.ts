// An endpoint moves to another API version while events come: none is rejected, however often the move is killed.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { sealCredentials } from '../../src/workspaces/account-access.ts';
import { sealWebhook, webhookSecrets } from '../../src/workspaces/accounts.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { createMoveEndpoints, type MoveDeps, type MoveWish } from '../../src/workspaces/move-endpoints.ts';
import { newCustomer } from '../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../contract/stripe-rig.ts';
import { openInFolder } from '../store/folders.ts';
import { account as sample } from '../store/samples.ts';

const OLD = '2019-05-16';
const OWNER = { id: 'ga_1', workspaceId: 'ws_1' };
const WISH: MoveWish = { account: null, isDry: false, retire: false, newSecret: false, overlapMs: 3_600_000 };
const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);

let rig: StripeRig;
let opened: Awaited<ReturnType<typeof openInFolder>>;
let door: Server;
let url: string;
/** What came to the door, by whether one of the account's secrets had signed it. */
let came: { id: string; version: string; isTaken: boolean }[];
let deps: MoveDeps;

const stored = async () => (await opened.store.accounts())[0]!;
const endpoints = () =>
  rig.at.all('webhook_endpoints').map(({ id, api_version: version }) => ({ id, version }));

beforeEach(async () => {
  rig = await stripeRig();
  opened = await openInFolder();
  came = [];
  door = createServer((req, res) => void serve(req, res)).listen(0, '127.0.0.1');
  await new Promise((resolve) => door.once('listening', resolve));
  url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  deps = {
    store: opened.store,
    clock: rig.clock,
    secrets,
    directory: createDirectory(opened.store),
    gateway: rig.gateway,
    accountConnection: async () => rig.connection,
    publicBaseUrl: url,
  };
  const made = rig.at.create('webhook_endpoints', {
    url: `${url}/webhooks/stripe/${OWNER.id}`,
    api_version: OLD,
    enabled_events: ['customer.created'],
  }) as unknown as { id: string; secret: string };
  const credentials = { kind: 'key', secretKey: rig.definition.restrictedKey } as const;
  await opened.store.saveAccount(
    sample({
      ...OWNER,
      credentials: sealCredentials(secrets, OWNER, credentials),
      webhook: { endpointId: made.id, secrets: [sealWebhook(secrets, OWNER, made.secret)] },
    }),
  );
});
afterEach(async () => {
  await rig.close();
  await opened.close();
  door.close();
});

async function serve(...[req, res]: Parameters<Parameters<typeof createServer>[1] & object>): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  const raw = Buffer.concat(parts);
  const signature = String(req.headers['stripe-signature']);
  const known = webhookSecrets(secrets, await stored());
  const { verified } = rig.gateway.verify(raw, signature, known, rig.clock.now());
  const { id, api_version: version } = JSON.parse(raw.toString()) as { id: string; api_version: string };
  came.push({ id, version, isTaken: verified });
  res.writeHead(verified ? 200 : 400).end();
}

/** Something happens at the gateway. @returns in which versions it was told */
async function happens(): Promise<string[]> {
  const before = new Set(rig.at.all('events').map(({ id }) => id));
  await newCustomer(rig);
  const event = rig.at.all('events').find(({ id }) => !before.has(id))!;
  await rig.standIn.deliveriesIdle();
  return came.filter(({ id }) => id === event.id).map(({ version }) => version);
}
const rejected = () => came.filter(({ isTaken }) => !isTaken);

const hours = (count: number): void => void rig.clock.advance(count * 3_600_000);
const run = (wish: Partial<MoveWish> = {}, on = deps) => createMoveEndpoints(on)({ ...WISH, ...wish });

describe('an endpoint of another version', () => {
  it('is only named by a dry run', async () => {
    const before = [endpoints(), await stored()];
    expect(await run({ isDry: true })).toMatchObject([{ account: 'ga_1', state: 'due', version: OLD }]);
    expect([endpoints(), await stored()]).toEqual(before);
  });

  it('tells beside its successor for a while, and is then retired', async () => {
    const { apiVersion } = rig.gateway;
    expect(await happens()).toEqual([OLD]);
    expect(await run()).toMatchObject([{ state: 'overlapping', version: OLD }]);
    expect(new Set(await happens())).toEqual(new Set([OLD, apiVersion]));
    expect(await run()).toMatchObject([{ state: 'overlapping' }]);
    hours(2);
    expect(await run()).toMatchObject([{ state: 'moved', overlapsSince: null }]);
    expect(await happens()).toEqual([apiVersion]);
    expect(await run()).toMatchObject([{ state: 'current', version: apiVersion }]);
    expect(endpoints()).toMatchObject([{ version: apiVersion }]);
    expect(webhookSecrets(secrets, await stored())).toHaveLength(1);
    expect(rejected()).toEqual([]);
  });

  it('is retired at once where an operator says so, though never by the run that made its successor', async () => {
    expect(await run({ retire: true })).toMatchObject([{ state: 'overlapping' }]);
    expect(await run({ retire: true })).toMatchObject([{ state: 'moved' }]);
    expect(endpoints()).toMatchObject([{ version: rig.gateway.apiVersion }]);
  });

  it('stays while its successor does not tell', async () => {
    await run();
    const { endpointId } = (await stored()).webhook!;
    rig.at.request('POST', `/v1/webhook_endpoints/${endpointId}`, { disabled: true });
    hours(2);
    expect(await run()).toMatchObject([{ state: 'failed', problem: expect.stringContaining('disabled') }]);
    expect(endpoints()).toHaveLength(2);
  });

  it('moves once where two operators ask at the same time', async () => {
    await Promise.all([run(), run()]);
    expect(endpoints()).toHaveLength(2);
    expect(await happens()).toHaveLength(2);
    expect(rejected()).toEqual([]);
  });

  it('leaves an account be whose events come to the address of the app', async () => {
    await opened.store.saveAccount({ ...(await stored()), webhook: null });
    expect(await run()).toMatchObject([{ state: 'app' }]);
    expect(endpoints()).toHaveLength(1);
  });
});

type Calls = Record<string, unknown>;

/** Everything a move does to the outside ends with the process at its n-th call, before it or right after it. */
function killedAt(nth: number, when: 'before' | 'after'): { deps: MoveDeps; wasKilled: () => boolean } {
  let count = 0;
  let isKilled = false;
  const cut = <T extends Calls>(port: T, names: readonly (keyof T)[]): T => {
    const calls = Object.fromEntries(
      names.map((name) => [
        name,
        async (...args: unknown[]) => {
          if (isKilled) throw new Error('nobody is there any more');
          count += 1;
          isKilled = count === nth;
          if (isKilled && when === 'before') throw new Error('killed');
          const answer = await (port[name] as (...given: unknown[]) => Promise<unknown>)(...args);
          if (isKilled) throw new Error('killed');
          return answer;
        },
      ]),
    );
    return { ...port, ...calls };
  };
  const gateway = cut(deps.gateway, ['webhooks', 'registerWebhook', 'renewWebhook', 'removeWebhook']);
  const store = cut(deps.store as unknown as Calls, ['saveAccount', 'audit']);
  return {
    deps: { ...deps, gateway, store: store as unknown as MoveDeps['store'] },
    wasKilled: () => isKilled,
  };
}

describe('a move that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s each of its calls goes on, and no event is rejected',
    async (when) => {
      let kills = 0;
      for (let nth = 1; ; nth += 1) {
        const broken = killedAt(nth, when);
        await run({ newSecret: true }, broken.deps);
        expect(await happens()).not.toEqual([]);
        hours(2);
        await run({}, broken.deps);
        expect(await happens()).not.toEqual([]);
        if (!broken.wasKilled()) break;
        kills += 1;
        for (let more = 0; more < 3; more += 1) {
          await run();
          hours(2);
          expect(await happens()).not.toEqual([]);
        }
        const { webhook } = await stored();
        expect(endpoints().map(({ id }) => id)).toEqual([webhook?.endpointId]);
        expect(webhook?.retiring).toBeUndefined();
      }
      expect(kills).toBe(10);
      expect(rejected()).toEqual([]);
    },
  );
});

describe('the signing secret', () => {
  it('is replaced without a gap: both sign for a while, then only the new one', async () => {
    await run();
    await run({ retire: true });
    const [before] = webhookSecrets(secrets, await stored());
    expect(await run({ newSecret: true })).toMatchObject([{ state: 'overlapping' }]);
    const [after, ...older] = webhookSecrets(secrets, await stored());
    expect([older, after === before]).toEqual([[before], false]);
    expect(await happens()).toHaveLength(2);
    hours(2);
    expect(await run({ newSecret: true })).toMatchObject([{ state: 'moved' }]);
    expect(webhookSecrets(secrets, await stored())).toEqual([after]);
    expect(await happens()).toHaveLength(1);
    expect(rejected()).toEqual([]);
  });
});
