// Who is on a pay page right now, for the rep who watches while on the phone. Kept in memory: it is about seconds.
import type { Clock } from '../clock.ts';

export type Presence = {
  saw(invoiceId: string, stage: string): void;
  /** Last stage, or null when nothing was heard for a while. */
  stage(invoiceId: string): string | null;
};

/** A page that is open says so at least this often; an abandoned one is forgotten. */
const HEARD_MS = 3 * 60_000;
const MOST = 10_000;

export function createPresence(clock: Clock): Presence {
  const seen = new Map<string, { stage: string; at: number }>();
  return {
    saw(invoiceId, stage) {
      seen.delete(invoiceId);
      seen.set(invoiceId, { stage, at: clock.now().getTime() });
      const [oldest] = seen.keys();
      if (seen.size > MOST && oldest !== undefined) seen.delete(oldest);
    },
    stage(invoiceId) {
      const last = seen.get(invoiceId);
      return last && clock.now().getTime() - last.at < HEARD_MS ? last.stage : null;
    },
  };
}
