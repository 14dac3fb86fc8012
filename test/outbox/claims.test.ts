// What the outbox takes from the store: no more than the CRM may be sent now, each state about once, and nothing for ever.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPace } from '../../src/outbox/pace.ts';
import { desiredKey, type SummaryState } from '../../src/records/desired-state.ts';
import { digestOf } from '../../src/records/summary.ts';
import { portalSeed } from '../crms/hubspot/rig.ts';
import { commitOf } from '../store/samples.ts';
import {
  customerFact,
  invoiceFact,
  linkFact,
  ONE,
  startOutboxWorld,
  WORKSPACE,
  type OutboxWorld,
} from './world.ts';

let world: OutboxWorld;
/** Keys that were claimed, and how many were given back untried. */
let claimed: string[];
let givenBack: number;

async function start(callsPerTenSeconds?: number, mirrors = false): Promise<void> {
  const portals = [portalSeed(ONE)];
  world = await startOutboxWorld({ portals, mirrors, ...(callsPerTenSeconds ? { callsPerTenSeconds } : {}) });
  [claimed, givenBack] = [[], 0];
  const { claimDeliveries, releaseDeliveries } = world.store;
  world.store.claimDeliveries = async (...args) => {
    const taken = await claimDeliveries(...args);
    claimed.push(...taken.map(({ key }) => key));
    return taken;
  };
  world.store.releaseDeliveries = (keys) => {
    givenBack += keys.length;
    return releaseDeliveries(keys);
  };
}

beforeEach(() => start(22));
afterEach(() => world.close());

const door = () => world.rig.hubspot.portal(ONE);
const waiting = async (): Promise<number> => (await world.store.counts()).outbox;
const UPDATE = 'contacts/batch/update';

async function offer(count: number, from = 0): Promise<void> {
  const states = Array.from({ length: count }, (_, nth): SummaryState => {
    const id = door().create('contacts', { firstname: `C${from + nth}` });
    const record = { installationId: world.installation(ONE), objectType: 'contacts', recordId: id };
    const none = { owed: [], overdue: [], collected: [], lastPaymentAt: null, nextDue: null };
    return { record, presence: 'present', values: { ...none, status: 'open', nextInvoice: null } };
  });
  const desired = states.map((state) => ({ key: desiredKey(state), state, digest: digestOf(state) }));
  const at = world.rig.clock.now().toISOString();
  await world.store.commit(commitOf({ workspaceId: WORKSPACE, desired, at }));
}

/** Looks again and again, as the connector does, while its clock stands still but for what a second is. */
async function within(ms: number, until: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + ms;
  while (!(await until())) {
    if (performance.now() > end) throw new Error('it took too long');
    await world.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a burst under a limit of two calls a second', () => {
  it('is claimed once, a second’s worth at a time, and nothing of it is given back', async () => {
    await offer(1_000);
    await world.flush();
    expect([world.calls(), claimed.length]).toEqual([[UPDATE, UPDATE], 200]);
    await within(20_000, async () => {
      world.rig.clock.advance(100);
      return (await waiting()) === 0;
    });
    expect([world.calls().length, claimed.length, new Set(claimed).size]).toEqual([10, 1_000, 1_000]);
    expect(givenBack).toBe(0);
  }, 30_000);

  it('goes on as soon as there are calls again: no window is waited for', async () => {
    await offer(400);
    await world.flush();
    expect(world.calls()).toHaveLength(2);
    world.rig.clock.advance(1_000);
    await within(3_000, () => world.calls().length === 4);
    expect(await waiting()).toBe(0);
  });

  it('asks to be looked at again when its next calls are free', async () => {
    await offer(300);
    await world.flush();
    expect(world.again).toHaveLength(1);
    expect(world.again[0]).toBeGreaterThan(0);
    expect(world.again[0]).toBeLessThanOrEqual(1_001);
  });

  it('claims nothing while no call is free, also when it is looked at again', async () => {
    await offer(300);
    await world.flush();
    await world.flush();
    expect([world.calls().length, claimed.length, await waiting()]).toEqual([2, 200, 100]);
    expect(givenBack).toBe(0);
  });
});

describe('records that change while others fill batches', () => {
  it('are written once, with the last they say', async () => {
    await world.close();
    await start();
    await offer(150);
    await world.flush();
    expect([world.calls(), await waiting()]).toEqual([[UPDATE], 50]);
    await offer(50, 150);
    world.rig.clock.advance(3_001);
    await world.flush();
    expect([world.calls(), await waiting()]).toEqual([[UPDATE, UPDATE], 0]);
  });

  it('wait for no others once nothing fills a batch any more', async () => {
    await world.close();
    await start();
    await offer(150);
    await world.flush();
    world.rig.clock.advance(3_001);
    await world.flush();
    expect([world.calls(), await waiting()]).toEqual([[UPDATE, UPDATE], 0]);
  });
});

