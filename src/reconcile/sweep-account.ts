// One gateway account swept, a few calls at a time: what changed since the last sweep, and what nobody would be told of.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { EntityRef, Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Fact } from '../ledger/facts.ts';
import { readWith } from '../ledger/read-with.ts';
import type { Log } from '../log.ts';
import type { NewsIn } from '../posting/news.ts';
import type { Post } from '../posting/post.ts';
import type { Store } from '../store/store.ts';
import { behindMovements } from './prove.ts';
import { paymentsBehind, unsettledAfter } from './unsettled.ts';

export type AccountSweepDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  newsIn: NewsIn;
  gateway: Pick<Gateway, 'history' | 'list' | 'events' | 'fetch'>;
  accountConnection: (account: string) => Promise<GatewayConnection>;
  /** Objects that the last whole import of an account read. */
  sizeOf: (account: string) => Promise<number>;
  intervalMs: number;
};

/** What was looked at, what the ledger did not have, and where it said something else. */
export const tallyShape = z.object({
  checked: z.int().default(0),
  missing: z.int().default(0),
  different: z.int().default(0),
});
export type Tally = z.infer<typeof tallyShape>;

/**
 * `events`: what the gateway told since the watermark. `made`: what was made since then, kind by kind. `open`: whatever is
 * not final in the ledger. `history`: some pages of everything, on from where the last sweep stopped.
 */
const passes = z.enum(['events', 'made', 'open', 'history', 'done']);

export const accountSweepShape = z.object({
  of: z.literal('account'),
  account: z.string(),
  /** The watermark: all that happened before was seen by a sweep that came to its end. */
  since: z.string().nullable().default(null),
  /** When this sweep began: the watermark of the next one. */
  startedAt: z.string().nullable().default(null),
  pass: passes.default('events'),
  /** Place in `history`. */
  kind: z.int().default(0),
  cursor: z.string().nullable().default(null),
  place: z.object({ after: z.string(), within: z.string() }).default({ after: '', within: '' }),
  /** Objects to be read before anything else. */
  look: z.array(z.object({ entity: z.string(), id: z.string() })).default([]),
  seen: tallyShape.default({ checked: 0, missing: 0, different: 0 }),
  /** How far the reading of everything is, and how many pages of it this sweep still takes. */
  all: z.object({ kind: z.int(), cursor: z.string().nullable() }).default({ kind: 0, cursor: null }),
  pagesLeft: z.int().nullable().default(null),
});
export type AccountSweep = z.infer<typeof accountSweepShape>;

/** How a sweep of an account begins; what is kept from the one before is where that stopped. */
export const newAccountSweep = (
  account: string,
  before: Partial<Pick<AccountSweep, 'since' | 'all'>> = {},
): AccountSweep => accountSweepShape.parse({ of: 'account', account, ...before });

/** Calls of the gateway that one turn makes at most, but for those that an object of many parts takes. */
const READS = 5;
/** Between calls: a share of what a gateway takes that is small beside what people and webhooks need. */
const CALL_MS = 50;

/** Calls that the next step makes. */
const callsOf = ({ look, pass }: AccountSweep): number =>
  look.length > 0 ? Math.min(READS, look.length) : pass === 'open' ? 0 : 1;

/**
 * One turn of a sweep: as many steps as make few calls.
 * @returns where the next turn goes on, and how long that should wait; with the pass `done` the sweep has come to its end
 */
export async function sweepAccount(
  deps: AccountSweepDeps,
  workspaceId: string,
  before: AccountSweep,
): Promise<{ state: AccountSweep; waitMs: number }> {
  const connection = await deps.accountConnection(before.account);
  let state: AccountSweep = { ...before, startedAt: before.startedAt ?? deps.clock.now().toISOString() };
  let calls = 0;
  while (state.pass !== 'done' && calls + callsOf(state) <= READS) {
    calls += callsOf(state);
    const scene: Scene = { deps, workspaceId, connection, state, now: deps.clock.now() };
    state = await step(scene);
  }
  return { state, waitMs: calls * CALL_MS };
}

async function step(scene: Scene): Promise<AccountSweep> {
  const { state } = scene;
  const change = await (state.look.length > 0 ? lookCloser(scene) : PASSES[state.pass](scene));
  return { ...state, ...change };
}

type Scene = {
  deps: AccountSweepDeps;
  workspaceId: string;
  connection: GatewayConnection;
  state: AccountSweep;
  now: Date;
};
type Change = Partial<AccountSweep>;

/** What happened while the last sweep began may be told a little later. */
const OVERLAP_MS = 10 * 60_000;
/** As long as the gateway keeps what it told. */
const FIRST_MS = 30 * 86_400_000;
/** Everything is read once in so long; a third of a month is left for days on which nothing could be read. */
const ALL_MS = 20 * 86_400_000;
const PAGE = 100;

