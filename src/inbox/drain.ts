// Drains the inbox: claim, normalise, post; what an event cannot decide becomes a fetch, what a notice names is looked at.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Normalised } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { isFinal, MAX_ATTEMPTS, retryAt } from '../retry.ts';
import type { ClaimedEvent, Store, WorkItem } from '../store/store.ts';
import { installationBehind } from './accept-notice.ts';
import type { Heed } from './heed.ts';
import { portionsOf, type Read } from './portions.ts';

export type DrainDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  normalise: (raw: Uint8Array, account: string) => Normalised;
  /** What a CRM's notice leaves to be done. */
  heed: Heed;
  /** Asks the gateway whether an account is still connected, and ends it where it is not. */
  checkAccount: (account: string) => Promise<void>;
  retryBaseMs: number;
  leaseMs: number;
};

/** As many at once as are read in a few milliseconds: the more, the fewer posts. */
const BATCH = 300;

/** How many events were taken, and when the one arrived that waited longest. */
export type Drained = { taken: number; since: string | null };

export async function drainInbox(deps: DrainDeps): Promise<Drained> {
  const events = await deps.store.claimEvents(deps.clock.now(), BATCH, deps.leaseMs);
  const read = (await Promise.all(events.map((event) => readEvent(deps, event)))).filter(
    (one) => one !== null,
  );
  // Whoever has much goes on while the others are done.
  await Promise.all(
    portionsOf(read).map(async ({ workspaceId, posts }) => {
      for (const group of posts) await postGroup(deps, workspaceId, group);
    }),
  );
  return { taken: events.length, since: events.map(({ receivedAt }) => receivedAt).sort()[0] ?? null };
}

async function readEvent(deps: DrainDeps, event: ClaimedEvent): Promise<Read | null> {
  // It was taken this often in a row and nobody lived to say why it failed.
  if (event.unfinished > MAX_ATTEMPTS) {
    await deps.store.buryEvent(event.id, 'never_finished', deps.clock.now());
    return null;
  }
  try {
    const installationId = installationBehind(event.source);
    return await (installationId === null
      ? readGateways(deps, event)
      : readCrms(deps, event, installationId));
  } catch (error) {
    await failed(deps, event, error);
    return null;
  }
}

async function readGateways(deps: DrainDeps, event: ClaimedEvent): Promise<Read | null> {
  const found = deps.normalise(event.raw, event.account);
  if (found.outcome === 'facts') return { event, facts: found.facts, add: fetches(deps, event, found) };
  if (found.outcome === 'ended') {
    await deps.checkAccount(event.account);
    return { event, facts: [], add: [] };
  }
  if (found.outcome === 'ignored') await deps.store.ignoreEvent(event.id, found.reason);
  else await deps.store.buryEvent(event.id, found.reason, deps.clock.now());
  return null;
}

async function readCrms(deps: DrainDeps, event: ClaimedEvent, installationId: string): Promise<Read | null> {
  const found = await deps.heed(event, installationId);
  if (found.outcome === 'work') return { event, facts: [], add: found.add };
  await deps.store.addWork(found.add);
  if (found.outcome === 'ignored') await deps.store.ignoreEvent(event.id, found.reason);
  else await deps.store.buryEvent(event.id, found.reason, deps.clock.now());
  return null;
}

/** One commit for all; when it fails, one each, so that a poisoned event harms only itself. */
async function postGroup(deps: DrainDeps, workspaceId: string, group: Read[]): Promise<void> {
  try {
    await deps.post(
      workspaceId,
      group.flatMap(({ facts }) => facts),
      {
        events: group.map(({ event }) => event.id),
        add: group.flatMap(({ add }) => add),
      },
    );
  } catch (error) {
    const [only] = group;
    if (group.length === 1 && only) return failed(deps, only.event, error);
    for (const one of group) await postGroup(deps, workspaceId, [one]);
  }
}

function fetches(
  { clock }: DrainDeps,
  event: ClaimedEvent,
  { fetch }: Extract<Normalised, { outcome: 'facts' }>,
): WorkItem[] {
  const nextAt = clock.now().toISOString();
  return fetch.map(({ entity, id }) => ({
    workspaceId: event.workspaceId,
    kind: 'fetch',
    key: `${entity}|${event.account}|${id}`,
    payload: { account: event.account, entity, id },
    nextAt,
  }));
}

async function failed(deps: DrainDeps, event: ClaimedEvent, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  deps.log.error('an event could not be applied', error, {
    event: event.dedupeKey,
    attempts: event.attempts,
  });
  if (isFinal(known, event.attempts)) return deps.store.buryEvent(event.id, known.code, now);
  await deps.store.postponeEvent(event.id, retryAt(now, deps.retryBaseMs, event.attempts, known), known.code);
}
