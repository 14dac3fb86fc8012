// Rows that aim at one thing: the smallest run in which a known mistake would show.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitFor } from '../../sandbox/world/wait.ts';
import { arranged, endStage, play, setStage, type Crm } from './bout.ts';
import { deliver } from './door.ts';
import { operate } from './desk.ts';
import { FLOWS, newScene, type Flow, type Scene } from './flows.ts';
import type { FaultKind, Leg, Plan } from './gate.ts';
import { startGround, type Ground } from './ground.ts';
import type { Finding } from './oracle.ts';
import { VISA } from './payer.ts';
import { countsOf, quiet } from './quiet.ts';
import { emptyResult, type Result } from './result.ts';
import type { StoreName } from './stores.ts';
import { everyMerchant } from './tenants.ts';

export type Directed = { name: string; says: string; play(store: StoreName): Promise<Result> };

const flowNamed = (name: string): Flow => {
  const flow = FLOWS.find((one) => one.name === name);
  if (!flow) throw new Error(`no flow ${name}`);
  return flow;
};

const noFault: Plan = () => undefined;

/** The first so many requests that fit meet a fault. */
function firstOn(leg: Leg, kind: FaultKind, times = 1, path = ''): Plan {
  const met = { times: 0 };
  return (passing) => {
    if (passing.leg !== leg || !passing.path.includes(path) || met.times >= times) return undefined;
    met.times += 1;
    return kind;
  };
}

type Script = (ground: Ground, scene: Scene, flow: Flow) => Promise<Finding[]>;

const row = (
  name: string,
  says: string,
  flowName: string,
  script: Script,
  crm: Crm = 'hubspot',
): Directed => ({
  name,
  says,
  async play(store) {
    const flow = flowNamed(flowName);
    const { ground, scenes } = await setStage(flow, { store, crm }, 1);
    const result = emptyResult();
    for (const scene of scenes)
      result.findings.push(...(await script(ground, scene, flow)).map((one) => ({ ...one, where: name })));
    result.points += 1;
    await endStage(ground, result, name);
    return result;
  },
});

const under =
  (plan: () => Plan): Script =>
  async (ground, scene, flow) =>
    (await play(ground, plan(), () => flow.act(scene))).findings;

/** The CRM refuses everything until two things have happened one after the other. */
const whileDown: Script = async (ground, scene, flow) => {
  const crm = { isDown: true, refused: 0 };
  const plan: Plan = ({ leg }) => {
    if (leg !== 'hubspot' || !crm.isDown) return undefined;
    crm.refused += 1;
    return 'error-500';
  };
  const refusedAfter = (count: number): Promise<true> =>
    waitFor('a refused write', () => (crm.refused > count ? true : undefined));
  const { findings } = await play(ground, plan, async () => {
    await flow.act(scene);
    await refusedAfter(0);
    await flow.act(scene);
    await ground.stripe.deliveriesIdle();
    await waitFor('the inbox to be empty', async () => (await countsOf(ground))?.inbox === 0 || undefined);
    crm.isDown = false;
  });
  return findings;
};

const together: Script = async (ground, scene, flow) =>
  (await play(ground, noFault, () => (flow.crowd ?? flow.act)(scene))).findings;

/** What a vendor's own stand-in does once. */
const vendorFault =
  (kind: string, ms = 0): Script =>
  async (ground, scene, flow) => {
    const at = scene.tenant.merchant.crm === 'hubspot' ? ground.hubspot : ground.salesforce;
    at.faults.arm(kind, 1, ms);
    const { findings } = await play(ground, noFault, () => flow.act(scene));
    if (at.faults.armed()[kind]?.count !== 0) throw new Error(`${kind} never took place`);
    return findings;
  };

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** A record the CRM refuses is given up with its reason, and is written once an operator has it tried again. */
const refusedRecord =
  (kind: string): Script =>
  async (ground, scene, flow) => {
    ground.hubspot.faults.arm(kind, 1, 0);
    ground.gate.follow(noFault);
    await flow.act(scene);
    const waiting = await quiet(ground);
    const given = (await countsOf(ground))?.dead ?? 0;
    const found: Finding[] = waiting === null ? [] : [{ verdict: 'stuck', what: waiting }];
    if (given !== 1) found.push({ verdict: 'lost', what: `a refusal was given up on ${given} times` });
    const words = ['--env', ground.envFile, 'dead-letters', 'redrive', '--all'];
    await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...words]);
    return [...found, ...(await play(ground, noFault, () => Promise.resolve())).findings];
  };

