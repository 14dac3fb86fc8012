// Saves what cannot be had again: goes on for a while where the store does not answer.
import { ConnectorError } from '../errors.ts';

/** Long enough for a database that is restarted. */
const PAUSES_MS = [100, 400, 1_000, 2_500, 5_000];

/** @param save may be done again; only what `store_unavailable` ended is */
export async function insist<T>(save: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await save();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'store_unavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
  return save();
}
