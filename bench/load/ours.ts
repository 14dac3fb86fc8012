// The connector under load, twice in a round: as it is, and beside a CRM that asks for quiet, to tell applying from delivering.
import { waitFor } from '../../sandbox/world/wait.ts';
import { livesOf } from '../place/lives.ts';
import { openHubspot, type HubspotPlace } from '../place/hubspot.ts';
import type { Bill } from '../place/merchant.ts';
import { startConnector, type Connector } from '../processes/connector.ts';
import type { StoreKind } from '../stores.ts';
import { send } from './send.ts';
import { measured, warmed, type Measured, type Window } from './window.ts';

const PAYERS = 500;
/** Longer than an installation is left alone after failures. */
const PATIENCE_MS = 120_000;
const CONNECTIONS = 16;
const SOME = 400;

export type Ours = { place: HubspotPlace; connector: Connector; door: Measured };

/** A connector with a merchant of 500 payers, known to HubSpot, warmed up; it still has to deliver. @param inside modules loaded into it */
export async function openOurs(store: StoreKind, inside: string[] = []): Promise<Ours> {
  let bills: Bill[] = [];
  const place = await openHubspot({
    store,
    people: PAYERS,
    history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
  });
  try {
    // One of whom HubSpot knows nothing is told of under the names of the others.
    const [pattern, ...payers] = bills.toReversed();
    if (!pattern) throw new Error('nobody to bill');
    place.merchant.payQuietly(pattern);
    const load = livesOf(place.world, place.merchant, pattern, payers);
    await place.world.stopConnector();
    const connector = await startConnector(place.world.env, inside);
    const cpuMs = (): number => connector.cpuMs() + place.data.cpuMs();
    const door = await warmed({ name: 'ours', load, cpuMs, applied: place.applied });
    return { place, connector, door };
  } catch (error) {
    await place.close();
    throw error;
  }
}

export async function closeOurs({ place, connector }: Ours): Promise<void> {
  await connector.stop();
  await place.close();
}

export type OursWindow = Window & {
  /** Processor time of an event until it is in the ledger, in microseconds. */
  appliedUs: number;
};

/** Rate and delays are of a connector that delivers meanwhile, as it does; what an event costs, of one that does not. */
export async function measuredOurs(ours: Ours): Promise<OursWindow> {
  const { place, door } = ours;
  await delivering(ours, (status) => status < 300);
  const busy = await measured(door);
  place.hold();
  await delivering(ours, (status) => status === 429);
  const held = await measured(door);
  place.release();
  return { ...busy, appliedUs: held.cpuUsPerEvent };
}

/** Gives it something to deliver, and waits until HubSpot has answered so. */
export async function delivering({ place, door }: Ours, is: (status: number) => boolean): Promise<void> {
  place.forget();
  await send({ ...door.load, connections: CONNECTIONS, events: SOME, from: door.next });
  door.next += SOME;
  const isHeard = (): true | undefined =>
    place.world.hubspot.calls.some(({ path, status }) => path.startsWith('/crm/') && is(status)) || undefined;
  await waitFor('HubSpot to be called', isHeard, PATIENCE_MS);
  await place.applied();
}

/** What an event costs until HubSpot knows of it, from rest to rest, in microseconds. */
export async function deliveredUs({ place, door }: Ours): Promise<number> {
  await place.idle();
  return (await measured(door, place.idle)).cpuUsPerEvent;
}

const LIVES = 100;

/**
 * Kills the connector as soon as it says that everything is applied.
 * @returns how many of some payments are not in the ledger then, and how many there are
 */
export async function unapplied({ place, connector, door }: Ours): Promise<{ missing: number; of: number }> {
  place.hold();
  const events = LIVES * door.load.life.length;
  await send({ ...door.load, connections: CONNECTIONS, events, from: door.next });
  await place.applied();
  await connector.stop('SIGKILL');
  const rows = await place.data.look(`SELECT id FROM ledger_row WHERE entity = 'payment'`);
  const numbers = new Set(rows.map(({ id }) => Number(/x(\d+)$/.exec(String(id))?.[1])));
  const sent = Array.from({ length: LIVES }, (_, nth) => door.next + nth);
  return { missing: sent.filter((number) => !numbers.has(number)).length, of: LIVES };
}
