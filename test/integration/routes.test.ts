// The list of doors says what the running connector answers to: no door is missing, and none is made up.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startBackground } from '../../src/wiring/background.ts';
import { expressApp, webhookDoor } from '../../src/wiring/doors.ts';
import { furnish } from '../../src/wiring/house.ts';
import { OPERATOR_COMMANDS } from '../../src/wiring/operator.ts';
import { configuredRoutes } from '../../src/wiring/routes.ts';

const random = (prefix = ''): string => prefix + randomBytes(12).toString('hex');
const HUBSPOT = { HUBSPOT_CLIENT_ID: random(), HUBSPOT_CLIENT_SECRET: random() };
const SALESFORCE = { SALESFORCE_CLIENT_ID: random(), SALESFORCE_CLIENT_SECRET: random() };
const CONSENT = {
  STRIPE_SECRET_KEY: random('rk_test_'),
  STRIPE_PUBLISHABLE_KEY: random('pk_test_'),
  STRIPE_WEBHOOK_SECRET: random('whsec_'),
  STRIPE_CLIENT_ID: random('ca_'),
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function configWith(settings: Record<string, string>): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'payside-routes-'));
  closers.push(() => rm(folder, { recursive: true }));
  return loadConfig({
    PUBLIC_BASE_URL: 'https://payside.example.com',
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    STORE_URL: `embedded:${folder}`,
    LOG_LEVEL: 'silent',
    ...settings,
  });
}

async function openHouse(config: Config) {
  const house = await furnish({ config, clock: systemClock, log: createLog('silent') });
  closers.push(() => house.store.close());
  const background = startBackground(house);
  closers.push(() => background.stop());
  return { house, background };
}

/** What Express keeps of its routes and of routers within. */
const layerSchema = z.object({
  route: z.object({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional(),
  get handle(): z.ZodType<{ stack?: Layer[] | undefined }> {
    return z.custom<{ stack?: Layer[] | undefined }>((handle) => typeof handle === 'function');
  },
});
type Layer = z.infer<typeof layerSchema>;

const doorsIn = (stack: unknown): string[] =>
  z
    .array(layerSchema)
    .parse(stack)
    .flatMap(({ route, handle }) => {
      if (route) return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`);
      return handle.stack ? doorsIn(handle.stack) : [];
    });

/** Counts tries in front of the door of each gateway; opens nothing itself. */
const GUARD = 'POST /connect/:gateway';

const listed = async (config: Config): Promise<string[]> =>
  (await configuredRoutes(config)).map(({ method, path }) => `${method} ${path}`);

describe('the list of doors', () => {
  it.each([
    ['HubSpot alone', HUBSPOT],
    ['Salesforce alone', SALESFORCE],
    ['both CRMs and consent at the gateway', { ...HUBSPOT, ...SALESFORCE, ...CONSENT }],
  ])('names with %s every route of the running app, and no other', async (_what, settings) => {
    const config = await configWith(settings);
    const { house, background } = await openHouse(config);
    const running = doorsIn(expressApp(house, background).router.stack);
    expect(running).toContain(GUARD);
    const told = (await listed(config)).filter((door) => !door.includes(' /webhooks/'));
    expect(told.toSorted()).toEqual(running.filter((door) => door !== GUARD).toSorted());
  });

  it.each([
    ['HubSpot alone', HUBSPOT],
    ['Salesforce alone', SALESFORCE],
  ])('names with %s every address at which webhooks are heard', async (_what, settings) => {
    const config = await configWith(settings);
    const { house, background } = await openHouse(config);
    const door = webhookDoor(house, background);
    const server = createServer((req, res) => void door(req, res)).listen(0, '127.0.0.1');
    closers.push(async () => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const heard = async (path: string): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: '{}' })).status !== 404;
    const told = new Set(await listed(config));
    for (const path of ['stripe', 'stripe/:account', 'hubspot', 'salesforce'].map(
      (end) => `/webhooks/${end}`,
    ))
      expect([path, await heard(path.replace(':account', 'acct_0001'))]).toEqual([
        path,
        told.has(`POST ${path}`),
      ]);
  });

  it('says of each who comes in and what proves it, and of metrics where they are served', async () => {
    const config = await configWith({ ...HUBSPOT, METRICS_PORT: '9100' });
    const { result, text } = await OPERATOR_COMMANDS.get('routes')!.run(config, { words: [], options: {} });
    expect(result).toContainEqual({
      method: 'GET',
      path: '/metrics',
      who: expect.any(String),
      proof: expect.stringContaining('loopback'),
    });
    expect(text.split('\n')).toHaveLength((await listed(config)).length);
    expect(text).toMatch(/GET +\/api\/v1\/finance +.*HubSpot’s signature/);
  });
});
