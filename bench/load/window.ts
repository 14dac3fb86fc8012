// One measured window of a receiver under load: warm first, long enough to be believed, its processor time beside its rate.
import { send } from './send.ts';
import type { Load } from './stream.ts';

/** Below this many requests V8 has not settled, and ratios come out flattered or damned. */
const WARM_EVENTS = 6_000;
const WINDOW_MS = 1_500;
/** As gateways tell an event again whose answer was lost. */
const AGAIN_EVERY = 20;

export type Receiver = {
  name: string;
  load: Omit<Load, 'events' | 'from' | 'connections'>;
  cpuMs: () => number;
  /** Resolves once everything sent has had its effect, which counts as well; left out where the answer is all of it. */
  applied?: () => Promise<void>;
};

export type Window = { events: number; perSecond: number; p99Ms: number; cpuUsPerEvent: number };

export type Measured = Receiver & { next: number; rate: number };

const CONNECTIONS = 16;

export async function warmed(receiver: Receiver): Promise<Measured> {
  const sent = await send({ ...receiver.load, connections: CONNECTIONS, events: WARM_EVENTS, from: 0 });
  await receiver.applied?.();
  return { ...receiver, next: WARM_EVENTS, rate: WARM_EVENTS / sent.ms };
}

/**
 * A window that was too short is thrown away and measured again, longer.
 * @param applied in the place of the receiver's own
 */
export async function measured(receiver: Measured, applied = receiver.applied): Promise<Window> {
  let events = Math.ceil(receiver.rate * WINDOW_MS * 1.2);
  for (;;) {
    const before = receiver.cpuMs();
    const load = {
      ...receiver.load,
      connections: CONNECTIONS,
      events,
      from: receiver.next,
      againEvery: AGAIN_EVERY,
    };
    const sent = await send(load);
    await applied?.();
    const cpuUsPerEvent = ((receiver.cpuMs() - before) * 1_000) / events;
    receiver.next += events;
    receiver.rate = events / sent.ms;
    if (sent.ms >= WINDOW_MS)
      return { events, perSecond: (events / sent.ms) * 1_000, p99Ms: sent.p99Ms, cpuUsPerEvent };
    events = Math.ceil(receiver.rate * WINDOW_MS * 1.2);
  }
}
