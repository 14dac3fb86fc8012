// From posted facts to CRM records: the latest state of each, in few calls, through every way a call can fail.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/records/summary.ts';
import { desiredKey, type SummaryState } from '../../src/records/desired-state.ts';
import { commitOf } from '../store/samples.ts';
import {
  customerFact,
  invoiceFact,
  linkFact,
  ONE,
  startOutboxWorld,
  TWO,
  WORKSPACE,
  type OutboxWorld,
} from './world.ts';

let world: OutboxWorld;
beforeEach(async () => {
  world = await startOutboxWorld();
});
afterEach(() => world.close());

const door = (portal = ONE) => world.rig.hubspot.portal(portal);
const arm = (kind: string, count = 1, ms = 0): void => world.rig.hubspot.faults.arm(kind, count, ms);
const owed = (id: string, portal = ONE) => door(portal).properties('contacts', id)?.['payside_owed'];
const UPDATE = 'contacts/batch/update';

/** A payer of its own for a new contact. */
async function payer(name: string, portal = ONE): Promise<string> {
  const id = door(portal).create('contacts', { email: `${name}@acorn.test` });
  await world.post(WORKSPACE, [customerFact(name), linkFact(name, { portal, objectType: 'contacts', id })]);
  return id;
}

const owes = (name: string, amountMinor: number, number = 1) =>
  world.post(WORKSPACE, [
    invoiceFact(
      `in_${name}`,
      name,
      amountMinor,
      { paidMinor: number, remainingMinor: amountMinor },
      { number },
    ),
  ]);

const summary = (recordId: string, status: string): SummaryState => ({
  record: { installationId: world.installation(ONE), objectType: 'contacts', recordId },
  presence: 'present',
  values: {
    owed: [],
    overdue: [],
    collected: [],
    status,
    lastPaymentAt: null,
    nextDue: null,
    nextInvoice: null,
  },
});

describe('what is sent', () => {
  it('is the latest state of a record, once, whatever happened in between', async () => {
    const id = await payer('ada');
    for (const [number, amount] of [10_000, 7_500, 2_500].entries()) await owes('ada', amount, number + 1);
    await world.drain();
    expect(world.calls()).toEqual([UPDATE]);
    expect(owed(id)).toBe('25.00');
  });

  it('goes a hundred records in a call', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 250; index += 1) ids.push(await payer(`p${index}`));
    world.forgetCalls();
    await world.drain();
    expect(world.calls()).toEqual([UPDATE, UPDATE, UPDATE]);
  });

  it('is nothing at all for a thousand events that change nothing', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    await world.drain();
    world.forgetCalls();
    for (let index = 0; index < 1_000; index += 1) await owes('ada', 10_000);
    await world.drain();
    expect(world.calls()).toEqual([]);
    expect(owed(id)).toBe('100.00');
  });

  it('is nothing for test money, and nothing when a change was taken back in time', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    await world.drain();
    world.forgetCalls();
    await world.post(WORKSPACE, [invoiceFact('in_test', 'ada', 99_000, {}, { account: 'ga_test' })]);
    await owes('ada', 20_000, 2);
    await owes('ada', 10_000, 3);
    await world.drain();
    expect(world.calls()).toEqual([]);
    expect(owed(id)).toBe('100.00');
  });

  it('follows when something changes while a call is under way', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    arm('delay', 1, 60);
    const first = world.flush();
    await world.rig.hubspot.portal(ONE).properties('contacts', id);
    await owes('ada', 4_000, 2);
    await first;
    await world.drain();
    expect(owed(id)).toBe('40.00');
    expect(world.calls().filter((path) => path === UPDATE).length).toBeLessThanOrEqual(2);
  });
});