describe('calls for records of one kind', () => {
  beforeEach(async () => {
    await world.close();
    await start();
  });

  it('are under way three at once: the third leaves before the first is answered', async () => {
    await offer(400);
    const { faults } = world.rig.hubspot;
    faults.arm('delay', 3, 500, UPDATE);
    const flushed = world.flush();
    await expect.poll(() => faults.armed()['delay']?.count).toBe(0);
    expect(world.calls()).toEqual([]);
    await flushed;
    expect([world.calls().length, await waiting()]).toEqual([4, 0]);
  });

  it('end together where one fails: what others wrote is done, and what was not tried is given back', async () => {
    await offer(500);
    world.rig.hubspot.faults.arm('rate-limited', 1, 1_000);
    await world.flush();
    expect(world.calls()).toHaveLength(3);
    expect([await waiting(), givenBack]).toEqual([300, 200]);
    await world.drain();
    expect(await waiting()).toBe(0);
  });
});

describe('free calls', () => {
  it('are what is left of a second, and all of them when it is over', async () => {
    const pace = createPace();
    expect(await pace.free('inst_1', 44)).toEqual({ calls: 4, waitMs: 0 });
    for (let call = 0; call < 3; call += 1) expect(await pace.take('inst_1', 44)).toBe(0);
    expect(await pace.free('inst_1', 44)).toEqual({ calls: 1, waitMs: 0 });
    expect(await pace.free('inst_2', 44)).toEqual({ calls: 4, waitMs: 0 });
    await pace.take('inst_1', 44);
    const { calls, waitMs } = await pace.free('inst_1', 44);
    expect(calls).toBe(0);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1_000);
    await expect.poll(() => pace.free('inst_1', 44), { timeout: 3_000 }).toEqual({ calls: 4, waitMs: 0 });
  });
});

describe('people’s records while history is read', () => {
  const names = Array.from({ length: 120 }, (_, nth) => `p${nth}`);
  const ids = new Map<string, string>();
  /** A page says of each of these people that they owe one more invoice. */
  const page = (nth: number, of = names) =>
    world.post(
      WORKSPACE,
      of.map((name) => invoiceFact(`in_${nth}_${name}`, name, 1_000)),
      { history: true },
    );
  const owed = (name: string) => door().properties('contacts', ids.get(name)!)?.['payside_owed'];
  const updates = (): number => world.calls().filter((path) => path === UPDATE).length;
  const later = async (ms = 3_001): Promise<void> => {
    world.rig.clock.advance(ms);
    await world.flush();
  };

  beforeEach(async () => {
    await world.close();
    await start(undefined, true);
    for (const name of names) {
      const id = door().create('contacts', { email: `${name}@acorn.test` });
      ids.set(name, id);
      const to = { portal: ONE, objectType: 'contacts' as const, id };
      await world.post(WORKSPACE, [customerFact(name), linkFact(name, to)]);
    }
    await world.drain();
    world.forgetCalls();
  });

  it('wait for its end and are written once, and so are links, while what is copied goes', async () => {
    const links = (): number => world.calls().filter((path) => path.includes('associate')).length;
    for (let nth = 0; nth < 5; nth += 1) {
      await page(nth);
      await later();
    }
    expect([updates(), links()]).toEqual([0, 0]);
    expect(world.calls().filter((path) => path === 'invoices/batch/upsert').length).toBeGreaterThan(4);
    await world.store.endWait([world.installation(ONE)], world.rig.clock.now(), 1_000);
    await world.drain();
    expect([updates(), links()]).toEqual([2, 1]);
    expect(names.map(owed)).toEqual(names.map(() => '50.00'));
  });

  it('are written at once for whom something happens meanwhile', async () => {
    await page(0);
    await world.post(WORKSPACE, [invoiceFact('in_now', 'p7', 500)]);
    await later();
    expect([updates(), owed('p7'), owed('p8')]).toEqual([1, '15.00', '0.00']);
  });

  it('are written after five minutes whatever became of the history, and again for what it said since', async () => {
    await page(0);
    await later(299_000);
    expect([updates(), owed('p1')]).toEqual([0, '0.00']);
    await later(1_000);
    await later();
    await later();
    expect([updates(), owed('p1'), owed('p119')]).toEqual([2, '10.00', '10.00']);
    await page(1);
    await later(299_000);
    expect(updates()).toBe(2);
    await later(1_000);
    await later();
    expect(owed('p1')).toBe('20.00');
  });
});
