// Renews the token of installations nobody called for a day: a refused one tells of an uninstall nobody would notice.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { ConnectionFor } from './tokens.ts';

const LOOK_EVERY_MS = 10 * 60_000;
const QUIET_MS = 24 * 60 * 60_000;

export type QuietDeps = { store: Store; clock: Clock; log: Log; connectionFor: ConnectionFor };

/** A loop's work; looks into the store only every ten minutes. @returns how many installations were renewed */
export function createQuietCheck(deps: QuietDeps): () => Promise<number> {
  let nextLook = 0;
  return async () => {
    const now = deps.clock.now().getTime();
    if (now < nextLook) return 0;
    nextLook = now + LOOK_EVERY_MS;
    const quiet = (await deps.store.installations()).filter(
      ({ tokens }) => tokens && now - Date.parse(tokens.expiresAt) > QUIET_MS,
    );
    for (const { id } of quiet) {
      await deps.connectionFor(id).catch((error: unknown) => {
        const { code } = asConnectorError(error);
        deps.log.warn('a quiet installation could not be renewed', { installation: id, code });
      });
    }
    return quiet.length;
  };
}
