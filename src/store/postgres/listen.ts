// Hears when this process or another one has left something to do, and tells: at once, or when its time has come.
import { Client } from 'pg';
import { CHANNEL, settingsFor } from './connections.ts';

const RECONNECT_MS = 1_000;
/** What is due later than this is found by looking. */
const FURTHEST_MS = 15 * 60_000;

export type Listener = { onWork(tell: () => void): void; close(): Promise<void> };

export function createListener(url: string, onLost: () => void): Listener {
  const state: { client?: Client; alarm?: Alarm; again?: NodeJS.Timeout; isOpen: boolean } = { isOpen: true };
  const listen = async (alarm: Alarm): Promise<void> => {
    const client = new Client(settingsFor(url, 'payside_app'));
    state.client = client;
    let isLost = false;
    const lost = (): void => {
      if (isLost || !state.isOpen) return;
      isLost = true;
      onLost();
      state.again = setTimeout(() => void listen(alarm), RECONNECT_MS);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload = '' }) => alarm.set(payload.split(',').map(Number)));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      // What was left while nobody listened.
      alarm.set([Date.now()]);
    } catch {
      lost();
      await client.end().catch(() => undefined);
    }
  };
  return {
    onWork(tell) {
      state.alarm = createAlarm(tell);
      void listen(state.alarm);
    },
    async close() {
      state.isOpen = false;
      clearTimeout(state.again);
      state.alarm?.clear();
      await state.client?.end().catch(() => undefined);
    },
  };
}

type Alarm = { set(moments: readonly number[]): void; clear(): void };

/** Rings at every moment it was set to, once for all that have come. */
function createAlarm(ring: () => void): Alarm {
  const moments = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    if (moments.size === 0) return;
    timer = setTimeout(rings, Math.max(0, Math.min(...moments) - Date.now()));
  };
  const rings = (): void => {
    for (const moment of moments) if (moment <= Date.now()) moments.delete(moment);
    ring();
    arm();
  };
  return {
    set(given) {
      const latest = Date.now() + FURTHEST_MS;
      for (const moment of given) if (moment <= latest) moments.add(moment);
      arm();
    },
    clear() {
      moments.clear();
      clearTimeout(timer);
    },
  };
}
