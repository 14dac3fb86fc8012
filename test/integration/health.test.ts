// What operators rely on: readiness, the description of the doors, limits, and a stop that breaks nothing off.
import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doorOf, event, invoiceBody, newPerson, outcomeOf, signed, type Place } from '../billing/scene.ts';
import { operationKinds } from '../../src/views/card-schema.ts';
import { startRig, waitFor, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
  at = newPerson(rig);
});
afterAll(() => rig.close());

describe('the description of the doors', () => {
  it('names every operation, and its schemas hold for what the doors really answer', async () => {
    const api = (await (await fetch(`${rig.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { requestBody?: { content: { 'application/json': { schema: object } } } }>
      >;
      components: { schemas: Record<string, object> };
    };
    expect(api.openapi).toBe('3.1.0');
    const ajv = new Ajv2020({
      strict: false,
      formats: { uuid: /^[0-9a-f-]{36}$/, date: /^\d{4}-\d\d-\d\d$/ },
    });
    const holds = (schema: object | undefined, value: unknown): boolean => {
      const check = ajv.compile(schema ?? false);
      if (check(value)) return true;
      throw new Error(ajv.errorsText(check.errors));
    };
    const body = invoiceBody(rig);
    const schema =
      api.paths['/api/v1/records/{objectType}/{recordId}/operations/create-invoice']?.['post']?.requestBody
        ?.content['application/json'].schema;
    expect(holds(schema, body)).toBe(true);
    expect(() => holds(schema, { ...body, discount: 1 })).toThrow(/additional/);
    const answer = await rig.operate('create-invoice', at, body);
    expect(holds(api.components.schemas['OperationAnswer'], answer.body)).toBe(true);
    const refused = await rig.operate('create-link', at, { currency: 'EUR', amount: '-1', description: 'x' });
    expect(holds(api.components.schemas['OperationAnswer'], refused.body)).toBe(true);
    const view = await rig.call(`/api/v1/records/contacts/${at.recordId}`);
    expect(holds(api.components.schemas['ViewAnswer'], view.body)).toBe(true);
    const wrong = await rig.call('/api/v1/operations/nothing');
    expect(holds(api.components.schemas['Error'], wrong.body)).toBe(true);
    const kinds = Object.keys(api.paths).flatMap((path) => /operations\/([a-z-]+)$/.exec(path)?.[1] ?? []);
    const view1 = await rig.view('contacts', at.recordId);
    expect(kinds).toEqual(expect.arrayContaining([...view1.actions]));
    expect(kinds.sort()).toEqual([...operationKinds].sort());
  });
});

it('says alive and ready, and nothing about what waits to whoever asks', async () => {
  expect(await (await fetch(`${rig.url}/healthz`)).json()).toEqual({ ok: true });
  expect(await (await fetch(`${rig.url}/readyz`)).json()).toEqual({ ok: true });
});

describe('on SIGTERM', () => {
  it('finishes what is under way, answers nobody with a 5xx, and ends within ten seconds', async () => {
    await rig.stopConnector();
    const child = serve(rig);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await waitFor(
      'the connector to be ready',
      async () => (await fetch(`${rig.url}/readyz`).catch(() => null))?.ok || undefined,
    );
    rig.stripe.faults.arm('slow-work', 4, 400);
    const asked = rig.operate('create-invoice', at, invoiceBody(rig));
    const load = flood(rig);
    await waitFor('the operation to be at the gateway', () =>
      (rig.stripe.faults.armed()['slow-work']?.count ?? 4) < 4 ? true : undefined,
    );
    const began = Date.now();
    child.kill('SIGTERM');
    expect(outcomeOf(await asked).state).toBe('done');
    expect(await ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    const statuses = await load();
    expect(statuses.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await rig.startConnector();
  });
});

function serve({ envFile }: Rig): ChildProcess {
  const bin = fileURLToPath(new URL('../../bin/payside.js', import.meta.url));
  return spawn(process.execPath, [bin, '--env', envFile, 'serve'], { stdio: 'ignore' });
}

/** Asks and delivers without a pause over kept connections until the door is shut. @returns the statuses that were answered */
function flood(world: Rig): () => Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const statuses: number[] = [];
  const send = (url: string, body?: string): Promise<boolean> =>
    new Promise((resolve) => {
      const headers = body === undefined ? {} : signed(world, body);
      const call = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
        statuses.push(answer.statusCode ?? 0);
        answer.resume().once('end', () => resolve(true));
      });
      call.once('error', () => resolve(false));
      call.end(body);
    });
  const door = doorOf(world);
  const unused = (): string => event(world, 'issuing_card.created', { id: 'ic_1', object: 'issuing.card' });
  const lane = async (ask: () => Promise<boolean>): Promise<void> => {
    while (await ask());
  };
  const asks = [() => send(`${world.url}/healthz`), () => send(door, unused())];
  const lanes = Promise.all([...asks, ...asks].map(lane));
  return async () => {
    await lanes;
    agent.destroy();
    return statuses;
  };
}

it('lets one address try the doors of installing and connecting only so often', async () => {
  const world = await startRig();
  const tries: [string, RequestInit][] = [
    ['/install/hubspot', {}],
    ['/oauth/hubspot/callback?state=guessed&code=guessed', {}],
    ['/connect/stripe', { method: 'POST', body: new URLSearchParams({ link: 'guessed' }) }],
  ];
  for (const [path, init] of tries) {
    const statuses: number[] = [];
    while (statuses.length < 200 && statuses.at(-1) !== 429)
      statuses.push((await fetch(world.url + path, { redirect: 'manual', ...init })).status);
    expect(statuses.length, path).toBeGreaterThan(5);
    expect(statuses.at(-1), path).toBe(429);
  }
  const refused = await fetch(`${world.url}/oauth/hubspot/callback`, { redirect: 'manual' });
  expect(refused.headers.get('retry-after')).toBe('60');
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
  await world.close();
});