describe('what is rendered in another way from now on', () => {
  const link = (id: string) => door().properties('contacts', id)?.['payside_link'];
  const showLinks = (): void => {
    world.look.linkTo = ({ id }) => `https://pay.acorn.test/${id}`;
  };
  const offerAgain = async (): Promise<void> => {
    const states = await world.store.desiredAfter(WORKSPACE, '', 100);
    const keys = states.map(({ key }) => key);
    await world.store.offerAgain(WORKSPACE, keys, world.rig.clock.now());
  };

  it('is written once when it is offered again, and not by itself', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    await world.drain();
    world.forgetCalls();
    showLinks();
    await owes('ada', 10_000);
    await world.drain();
    expect([world.calls(), link(id) ?? '']).toEqual([[], '']);
    await offerAgain();
    await world.drain();
    await world.drain();
    expect([world.calls(), link(id)]).toEqual([[UPDATE], 'https://pay.acorn.test/in_ada']);
  });

  it('is written after what was under way', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    arm('delay', 1, 60);
    const before = world.rig.hubspot.calls.length;
    const first = world.flush();
    while ((await world.store.dueDeliveries([world.installation(ONE)], world.rig.clock.now(), 9)) > 0);
    showLinks();
    await offerAgain();
    await first;
    expect(world.rig.hubspot.calls.length).toBe(before + 1);
    await world.drain();
    expect(link(id)).toBe('https://pay.acorn.test/in_ada');
    expect(world.calls()).toEqual([UPDATE, UPDATE]);
  });

  it('is rendered as it is wanted when it is claimed, not when the look at the queue began', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    await world.drain();
    await owes('ada', 9_000, 2);
    const { claimDeliveries } = world.store;
    world.store.claimDeliveries = async (...args) => {
      showLinks();
      await offerAgain();
      world.store.claimDeliveries = claimDeliveries;
      return claimDeliveries(...args);
    };
    await world.drain();
    expect(link(id)).toBe('https://pay.acorn.test/in_ada');
  });
});

describe('a CRM that limits us', () => {
  it('is left alone until it said, and the other installations go on', async () => {
    const [ada, bob] = [await payer('ada'), await payer('bob', TWO)];
    const cleo = await payer('cleo');
    await owes('ada', 10_000);
    arm('rate-limited', 1, 7_000);
    await world.flush();
    const limited = world.calls(ONE).length === 1 ? ONE : TWO;
    await owes('bob', 5_000);
    await owes('cleo', 3_000);
    const before = { one: world.calls(ONE).length, two: world.calls(TWO).length };
    for (let second = 0; second < 6; second += 1) {
      world.rig.clock.advance(1_000);
      await world.flush();
    }
    const spared =
      limited === ONE ? world.calls(ONE).length - before.one : world.calls(TWO).length - before.two;
    expect(spared).toBe(0);
    await world.drain();
    expect([owed(ada), owed(bob, TWO), owed(cleo)]).toEqual(['100.00', '50.00', '30.00']);
  });

  it('does not hold up the installations that it does not limit', async () => {
    await payer('ada');
    await owes('ada', 10_000);
    arm('rate-limited', 1, 60_000);
    await world.flush();
    const bob = await payer('bob', TWO);
    await owes('bob', 5_000);
    await world.flush();
    expect(owed(bob, TWO)).toBe('50.00');
  });

  it('and has a hundred thousand writes waiting does not delay the single payment of another one', async () => {
    await world.close();
    world = await startOutboxWorld({ callsPerTenSeconds: 22 });
    for (let from = 0; from < 100_000; from += 5_000) {
      const states = Array.from({ length: 5_000 }, (_, index) => summary(String(1e7 + from + index), 'open'));
      const desired = states.map((state) => ({ key: desiredKey(state), state, digest: digestOf(state) }));
      await world.store.commit(commitOf({ workspaceId: WORKSPACE, desired }));
    }
    await world.outbox.run();
    const bob = await payer('bob', TWO);
    await owes('bob', 5_000);
    await world.flush();
    expect(owed(bob, TWO)).toBe('50.00');
    expect((await world.store.counts()).outbox).toBeGreaterThan(99_000);
  });

  it('is never asked more often than its limit allows', async () => {
    await world.close();
    world = await startOutboxWorld({ callsPerTenSeconds: 22 });
    for (let index = 0; index < 4; index += 1) {
      await payer(`one${index}`);
      const company = door().create('companies', { name: `Branch ${index}` });
      const deal = door().create('deals', { dealname: `Deal ${index}` });
      await world.post(WORKSPACE, [
        linkFact(`one${index}`, { portal: ONE, objectType: 'companies', id: company }),
        linkFact(`one${index}`, { portal: ONE, objectType: 'deals', id: deal }),
      ]);
    }
    await world.flush();
    expect(world.calls()).toHaveLength(2);
  });
});