/** A rep types a card number where words belong. */
const typedCardNumber: Script = async (ground, scene) => {
  const line = { description: `card ${VISA.replace(/(.{4})/g, '$1 ')}`, quantity: 1, amount: '60.00' };
  const dueDate = '2040-01-31';
  const wish = { currency: scene.tenant.merchant.currency, lines: [line], dueDate, send: false };
  const ended = await operate(scene.tenant.desk, scene.asked.recordId, 'create-invoice', wish);
  const found = await play(ground, noFault, () => Promise.resolve());
  if (ended.code === 'card_number_refused') return found.findings;
  return [...found.findings, { verdict: 'leaked', what: 'a card number was taken for the words of a line' }];
};

/** Somebody who knows the address of a door, and no secret, says that money came. */
const forgedEvent: Script = async (ground, scene) => {
  const { account } = scene.tenant;
  const invoice = account.all('invoices').find(({ id }) => id === scene.invoiceId);
  const object = { ...invoice, status: 'paid', amount_paid: invoice?.total, amount_remaining: 0 };
  const secret = randomBytes(24).toString('hex');
  const { findings } = await play(ground, noFault, () =>
    deliver(ground, scene.tenant, { type: 'invoice.paid', object }, secret),
  );
  return findings;
};

const DRAIN_MS = 10_000;

const deployed: Script = async (ground, scene, flow) => {
  const took = { ms: 0 };
  const { findings } = await play(ground, noFault, async () => {
    const began = Date.now();
    const restarted = ground.connector.restart().then(() => {
      took.ms = Date.now() - began;
    });
    await Promise.all([flow.act(scene), restarted]);
  });
  return took.ms <= DRAIN_MS ? findings : [...findings, { verdict: 'stuck', what: `drained ${took.ms} ms` }];
};

/** Every merchant's rep at work at the same time, on customers with the same addresses. */
const everybody: Directed = {
  name: 'directed merchants at once',
  says: 'merchants with the same customers collect at the same time',
  async play(store) {
    const result = emptyResult();
    const flow = flowNamed('collect');
    const ground = await startGround({ merchants: everyMerchant(), store });
    const cast = ground.tenants.flatMap((tenant) => [newScene(ground, tenant), newScene(ground, tenant)]);
    const { scenes } = await arranged(ground, flow, cast);
    const acts = () => Promise.all(scenes.map((scene) => flow.act(scene)));
    const { findings } = await play(ground, noFault, acts);
    result.findings.push(...findings.map((one) => ({ ...one, where: everybody.name })));
    result.points += 1;
    await endStage(ground, result, everybody.name);
    return result;
  },
};

export const DIRECTED: readonly Directed[] = [
  everybody,
  row(
    'directed late events',
    'the first events of a dispute come after the last one',
    'dispute',
    under(() => firstOn('webhook', 'lost-request', 2)),
  ),
  row(
    'directed event twice',
    'every event comes twice',
    'collect',
    under(() => firstOn('webhook', 'twice', 1_000)),
  ),
  row(
    'directed killed after the acknowledgement',
    'the connector dies right after it has said that an event arrived',
    'refund',
    under(() => firstOn('webhook', 'kill-after')),
  ),
  row(
    'directed killed while an invoice was made',
    'the gateway has made an invoice and nobody heard of it',
    'collect',
    under(() => firstOn('stripe', 'kill-during', 1, '/v1/invoices')),
  ),
  row(
    'directed killed before the record',
    'the connector dies with a write to the CRM on its lips',
    'refund',
    under(() => firstOn('hubspot', 'kill-before', 1, '/batch/')),
  ),
  row('directed CRM down', 'the CRM is down, and more happens meanwhile', 'refund', whileDown),
  row(
    'directed answer cut',
    'answers break off in the middle',
    'refund',
    under(() => firstOn('salesforce', 'truncated', 3)),
    'salesforce',
  ),
  row('directed rivals', 'two people give the same credit back', 'return-credit', together),
  row('directed refunds in one second', 'two refunds in the same second', 'refund', together),
  row('directed dispute in one second', 'a dispute begins and ends in the same second', 'dispute', together),
  row('directed refused record', 'one record of a batch is refused', 'refund', refusedRecord('partial-207')),
  row('directed refused batch', 'a batch is refused as a whole', 'refund', refusedRecord('crm-refuses')),
  row('directed left out', 'an answer leaves a record out', 'refund', vendorFault('left-out')),
  row('directed rate limit', 'the CRM says wait', 'refund', vendorFault('rate-limited', 7_000)),
  row('directed session', 'a session ends early', 'refund', vendorFault('session-expired'), 'salesforce'),
  row('directed row lock', 'a record is locked', 'refund', vendorFault('unable-to-lock-row'), 'salesforce'),
  row('directed limit of a day', 'the calls of a day', 'refund', vendorFault('request-limit'), 'salesforce'),
  row('directed card number', 'a rep types a card number into words', 'collect', typedCardNumber),
  row('directed forged event', 'a stranger says that money came', 'void', forgedEvent),
  row('directed deployment', 'the connector is replaced while people work', 'collect', deployed),
];
