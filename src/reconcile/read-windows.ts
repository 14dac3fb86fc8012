// Reads windows of one account's history side by side; what is in the ledger is noted before anything else is taken up.
import type { Clock } from '../clock.ts';
import type { FactPage, Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import type { ClaimedWork, Store } from '../store/store.ts';
import {
  advance,
  isFounded,
  nameOf,
  nextWindow,
  progressOf,
  timesOf,
  type HistoryProgress,
  type HistoryWindow,
  type Plan,
} from './history-plan.ts';

export type HistoryDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  gateway: Pick<Gateway, 'history' | 'historyRoots' | 'list'>;
  /** Resolves when a call that lists this kind may go. */
  turn: (connection: GatewayConnection, kind: string) => Promise<void>;
  /**
   * Tells the account's page and its cards how far it is.
   * @returns whether an admin wants it to pause; null where there is no such account
   */
  progress: (account: string, progress: HistoryProgress) => Promise<{ paused: boolean } | null>;
  leaseMs: number;
};

type Reading = HistoryDeps & {
  item: ClaimedWork;
  connection: GatewayConnection;
  signal: AbortSignal;
  secondsLeft: (plan: Plan) => number | null;
};

/** Calls under way: enough for the gateway's limit at half a second each. */
const AT_ONCE = 12;
/** Pages that wait in memory for what they hang on. */
const AHEAD = 4;
/** After so many, other accounts have their turn. */
const PAGES = 200;

type State = {
  plan: Plan;
  under: Map<string, Promise<void>>;
  begun: number;
  isPaused: boolean;
  failure: { error: unknown } | null;
  /** Pages that wait for what they hang on. */
  waiting: (() => void)[];
  saving: Promise<void> | null;
  isUnsaved: boolean;
};

/** @returns how far it came; @throws what the first failed page did, once the others have ended */
export async function readWindows(reading: Reading, plan: Plan): Promise<Pick<State, 'plan' | 'isPaused'>> {
  const state: State = {
    plan,
    under: new Map(),
    begun: 0,
    isPaused: false,
    failure: null,
    waiting: [],
    saving: null,
    isUnsaved: false,
  };
  for (;;) {
    const window = nextOf(reading, state);
    if (window) begin(reading, state, window);
    else if (state.under.size > 0) await Promise.race(state.under.values());
    else break;
  }
  await state.saving;
  if (state.failure) throw state.failure.error;
  return state;
}

const isEnding = ({ signal }: Reading, { isPaused, failure }: State): boolean =>
  isPaused || failure !== null || signal.aborted;

function nextOf(reading: Reading, state: State): HistoryWindow | undefined {
  if (isEnding(reading, state) || state.begun >= PAGES) return undefined;
  const under = new Set(state.under.keys());
  return nextWindow(state.plan, reading.gateway, under, { atOnce: AT_ONCE, ahead: AHEAD });
}

function begin(reading: Reading, state: State, window: HistoryWindow): void {
  const name = nameOf(window);
  state.begun += 1;
  const page = readPage(reading, state, window)
    .catch((error: unknown) => void (state.failure ??= { error }))
    .finally(() => {
      state.under.delete(name);
      for (const goOn of state.waiting.splice(0)) goOn();
    });
  state.under.set(name, page);
}

async function readPage(reading: Reading, state: State, window: HistoryWindow): Promise<void> {
  const { gateway, store, post, item, log } = reading;
  const { kind, cursor } = window;
  const connection = { ...reading.connection, pace: () => reading.turn(reading.connection, kind) };
  const number = await store.drawNumber();
  const page = await gateway.list(connection, kind, cursor, number, timesOf(window));
  if (page.skipped > 0)
    log.warn('objects could not be read', { account: state.plan.account, kind, count: page.skipped });
  while (!isFounded(state.plan, gateway, kind)) {
    // It is read again later: what it hangs on may not come in this turn.
    if (isEnding(reading, state) || isStuck(reading, state)) return;
    await new Promise<void>((resolve) => void state.waiting.push(resolve));
  }
  await post(item.workspaceId, page.facts, { history: true });
  await noted(reading, state, window, page);
}

/** Whether nothing that others hang on is read any more in this turn. */
const isStuck = ({ gateway }: Reading, { plan, under, begun }: State): boolean =>
  begun >= PAGES &&
  !plan.windows.some((one) => gateway.historyRoots.includes(one.kind) && under.has(nameOf(one)));

/** One after the other: what was read while the last place was kept is kept together. */
async function noted(reading: Reading, state: State, window: HistoryWindow, page: FactPage): Promise<void> {
  state.plan = advance(state.plan, nameOf(window), page);
  state.isUnsaved = true;
  state.saving ??= save(reading, state).finally(() => (state.saving = null));
  await state.saving;
}

async function save({ store, clock, item, leaseMs, progress, secondsLeft }: Reading, state: State) {
  while (state.isUnsaved) {
    state.isUnsaved = false;
    const { plan } = state;
    // Nobody else takes it up while it goes on.
    await store.postponeWork(item.id, new Date(clock.now().getTime() + leaseMs), 'reading', plan);
    const wanted = await progress(plan.account, progressOf(plan, secondsLeft(plan)));
    state.isPaused ||= wanted?.paused ?? true;
  }
}