describe('a CRM that fails', () => {
  it.each(['status-500', 'status-503', 'reset', 'reset-after'])(
    'is tried again after %s, and nothing is lost',
    async (kind) => {
      const id = await payer('ada');
      await owes('ada', 10_000);
      arm(kind);
      await world.flush();
      await owes('ada', 6_000, 2);
      await world.drain();
      expect(owed(id)).toBe('60.00');
      expect((await world.store.counts()).dead).toBe(0);
    },
  );

  it('and hangs holds up nobody else', async () => {
    await world.close();
    world = await startOutboxWorld({ timeoutMs: 1_500 });
    await payer('ada');
    arm('hang');
    const hanging = world.outbox.run();
    const bob = await payer('bob', TWO);
    await owes('bob', 5_000);
    await hanging;
    while (owed(bob, TWO) !== '50.00') await world.outbox.run();
    expect(world.lines.filter((line) => line.includes('crm_unavailable'))).toEqual([]);
    await world.outbox.settled();
    expect(world.lines.some((line) => line.includes('crm_unavailable'))).toBe(true);
  });
});

describe('a refusal', () => {
  it('of one record among many buries that one with the CRM’s own words, and the others are written once', async () => {
    const ids = Array.from({ length: 20 }, (_, index) =>
      door().create('contacts', { firstname: `C${index}` }),
    );
    const states = ids.map((id, index) => summary(id, index === 13 ? 'no such status' : 'open'));
    const desired = states.map((state) => ({ key: desiredKey(state), state, digest: digestOf(state) }));
    await world.store.commit(commitOf({ workspaceId: WORKSPACE, desired }));
    await world.drain();
    const written = ids.filter((id) => door().properties('contacts', id)?.['payside_status'] === 'open');
    expect(written).toEqual(ids.filter((_, index) => index !== 13));
    const letters = await world.store.deadLetters();
    expect(letters).toMatchObject([{ queue: 'outbox', id: desiredKey(states[13]!) }]);
    expect(letters[0]?.reason).toContain('no such status was not one of the allowed options');
    expect(world.calls().length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(20)) + 1);
  });

  it('of a part of a batch leaves the rest alone', async () => {
    const ids = [await payer('ada'), await payer('bob'), await payer('cleo')];
    arm('partial-207');
    await world.drain();
    const letters = await world.store.deadLetters();
    expect(letters).toMatchObject([{ queue: 'outbox', reason: 'A validation rule refused this record.' }]);
    expect(ids.filter((id) => owed(id) === '0.00')).toHaveLength(2);
    expect(world.calls().filter((path) => path === UPDATE)).toHaveLength(1);
  });
});

describe('a token that the CRM no longer takes', () => {
  it('stops every call after one try and keeps what waits', async () => {
    const ids = [await payer('ada'), await payer('bob')];
    await owes('ada', 10_000);
    arm('token-revoked');
    await world.flush();
    expect([...world.ended]).toEqual([world.installation(ONE)]);
    const asked = world.rig.hubspot.calls.length;
    for (let minute = 0; minute < 5; minute += 1) {
      world.rig.clock.advance(60_000);
      await owes('bob', 1_000 + minute, minute + 1);
      await world.flush();
    }
    expect(world.rig.hubspot.calls.length).toBe(asked);
    expect((await world.store.counts()).outbox).toBe(2);
    expect((await world.store.counts()).dead).toBe(0);
    expect(ids.map((id) => owed(id))).toEqual([undefined, undefined]);
  });
});

describe('a record that was merged', () => {
  it.each([true, false])(
    'is followed by those linked to it (old ids still resolve: %s)',
    async (redirect) => {
      const [old, kept] = [await payer('ada'), door().create('contacts', { email: 'ada.new@acorn.test' })];
      await world.drain();
      const survivor = door().merge('contacts', kept, old, { redirect });
      await owes('ada', 10_000);
      await world.drain();
      if (!redirect) {
        const [again] = await world.store.claimWork(['match'], world.rig.clock.now(), 10, 1_000);
        expect(again).toMatchObject({ payload: { id: 'ada' } });
        return;
      }
      expect(owed(survivor)).toBe('100.00');
      await owes('ada', 4_000, 2);
      await world.drain();
      expect(owed(survivor)).toBe('40.00');
    },
  );
});
