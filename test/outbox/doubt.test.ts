// A write whose answer never came: whatever the CRM does late, its records end where the ledger is.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LATE_MS } from '../../src/store/store.ts';
import { portalSeed } from '../crms/hubspot/rig.ts';
import {
  customerFact,
  invoiceFact,
  linkFact,
  LIVE,
  ONE,
  startOutboxWorld,
  WORKSPACE,
  type OutboxWorld,
} from './world.ts';

let world: OutboxWorld;
beforeEach(async () => {
  world = await startOutboxWorld({ timeoutMs: 1_500, portals: [portalSeed(ONE)], mirrors: false });
});
afterEach(() => world.close());

const door = () => world.rig.hubspot.portal(ONE);
/** @param from part of the first call that is hit */
const arm = (kind: string, from?: string): void => world.rig.hubspot.faults.arm(kind, 1, 0, from);
const owed = (id: string) => door().properties('contacts', id)?.['payside_owed'];
const [UPDATE, READ] = ['contacts/batch/update', 'contacts/batch/read'];

async function payer(name: string): Promise<string> {
  const id = door().create('contacts', { email: `${name}@acorn.test` });
  await world.post(WORKSPACE, [
    customerFact(name),
    linkFact(name, { portal: ONE, objectType: 'contacts', id }),
  ]);
  return id;
}

const owes = (name: string, amountMinor: number, number = 1) =>
  world.post(WORKSPACE, [
    invoiceFact(`in_${name}`, name, amountMinor, { remainingMinor: amountMinor }, { number }),
  ]);

/** Moves time on until what was postponed is due, and delivers it. */
async function later(ms = 3_001): Promise<void> {
  world.rig.clock.advance(ms);
  await world.flush();
}

/** Calls since the last look. */
function calls(): string[] {
  const made = world.calls();
  world.forgetCalls();
  return made;
}

/** A payer of whom the CRM was told, and did not answer. */
async function untold(name = 'ada'): Promise<string> {
  const id = await payer(name);
  await owes(name, 10_000);
  arm('late');
  await world.flush();
  expect(calls()).toEqual([]);
  return id;
}

const waiting = async (): Promise<number> => (await world.store.counts()).outbox;

describe('an old state that lands after a newer one', () => {
  it('is found once nothing can land any more, and the newer one stands', async () => {
    const id = await untold();
    await owes('ada', 0, 2);
    await later();
    expect([owed(id), calls()]).toEqual(['0.00', [READ, UPDATE]]);
    expect(await world.rig.hubspot.land()).toBe(1);
    expect(owed(id)).toBe('100.00');
    await later(LATE_MS);
    expect([owed(id), calls()]).toEqual(['0.00', [READ, UPDATE]]);
    expect(await waiting()).toBe(0);
    await later(9 * LATE_MS);
    expect(calls()).toEqual([]);
  });

  it('costs one look where it did not land', async () => {
    const id = await untold();
    await owes('ada', 0, 2);
    await later();
    calls();
    await later(LATE_MS);
    expect([owed(id), calls(), await waiting()]).toEqual(['0.00', [READ], 0]);
  });

  it('of one that was tried again meanwhile is found as well', async () => {
    const id = await untold();
    await later();
    expect([owed(id), calls(), await waiting()]).toEqual(['100.00', [UPDATE], 0]);
    await owes('ada', 0, 2);
    await later();
    expect([owed(id), calls()]).toEqual(['0.00', [READ, UPDATE]]);
    await world.rig.hubspot.land();
    await later(LATE_MS);
    expect([owed(id), await waiting()]).toEqual(['0.00', 0]);
  });

  it('that landed before the newer one went is written over', async () => {
    const id = await untold();
    await world.rig.hubspot.land();
    await owes('ada', 4_000, 2);
    await later();
    expect([owed(id), calls()]).toEqual(['40.00', [READ, UPDATE]]);
  });

  it('after a process that was killed in the middle is found by the next', async () => {
    const id = await payer('ada');
    await owes('ada', 10_000);
    const lease = 60_000;
    const now = world.rig.clock.now();
    expect(await world.store.claimDeliveries(world.installation(ONE), now, 10, lease)).toHaveLength(1);
    await owes('ada', 0, 2);
    await later(lease);
    expect([owed(id), calls()]).toEqual(['0.00', [READ, UPDATE]]);
    door().update('contacts', id, { payside_owed: '100.00' });
    await later(LATE_MS);
    expect([owed(id), await waiting()]).toEqual(['0.00', 0]);
  });
});

