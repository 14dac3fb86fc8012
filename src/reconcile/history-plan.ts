// What of an account's history is still to be read: windows of time, kind by kind, each with its own place; pure.
import { z } from 'zod';
import type { FactPage, Gateway, TimeWindow } from '../gateways/gateway.ts';

const windowShape = z.object({
  kind: z.string(),
  /** Seconds of the Unix time; null: from the beginning. */
  from: z.int().nullable(),
  /** Not any more; null: until now. With `kind` it names the window. */
  before: z.int().nullable(),
  cursor: z.string().nullable(),
  /** When the last object that was read was made. */
  reached: z.int().nullable(),
  /** Pages that are left to this window when it is cut off one without a beginning. */
  stride: z.int(),
});
export type HistoryWindow = z.infer<typeof windowShape>;

const readShape = z.object({ objects: z.int(), seconds: z.int() });

export const planShape = z.object({
  account: z.string(),
  /** Absent before anything was read; none once all is. */
  windows: z.array(windowShape).optional(),
  done: z.int().default(0),
  /** By kind, how many objects were in how much time. */
  read: z.record(z.string(), readShape).default({}),
  /** When it began: sweeps go on from there. */
  since: z.string().optional(),
});
export type Plan = z.infer<typeof planShape> & { windows: HistoryWindow[] };

/** Windows that wait or are read; more of them cost more calls than they save time. */
const MOST = 16;
/** Each window that is cut off one without a beginning is twice as long: few calls find out how far history goes. */
const STRIDE = 8;
const LONGEST = 1_024;
/** Pages that must be left of a window for it to be worth cutting in two. */
const WORTH = 4;

export const beginPlan = (kinds: readonly string[]): HistoryWindow[] =>
  kinds.map((kind) => ({ kind, from: null, before: null, cursor: null, reached: null, stride: STRIDE }));

export const nameOf = ({ kind, before }: HistoryWindow): string => `${kind} ${before ?? 'now'}`;

export const timesOf = ({ from, before }: HistoryWindow): TimeWindow => ({
  ...(from === null ? {} : { from: new Date(from * 1_000) }),
  ...(before === null ? {} : { before: new Date(before * 1_000) }),
});

/** @returns the plan once a page of one of its windows is in the ledger */
export function advance(plan: Plan, name: string, page: Omit<FactPage, 'facts'>): Plan {
  const window = plan.windows.find((one) => nameOf(one) === name);
  if (!window) return plan;
  const span = spanOf(page);
  const others = plan.windows.filter((one) => one !== window);
  const rest = { ...window, cursor: page.next, reached: span?.oldest ?? window.reached };
  const left = page.next === null ? [] : cut(rest, span, others.length + 1);
  return {
    ...plan,
    windows: [...left, ...others],
    done: plan.done + page.objects,
    read: { ...plan.read, [window.kind]: tallied(plan.read[window.kind], window, page) },
  };
}

type Tally = z.infer<typeof readShape>;

/** The last page of a window reaches down to its beginning. */
function tallied(
  known: Tally = { objects: 0, seconds: 0 },
  { from, before, reached }: HistoryWindow,
  page: Omit<FactPage, 'facts'>,
): Tally {
  const span = spanOf(page);
  const top = reached ?? before ?? span?.newest;
  const end = (page.next === null ? from : null) ?? span?.oldest;
  const seconds = top === undefined || end === undefined ? 0 : Math.max(0, top - end);
  return { objects: known.objects + page.objects, seconds: known.seconds + seconds };
}

type Span = { oldest: number; newest: number };

function spanOf({ made }: Pick<FactPage, 'made'>): Span | null {
  const at = (date: Date): number => Math.floor(date.getTime() / 1_000);
  return made ? { oldest: at(made.oldest), newest: at(made.newest) } : null;
}

/** What is made in the second of the cut belongs to the upper one: one begins with it, the other ends before it. */
function cut(window: HistoryWindow, span: Span | null, count: number): HistoryWindow[] {
  const length = span ? span.newest - span.oldest : 0;
  if (!span || length === 0 || count >= MOST) return [window];
  const at = placeOf(window, span.oldest, length);
  if (at === null) return [window];
  const stride = Math.min(LONGEST, window.stride * 2);
  const lower = { ...window, before: at, cursor: null, reached: null, stride };
  return [{ ...window, from: at }, lower];
}

function placeOf({ from, stride }: HistoryWindow, oldest: number, pageSeconds: number): number | null {
  if (from === null) {
    const at = oldest - pageSeconds * stride;
    return at > 0 ? at : null;
  }
  const left = oldest - from;
  return left >= pageSeconds * WORTH ? from + Math.floor(left / 2) : null;
}

/**
 * The window to be read next. Roots come first, and of the others few are read ahead meanwhile; windows without a beginning
 * say how much there is.
 */
export function nextWindow(
  { windows }: Plan,
  { history, historyRoots }: Pick<Gateway, 'history' | 'historyRoots'>,
  under: ReadonlySet<string>,
  most: { atOnce: number; ahead: number },
): HistoryWindow | undefined {
  if (under.size >= most.atOnce) return undefined;
  const isRoot = ({ kind }: HistoryWindow): boolean => historyRoots.includes(kind);
  const ahead = windows.filter((one) => under.has(nameOf(one)) && !isRoot(one)).length;
  const mayAhead = !windows.some(isRoot) || ahead < most.ahead;
  const rank = (one: HistoryWindow): number =>
    (isRoot(one) ? 0 : 2 * history.length) +
    (one.from === null ? 0 : history.length) +
    history.indexOf(one.kind);
  return windows
    .filter((one) => !under.has(nameOf(one)) && (isRoot(one) || mayAhead))
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Whether all that this kind hangs on is in the ledger. */
export const isFounded = (
  { windows }: Plan,
  { history, historyRoots }: Pick<Gateway, 'history' | 'historyRoots'>,
  kind: string,
): boolean => {
  const before = new Set(historyRoots.filter((root) => history.indexOf(root) < history.indexOf(kind)));
  return !windows.some((one) => before.has(one.kind));
};

/** @returns about how many objects there are, as evenly as they were made so far; null while nobody can say */
export function totalOf({ windows, done, read }: Plan): number | null {
  let total = done;
  for (const { kind, from, before, reached } of windows) {
    const top = reached ?? before;
    const { objects, seconds } = read[kind] ?? { objects: 0, seconds: 0 };
    if (from === null || top === null || seconds === 0) return null;
    total += (Math.max(0, top - from) * objects) / seconds;
  }
  return Math.round(total);
}

export type HistoryProgress = {
  done: number;
  /** About how many there are; null while nobody can say. */
  total: number | null;
  /** About how long it still takes. */
  secondsLeft: number | null;
  finished: boolean;
};

export const progressOf = (plan: Plan, secondsLeft: number | null): HistoryProgress => ({
  done: plan.done,
  total: totalOf(plan),
  secondsLeft,
  finished: false,
});
