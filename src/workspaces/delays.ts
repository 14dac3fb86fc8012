// Keeps since when an installation's CRM has no call left for us, so that every card can say that its record is behind.
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';

export type DelayDeps = { store: Store; directory: Directory; clock: Clock };

/** Saves only what is news. */
export const createDelays =
  ({ store, directory, clock }: DelayDeps) =>
  async (installationId: string, isDelayed: boolean): Promise<void> => {
    const isNews = async (): Promise<boolean> =>
      isDelayed === ((await directory.installation(installationId))?.delayedSince === undefined);
    if (!(await isNews())) return;
    await store.lock(`installation:${installationId}`, async () => {
      const installation = await directory.installation(installationId);
      if (!installation || !(await isNews())) return;
      const { delayedSince: _, ...now } = installation;
      await store.saveInstallation(isDelayed ? { ...now, delayedSince: clock.now().toISOString() } : now);
    });
  };