describe('reading back', () => {
  it('is one call for a hundred records, and so is the last look', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await payer(name));
    arm('late');
    await world.flush();
    for (const name of names) await owes(name, 5_000);
    await later();
    expect(calls()).toEqual([READ, UPDATE]);
    await later(LATE_MS);
    expect(calls()).toEqual([READ]);
    expect(ids.map(owed)).toEqual(ids.map(() => '50.00'));
    expect(await waiting()).toBe(0);
  });

  it('asks only about what is in doubt; the rest of the batch goes along in one call', async () => {
    const ada = await untold();
    await owes('ada', 0, 2);
    const bob = await payer('bob');
    await owes('bob', 7_000);
    await later();
    const asked = world.rig.hubspot.calls.map(({ path, body }) => [
      path.split('/').at(-1),
      (JSON.parse(body) as { inputs: object[] }).inputs.length,
    ]);
    expect(asked).toEqual([
      ['read', 1],
      ['update', 2],
    ]);
    expect([owed(ada), owed(bob)]).toEqual(['0.00', '70.00']);
  });

  it('sends nothing where the CRM shows it already, in whatever form', async () => {
    const id = await untold();
    await world.rig.hubspot.land();
    door().update('contacts', id, { payside_owed: '40.0', payside_owed_text: 'EUR 40.00' });
    await owes('ada', 4_000, 2);
    await later();
    expect([owed(id), calls()]).toEqual(['40.0', [READ]]);
    await later(LATE_MS);
    expect([owed(id), calls(), await waiting()]).toEqual(['40.0', [READ], 0]);
  });

  it('that is not answered lets nothing newer go, and is no try by itself', async () => {
    const id = await untold();
    await owes('ada', 0, 2);
    arm('status-503');
    await later();
    expect([owed(id), calls()]).toEqual([undefined, [READ]]);
    await later(10_000);
    expect([owed(id), calls()]).toEqual(['0.00', [READ, UPDATE]]);
    await later(LATE_MS);
    expect([calls(), await waiting()]).toEqual([[READ], 0]);
  });
});

describe('an answer that leaves a record out', () => {
  it('leaves that one in doubt, and sends the others once', async () => {
    const ids = [await payer('ada'), await payer('bob'), await payer('cleo')];
    arm('left-out');
    await world.flush();
    expect([calls(), await waiting()]).toEqual([[UPDATE, READ], 1]);
    await later();
    const sent = world.rig.hubspot.calls.flatMap(
      ({ body }) => (JSON.parse(body) as { inputs: { id: string }[] }).inputs,
    );
    expect(sent).toHaveLength(1);
    expect(await waiting()).toBe(0);
    expect(ids.map(owed)).toEqual(['0.00', '0.00', '0.00']);
  });
});

describe('a record that took over another', () => {
  it('says what it should although what was sent to the other was written to it', async () => {
    const [old, kept] = [await payer('ada'), await payer('bob')];
    const both = { portal: ONE, objectType: 'contacts', id: kept } as const;
    await world.post(WORKSPACE, [linkFact('ada', both)]);
    await owes('ada', 10_000);
    await owes('bob', 5_000);
    await world.drain();
    expect([owed(old), owed(kept)]).toEqual(['100.00', '150.00']);
    const left = door().merge('contacts', kept, old, { redirect: true, newId: false });
    // Of the fields of both, only those of the other change: what it says of itself was delivered long ago.
    await world.store.offerAgain(
      WORKSPACE,
      [`${world.installation(ONE)}|contacts|${old}`],
      world.rig.clock.now(),
    );
    await later();
    expect(owed(left)).toBe('100.00');
    await later();
    expect(owed(left)).toBe('150.00');
    await world.drain();
    expect(owed(left)).toBe('150.00');
  });
});

describe('a copy of an invoice', () => {
  const shown = async (kind: string) => {
    const response = await fetch(`${world.rig.hubspot.url}/_sandbox/objects/${kind}`);
    return (await response.json()) as {
      properties: Record<string, string>;
      associations: Record<string, { id: string }[]>;
    }[];
  };

  beforeEach(async () => {
    await world.close();
    world = await startOutboxWorld({ timeoutMs: 1_500, portals: [portalSeed(ONE)], mirrors: true });
  });

  const due = async () => (await shown('invoices')).map(({ properties }) => properties['payside_due']);

  it('is made once and right in the end when the first one lands after a newer one', async () => {
    await payer('ada');
    await world.drain();
    await owes('ada', 10_000);
    arm('late', 'invoices/batch/upsert');
    await later();
    await later(10_000);
    expect(await due()).toEqual(['100.00']);
    await owes('ada', 2_500, 2);
    calls();
    await later();
    expect([await due(), calls()]).toEqual([
      ['25.00'],
      [UPDATE, 'invoices/batch/read', 'invoices/batch/upsert'],
    ]);
    expect(await world.rig.hubspot.land()).toBe(1);
    expect(await due()).toEqual(['100.00']);
    await later(LATE_MS);
    expect(await due()).toEqual(['25.00']);
    expect((await shown('invoices'))[0]?.properties).toMatchObject({ payside_id: `${LIVE}:in_ada` });
    expect(await waiting()).toBe(0);
  });

  it('is linked with whom it is for in the end, when a link lands after it was given up', async () => {
    const ada = await payer('ada');
    const bob = door().create('contacts', { email: 'bob@acorn.test' });
    await owes('ada', 10_000);
    const to = (id: string) => ({ portal: ONE, objectType: 'contacts', id }) as const;
    const moves = (from: string, onto: string, number: number) =>
      world.post(WORKSPACE, [
        linkFact('ada', to(from), { number, active: false }),
        linkFact('ada', to(onto), { number }),
      ]);
    const people = async () =>
      (await shown('invoices')).flatMap(({ associations }) =>
        (associations['contacts'] ?? []).map(({ id }) => id),
      );
    await moves(ada, bob, 5);
    await world.drain();
    expect(await people()).toEqual([bob]);
    await moves(bob, ada, 6);
    arm('late', 'invoices/contacts/batch/associate');
    await later();
    await moves(ada, bob, 7);
    await later(10_000);
    expect(await world.rig.hubspot.land()).toBe(1);
    expect((await people()).sort()).toEqual([ada, bob].sort());
    await later(LATE_MS);
    expect(await people()).toEqual([bob]);
    expect(await waiting()).toBe(0);
  });
});