const PASSES: Record<AccountSweep['pass'], (scene: Scene) => Promise<Change>> = {
  async events(scene) {
    const { deps, workspaceId, connection, state } = scene;
    const page = await deps.gateway.events(connection, sinceOf(scene), state.cursor);
    const { facts } = await deps.newsIn(workspaceId, page.facts);
    // A payout is told, and nowhere read.
    const { payout = [], others = [] } = Object.groupBy(facts, ({ entity }) =>
      entity === 'payout' ? 'payout' : 'others',
    );
    const change = await take(scene, payout, { checked: payout.length });
    const look = once([...page.fetch, ...others.map(readWith)]);
    return { ...change, look, cursor: page.next, pass: page.next ? 'events' : 'made' };
  },
  async made(scene) {
    const { kind, cursor } = scene.state;
    if (!scene.deps.gateway.history[kind]) return { pass: 'open' };
    const { change, next } = await readPage(scene, { kind, cursor }, sinceOf(scene));
    return { ...change, ...next };
  },
  async open({ deps: { store }, workspaceId, state, now }) {
    const { look, next } = await unsettledAfter(
      store,
      { workspaceId, account: state.account, now },
      state.place,
    );
    return { look, ...(next ? { place: next } : { pass: 'history' }) };
  },
  async history(scene) {
    const { deps, state } = scene;
    const left = state.pagesLeft ?? (await pagesNow(scene));
    if (left === 0) return { pass: 'done' };
    const { change, next } = await readPage(scene, state.all);
    const isRead = deps.gateway.history[next.kind] === undefined;
    const pagesLeft = isRead ? 0 : left - 1;
    return { ...change, all: isRead ? { kind: 0, cursor: null } : next, pagesLeft };
  },
  done: async () => ({}),
};

const sinceOf = ({ state, now }: Scene): Date =>
  new Date(state.since ? Date.parse(state.since) - OVERLAP_MS : now.getTime() - FIRST_MS);

async function pagesNow({ deps, state }: Scene): Promise<number> {
  const pages = (await deps.sizeOf(state.account)) / PAGE;
  return Math.max(1, Math.ceil((pages * deps.intervalMs) / ALL_MS));
}

type At = Pick<AccountSweep, 'kind' | 'cursor'>;

async function readPage(scene: Scene, at: At, since?: Date): Promise<{ change: Change; next: At }> {
  const { deps, connection, state } = scene;
  const kind = deps.gateway.history[at.kind] ?? '';
  const number = await deps.store.drawNumber();
  const window = since ? { from: since } : {};
  const page = await deps.gateway.list(connection, kind, at.cursor, number, window);
  if (page.skipped > 0)
    deps.log.warn('objects could not be read', { account: state.account, kind, count: page.skipped });
  return {
    change: await take(scene, page.facts, { checked: page.objects }),
    next: { kind: page.next ? at.kind : at.kind + 1, cursor: page.next },
  };
}

async function lookCloser(scene: Scene): Promise<Change> {
  const { look } = scene.state;
  const now = look.slice(0, READS);
  const facts = await Promise.all(now.map((ref) => read(scene, ref as EntityRef)));
  return take(scene, facts.flat(), { checked: now.length, look: look.slice(READS) as EntityRef[] });
}

/** One object that nobody can read must not hold up the others. */
async function read({ deps, connection, state }: Scene, ref: EntityRef): Promise<Fact[]> {
  const number = await deps.store.drawNumber();
  return deps.gateway.fetch(connection, ref, number).catch((error: unknown) => {
    if (asConnectorError(error).retry !== 'never') throw error;
    deps.log.error('an object could not be read', error, { account: state.account, entity: ref.entity });
    return [];
  });
}

/** Posts what is new, and says what has to be read because of it. */
async function take(
  { deps: { store, post, newsIn }, workspaceId, state }: Scene,
  facts: Fact[],
  { checked, look = [] }: { checked: number; look?: EntityRef[] },
): Promise<Change> {
  const { seen } = state;
  const news = await newsIn(workspaceId, facts);
  if (news.facts.length > 0) await post(workspaceId, news.facts);
  // Of all, not of the news: a turn that was cut off may have posted them already.
  const behind = await Promise.all([
    paymentsBehind(store, workspaceId, facts),
    behindMovements(store, workspaceId, facts),
  ]);
  return {
    look: once([...look, ...behind.flat()]),
    seen: {
      checked: seen.checked + checked,
      missing: seen.missing + news.missing,
      different: seen.different + news.different,
    },
  };
}

const once = (refs: readonly EntityRef[]): EntityRef[] => [
  ...new Map(refs.map((ref) => [`${ref.entity} ${ref.id}`, ref])).values(),
];
