// Renewal: after a change of settings or of an installation every record is offered again, page by page, on from where it stopped.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import type { Post, PostContext } from '../posting/post.ts';
import { isSummary, type DesiredState, type SummaryState } from '../records/desired-state.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { ClaimedWork, Store, StoredState } from '../store/store.ts';
import { matchWork } from './match.ts';

export type RenewDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  contextOf: (workspaceId: string) => Promise<PostContext>;
  /** Ids of the workspace's installations that are installed. */
  installedIn: (workspaceId: string) => Promise<string[]>;
  retryBaseMs: number;
  leaseMs: number;
};

const renewalShape = z.object({
  /**
   * What is offered again although it says the same: records that show a pay link, copies of invoices and payments, what
   * somebody edited in the CRM, or everything; null for nothing.
   */
  again: z.enum(['links', 'copies', 'edits', 'everything']).nullable(),
  /** The installation whose records these are; null for all of the workspace. */
  installationId: z.string().nullable(),
  /** Whether what every record should say is computed anew. */
  anew: z.boolean(),
  /** Whether all payers are looked for again: there is a CRM in which nobody has looked for them. */
  match: z.boolean().optional(),
});

const stateShape = renewalShape.extend({
  pass: z.enum(['again', 'match', 'anew']).default('again'),
  /** Key or owner of the last page. */
  after: z.string().default(''),
});

/** What a room leaves in a row of kind `renew`. */
export type Renewal = z.infer<typeof renewalShape>;
type State = z.infer<typeof stateShape>;

/** Desired states that are only looked through, in one page. */
const LISTED = 500;
/** Payers who are looked for: as many as a CRM answers about in one call. */
const MATCHED = 100;
/** Payers, or records, that are computed at once: live posts of the workspace wait no longer than that takes. */
const COMPUTED = 5;
/** A page waits while so many deliveries do: what happens meanwhile is never further behind than these. */
const MOST_DUE = 1_000;
const WAIT_MS = 500;

/** One page of one workspace. @returns whether there was something to do */
export async function renewRecords(deps: RenewDeps): Promise<number> {
  const [item] = await deps.store.claimWork(['renew'], deps.clock.now(), 1, deps.leaseMs);
  if (!item) return 0;
  await turnPage(deps, item).catch((error: unknown) => failed(deps, item, error));
  return 1;
}

async function turnPage(deps: RenewDeps, item: ClaimedWork): Promise<void> {
  const { store, clock } = deps;
  const state = stateShape.parse(item.payload);
  const now = clock.now();
  const installed = await deps.installedIn(item.workspaceId);
  const isBusy = (await store.dueDeliveries(installed, now, MOST_DUE)) >= MOST_DUE;
  if (isBusy) return store.postponeWork(item.id, new Date(now.getTime() + WAIT_MS), 'deliveries wait', state);
  const last = await PASSES[state.pass](deps, item.workspaceId, state);
  const next = last === null ? passAfter(state) : { ...state, after: last };
  if (!next) return store.finishWork(item.id);
  // A new payer is not to stand behind all the others.
  const nextAt = next.pass === 'match' && last !== null ? new Date(now.getTime() + WAIT_MS) : now;
  await store.postponeWork(item.id, nextAt, 'next page', next);
}

function passAfter(state: State): State | null {
  const begin = (pass: State['pass']): State => ({ ...state, pass, after: '' });
  if (state.pass === 'again' && state.match) return begin('match');
  return state.pass !== 'anew' && state.anew ? begin('anew') : null;
}

/** @returns the last key that was looked at, or null when there is no more */
async function offerPage(deps: RenewDeps, workspaceId: string, state: State): Promise<string | null> {
  const { store, post, clock } = deps;
  const { again, after } = state;
  if (again === null) return null;
  if (again === 'everything' && after === '') await matchAgain(deps, workspaceId);
  const page = await store.desiredAfter(workspaceId, after, again === 'everything' ? COMPUTED : LISTED);
  const context = await deps.contextOf(workspaceId);
  const chosen = page.filter((stored) => isOfferedAgain(stored, state, context));
  const keys = chosen.map(({ key }) => key);
  if (again === 'everything') {
    const records = chosen.filter(({ desired }) => isSummary(desired)).map(({ key }) => key);
    await post(workspaceId, [], { records });
  }
  await store.offerAgain(workspaceId, keys, clock.now());
  return page.at(-1)?.key ?? null;
}

async function computePage(
  { store, post }: RenewDeps,
  workspaceId: string,
  { after }: State,
): Promise<string | null> {
  const owners = await store.ownersAfter(workspaceId, after, COMPUTED);
  if (owners.length > 0) await post(workspaceId, [], { renew: owners });
  return owners.at(-1) ?? null;
}

/** Also whoever has a record elsewhere, and whoever waits to be looked for again tomorrow. */
async function matchPage(
  { store, clock }: RenewDeps,
  workspaceId: string,
  { after }: State,
): Promise<string | null> {
  const owners = await store.ownersAfter(workspaceId, after, MATCHED);
  const customers = ledgerOf(await store.findRows(workspaceId, 'customer', owners)).customer;
  const nextAt = clock.now().toISOString();
  await store.addWork(customers.map(({ account, id }) => matchWork(workspaceId, account, id, nextAt)));
  return owners.length < MATCHED ? null : (owners.at(-1) ?? null);
}

type Pass = (deps: RenewDeps, workspaceId: string, state: State) => Promise<string | null>;

/** Each does one page. */
const PASSES: Record<State['pass'], Pass> = { again: offerPage, match: matchPage, anew: computePage };

/** Payers who came while nobody was installed have been looked for nowhere. */
async function matchAgain({ store, clock }: RenewDeps, workspaceId: string): Promise<void> {
  const nextAt = clock.now().toISOString();
  const waiting = await store.waitingWork(workspaceId, 'match');
  await store.addWork(waiting.map((item) => ({ ...item, nextAt })));
}

function isOfferedAgain(
  { desired, keptSince }: Pick<StoredState, 'desired' | 'keptSince'>,
  { again, installationId }: State,
  context: PostContext,
): boolean {
  const of = isSummary(desired) ? desired.record.installationId : desired.installationId;
  if (installationId !== null && of !== installationId) return false;
  if (again === 'edits') return keptSince !== null;
  if (!isSummary(desired)) return again !== 'links' && isTaken(desired, context);
  return again === 'links'
    ? desired.values.nextInvoice !== null
    : again === 'everything' && saysSomething(desired);
}

/** A record that nobody is linked to any more may have become another: emptying it again would empty that one. */
export const saysSomething = ({ values }: SummaryState): boolean =>
  values.status !== 'none' || values.collected.length > 0;

type Copy = Exclude<DesiredState, SummaryState>;

/** Copies that the installation still takes: of one that it does not, even the try would hold up everything else. */
export function isTaken(copy: Copy, { mirrors = [], counts }: PostContext): boolean {
  const target = mirrors.find(({ installationId }) => installationId === copy.installationId);
  const kind = copy.kind === 'links' ? copy.values.of : copy.kind;
  const isOffered = target !== undefined && (kind !== 'payment' || target.payments);
  return isOffered && counts(copy.account, copy.installationId);
}

async function failed(deps: RenewDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  const { workspaceId: workspace, attempts } = item;
  deps.log.error('records could not be renewed', error, { workspace, attempts });
  if (isFinal(known, attempts)) return deps.store.buryWork(item.id, known.code, now);
  await deps.store.postponeWork(item.id, retryAt(now, deps.retryBaseMs, attempts, known), known.code);
}
