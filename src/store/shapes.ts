// What the store keeps and hands out: the shapes of its port.
import type { Instant, Personal } from '../ledger/entities.ts';
import type { Fact, Row } from '../ledger/facts.ts';
import type { DesiredState } from '../records/desired-state.ts';
import type { GatewayAccount, Installation, Workspace } from '../workspaces/workspace.ts';

// ---- what waits ------------------------------------------------------------------------------------------------

/** An event as it arrived: only a hint that something changed. */
export type IncomingEvent = {
  /** Same sender and same key = the same event. */
  source: string;
  dedupeKey: string;
  kind: string;
  workspaceId: string;
  /** Of the gateway; of what a CRM tells, the installation. */
  account: string;
  receivedAt: Instant;
  /** `waiting` events are drained; the rest are kept so that a person can see them. */
  state: 'waiting' | 'ignored' | 'dead';
  reason: string | null;
  raw: Uint8Array;
};

export type ClaimedEvent = IncomingEvent & {
  id: number;
  attempts: number;
  /** Claims in a row, this one included, that nobody has ended: whoever took it died of it. */
  unfinished: number;
};

/** What looking through one part of what is kept found; `unknown`: a store cannot look through it here. */
export type Inspected = { part: string; state: 'sound' | 'damaged' | 'unknown'; says: string };

/** Work one room leaves for another. */
export type WorkKind =
  | 'backfill'
  | 'match'
  | 'fetch'
  | 'methods'
  | 'provision'
  | 'sweep'
  | 'renew'
  | 'day'
  | 'look'
  | 'poll'
  | 'forget'
  | 'total'
  | 'erase';

export type WorkItem = {
  workspaceId: string;
  kind: WorkKind;
  key: string;
  payload: Record<string, unknown>;
  nextAt: Instant;
};

export type ClaimedWork = WorkItem & { id: number; attempts: number };

/** What is new, or what history left: the second waits and goes in large portions where a CRM takes those. */
export type Lane = 'new' | 'history';

/** Deliveries of an installation; of one lane of it, or among these keys. */
export type DeliveriesOf = string | { installationId: string; lane?: Lane; keys?: readonly string[] };

/** What could be claimed, by the key of its record. */
export type DueDelivery = { key: string; since: Instant };

export type ClaimedDelivery = {
  /** `recordKey` of the record. */
  key: string;
  installationId: string;
  workspaceId: string;
  desired: DesiredState;
  digest: string;
  /** Rises with each new desired state; a delivery of an older one does not finish a newer one. */
  generation: number;
  attempts: number;
  /** In doubt: what the CRM says is asked before anything is sent. */
  readBack: boolean;
};

/** A desired state as it is kept, whatever became of it. */
export type StoredState = Pick<ClaimedDelivery, 'key' | 'desired' | 'generation'> & {
  /** It is the one that was delivered, and nothing waits. */
  settled: boolean;
  /** It is known to be what was written to the record last; not known of what a backup brought back. */
  written: boolean;
  /** Since when the record is known to show something else that was put there in the CRM, and is left so. */
  keptSince: Instant | null;
};

/** What the CRM was seen to show of states, each named as it was compared. */
export type Compared = {
  /** The record shows the state. */
  same: Pick<StoredState, 'key' | 'generation'>[];
  /** The record shows something else, and may. */
  kept: Pick<StoredState, 'key' | 'generation'>[];
};

/** Edits made in a CRM that are left as they are. */
export type KeptEdits = {
  count: number;
  /** Those that have been there longest. */
  oldest: (Pick<StoredState, 'key' | 'desired'> & { since: Instant })[];
};

/** A try whose answer never came: the CRM may have done it, and may do it yet. */
export type Unanswered = Pick<ClaimedDelivery, 'generation' | 'digest'> & { at: Date };

/** How long the CRM may still do what it did not answer: longer than anything on the way to it waits. */
export const LATE_MS = 5 * 60_000;

export type DeadLetter = {
  queue: 'inbox' | 'outbox' | 'work';
  id: string;
  workspaceId: string;
  kind: string;
  reason: string;
  at: Instant;
};

// ---- the ledger ------------------------------------------------------------------------------------------------

/** What a post is about to touch. `ids` are of the entities stated and of what they hang on. */
export type Touched = { owners: string[]; ids: string[]; records: string[] };

/** Everything that decides what the touched CRM records say. */
export type Cluster = {
  rows: Row[];
  /** Version of every scope (owner or entity) that was read; a commit over an older version is refused. */
  versions: Record<string, number>;
  /** Keys of records that too many owners share: what they say cannot be computed from these rows. */
  crowded: string[];
};

/** What somebody looks at: scopes as a cluster names them, customers among them, and the unfinished operations of a record. */
export type Watched = { scopes: readonly string[]; record: string };

export type RowName = Pick<Row, 'entity' | 'account' | 'id'>;

/** One that may wait for more of its kind is due at `dueAt` at the latest; any other at once. */
export type Offered = { key: string; state: DesiredState; digest: string; dueAt?: Instant };

export type Commit<Person = Personal> = {
  workspaceId: string;
  facts: Fact[];
  rows: Row[];
  /** Rows that no fact speaks of. */
  gone?: RowName[];
  /** `key` names the record; a newer state under the same key replaces a waiting one. */
  desired: Offered[];
  /**
   * Its desired states come from reading history; one that waits as new already stays new, and is due no later. One that history
   * left is new once an event (`finish`) is of it, whatever that says.
   */
  history?: boolean;
  /** One of a higher number is never overwritten by one of a lower. */
  personal: PersonRow<Person>[];
  /** Scopes as they were read, and the scopes this commit changes; a person's is that of the customer. */
  versions: Record<string, number>;
  scopes: string[];
  /** What is done once this commit is: claimed events, claimed work. */
  finish: { events: number[]; work: number[] };
  work: WorkItem[];
  at: Instant;
};

/** What is known of a payer; what it looks like at rest is for whoever opened the store to say. */
export type PersonRow<Person = Personal> = {
  account: string;
  customerId: string;
  number: number;
  personal: Person;
};

/** What bodies of events are looked through for: one that holds any of these texts is erased. */
export type Mentions = {
  /** Bodies after this one, by id. */
  after: number;
  /** Only those that arrived since. */
  since: Instant;
  texts: string[];
};

export type CommitOutcome =
  { committed: true; newFacts: number; changedRecords: number } | { committed: false; reason: 'stale' };

// ---- operations ------------------------------------------------------------------------------------------------

export type AuditRow = {
  workspaceId: string;
  at: Instant;
  actor: string;
  action: string;
  operationId: string | null;
  record: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** OAuth state: single use, bound to a browser. */
export type PendingAuthorization = {
  state: string;
  browser: string;
  verifier: string;
  provider: string;
  /** Who it is about, where that is known from the beginning. */
  subject: string | null;
  expiresAt: Instant;
};

export type QueueCounts = {
  inbox: number;
  outbox: number;
  work: number;
  dead: number;
  oldestWaitingAt: Instant | null;
};

// ---- workspaces that are erased --------------------------------------------------------------------------------

export type ErasedWorkspace = {
  workspaceId: string;
  at: Instant;
  /** null while it goes on: only then there are documents left. */
  doneAt: Instant | null;
  workspace: Workspace | null;
  installations: Installation[];
  accounts: GatewayAccount[];
};

/** How far the rows of a workspace are erased. */
export type ErasePlace = { table: string; after: number };
