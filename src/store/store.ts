// The store's port: durable operations of the connector, never get or set of a whole state.
import type { BeginOutcome, OperationRow } from '../billing/operation-row.ts';
import type { Instant, Personal } from '../ledger/entities.ts';
import type { Fact, Row } from '../ledger/facts.ts';
import type { GatewayAccount, Installation, Workspace } from '../workspaces/workspace.ts';
import type { KeptPages } from './kept.ts';
import type {
  AuditRow,
  ClaimedDelivery,
  ClaimedEvent,
  ClaimedWork,
  Cluster,
  Commit,
  CommitOutcome,
  Compared,
  DeadLetter,
  DeliveriesOf,
  DueDelivery,
  ErasedWorkspace,
  ErasePlace,
  IncomingEvent,
  Inspected,
  KeptEdits,
  Mentions,
  PendingAuthorization,
  PersonRow,
  QueueCounts,
  RowName,
  StoredState,
  Touched,
  Unanswered,
  Watched,
  WorkItem,
  WorkKind,
} from './shapes.ts';

export type * from '../billing/operation-row.ts';
export type * from './shapes.ts';
export { LATE_MS } from './shapes.ts';
export type * from './kept.ts';
export { columnsOf, KEPT_KINDS } from './kept.ts';
export { eventsInspected } from './inspected.ts';

/**
 * All writes are durable when their promise resolves; all may throw `store_unavailable`, after which nothing of the
 * call has happened. Calls may run at the same time.
 */
export type Store<Person = Personal> = {
  /** Keeps events, each once. @returns for each event whether it was new */
  accept(events: IncomingEvent[]): Promise<boolean[]>;
  /**
   * Takes due events for `leaseMs`, those of a workspace in the order in which they came due; an event whose lease ran out is
   * taken again. Each workspace that waits has an equal part of `limit`, and gets more where others leave theirs.
   */
  claimEvents(now: Date, limit: number, leaseMs: number): Promise<ClaimedEvent[]>;
  postponeEvent(id: number, nextAt: Date, reason: string): Promise<void>;
  buryEvent(id: number, reason: string, at: Date): Promise<void>;
  /** Marks an event as seen and of no use. */
  ignoreEvent(id: number, reason: string): Promise<void>;
  /** Erases the raw bodies of events that arrived before; the events themselves stay. @returns how many */
  eraseBodies(before: Date): Promise<number>;
  /**
   * Forgets events that arrived before, are done or of no use, and have lost their bodies: one that comes again is new.
   * @returns how many of at most `limit`
   */
  forgetEvents(before: Date, limit: number): Promise<number>;

  addWork(items: WorkItem[]): Promise<void>;
  claimWork(kinds: WorkKind[], now: Date, limit: number, leaseMs: number): Promise<ClaimedWork[]>;
  finishWork(id: number): Promise<void>;
  /**
   * `payload` replaces what the item carried, so that it goes on where it stopped; as it got further, its attempts are
   * counted anew. An item that was asked for meanwhile is due at once.
   */
  postponeWork(id: number, nextAt: Date, reason: string, payload?: Record<string, unknown>): Promise<void>;
  buryWork(id: number, reason: string, at: Date): Promise<void>;
  /** Work that waits, claimed by nobody: for people to look at. */
  waitingWork(workspaceId: string, kind: WorkKind): Promise<WorkItem[]>;

  /**
   * Rows with these ids or hanging on them, all rows of their owners, and of every owner who shares a record with those.
   * @param most where more other owners than this share a record, theirs are left out and its key is among `crowded`
   */
  loadCluster(workspaceId: string, touched: Touched, most?: number): Promise<Cluster>;
  commit(commit: Commit<Person>): Promise<CommitOutcome>;
  /**
   * A text that is another one after every change of what is watched that was acknowledged before the call, in any process on
   * the same data. It may change without one, and says nothing across a restart. Far cheaper than reading what is watched.
   */
  stampOf(workspaceId: string, watched: Watched): Promise<string>;
  /** A number for a fetch that is about to start: higher than every number drawn before. */
  drawNumber(): Promise<number>;
  findRows(workspaceId: string, entity: Row['entity'], ids: string[]): Promise<Row[]>;
  loadPersonal(workspaceId: string, customerIds: string[]): Promise<Record<string, Person>>;
  /** Owners of open invoices whose due time lies after `from` and not after `to`. */
  ownersDue(workspaceId: string, from: Instant, to: Instant): Promise<string[]>;
  /** The next owners of rows after `after`, in order; an invoice or payment that nobody owns stands for itself. */
  ownersAfter(workspaceId: string, after: string, limit: number): Promise<string[]>;
  /**
   * Rows of these kinds that belong to these owners; where a name is of a row that nobody owns, that row and what hangs on it.
   * Cheaper than a cluster: for reading much, never for deciding what is committed.
   */
  rowsOf(workspaceId: string, owners: string[], kinds: Row['entity'][]): Promise<Row[]>;
  allFacts(workspaceId: string, afterId: number, limit: number): Promise<{ id: number; fact: Fact }[]>;
  /** The next rows after one, each once, in the same order with every call. */
  rowsAfter(workspaceId: string, after: RowName | null, limit: number): Promise<Row[]>;

  /** The next persons after a customer's id, in order of these ids; several accounts may know one id. */
  personsAfter(workspaceId: string, after: string, limit: number): Promise<PersonRow<Person>[]>;
  /** Puts facts in the place of others, for erasing what they say of a person; one that is there already is left once. */
  replaceFacts(workspaceId: string, facts: { id: number; fact: Fact }[]): Promise<void>;
  /**
   * Looks through the next `limit` bodies and erases those that mention a text; what still waits keeps its own until it is done.
   * @returns up to which id it looked, null where there was nothing more
   */
  eraseMentions(
    workspaceId: string,
    mentions: Mentions,
    limit: number,
  ): Promise<{ erased: number; last: number | null }>;
  /**
   * Erases what people typed into operations that have ended: of these records, and those that name one of these ids.
   * @returns how many of them have not ended yet, and keep theirs
   */
  eraseRequests(workspaceId: string, of: { records: string[]; ids: string[] }): Promise<number>;
  /** Takes desired states away altogether; what computes them anew offers them as new. */
  dropDesired(workspaceId: string, keys: string[]): Promise<void>;
  /** Marks that stand for what may not come back; each once. */
  addTombstones(workspaceId: string, marks: string[]): Promise<void>;
  tombstonesAmong(workspaceId: string, marks: string[]): Promise<string[]>;
  /** Wipes what erased rows left behind in files, as far as that is ours to do; a database does it by itself. */
  scrub(): Promise<void>;

  /** What of an installation is due, oldest first, without taking it: reads no desired state and writes nothing. */
  dueKeys(of: DeliveriesOf, now: Date, limit: number): Promise<DueDelivery[]>;
  /** Takes due desired states of one installation, oldest first. Never one that is in flight. */
  claimDeliveries(of: DeliveriesOf, now: Date, limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /** Installations with due deliveries. */
  installationsDue(now: Date): Promise<string[]>;
  /**
   * What the CRM says now. It counts at once, unless a try without an answer said something else: as that may still land
   * over it, the delivery is handed out once more, to be read back, when it no longer can.
   */
  delivered(done: { key: string; generation: number; digest: string }[]): Promise<void>;
  /** @param unanswered set where the try may have reached the CRM: something newer goes only once the record was read back */
  postponeDelivery(key: string, nextAt: Date, reason: string, unanswered?: Unanswered): Promise<void>;
  /** What the CRM says under a key may have changed without us: it is read back at once, and again when nothing more can land. */
  doubtDelivery(key: string, at: Date): Promise<void>;
  buryDelivery(key: string, generation: number, reason: string, at: Date): Promise<void>;
  /** Gives claimed deliveries back untouched. */
  releaseDeliveries(keys: string[]): Promise<void>;
  /**
   * What history offered to these installations and may wait (`dueAt`) is due at once. What failed keeps its time, and so does what
   * is in doubt. @returns how many of at most `limit`
   */
  endWait(installationIds: string[], at: Date, limit: number): Promise<number>;
  /** How many deliveries of these installations are due and taken by nobody; counts no further than `limit`. */
  dueDeliveries(installationIds: string[], now: Date, limit: number): Promise<number>;
  /** The next desired states after the key `after`, in order of keys: waiting, delivered and buried ones. */
  desiredAfter(workspaceId: string, after: string, limit: number): Promise<StoredState[]>;
  /**
   * Marks what records were seen to show, where nothing was offered or delivered to them since: an edit is kept from the moment
   * it was first seen until the record shows what it should, or is written. No value of it is stored.
   */
  compared(workspaceId: string, seen: Compared, at: Date): Promise<void>;
  /** Edits that are kept on records of an installation. @param most are told of one by one */
  keptEdits(workspaceId: string, installationId: string, most: number): Promise<KeptEdits>;
  /**
   * Has desired states delivered once more although they say what was delivered: whatever is claimed from now on counts,
   * what is in flight does not. A buried one gets one more try. @returns how many of the keys there are
   */
  offerAgain(workspaceId: string, keys: string[], at: Date): Promise<number>;

  beginOperation(operation: OperationRow): Promise<BeginOutcome>;
  saveStep(workspaceId: string, id: string, step: string, result: Record<string, unknown>): Promise<void>;
  /** Ends an operation together with its audit row; an operation that has ended stays as it is. */
  endOperation(
    workspaceId: string,
    id: string,
    ending: Pick<OperationRow, 'state' | 'outcome'>,
    trail: AuditRow | null,
  ): Promise<void>;
  /** Hands an unfinished operation to whoever resumes it next. */
  postponeOperation(
    workspaceId: string,
    id: string,
    nextAt: Date,
    state: 'running' | 'checking',
  ): Promise<void>;
  claimOperations(now: Date, limit: number, leaseMs: number): Promise<OperationRow[]>;
  findOperation(workspaceId: string, id: string): Promise<OperationRow | undefined>;
  unfinishedOperations(workspaceId: string, record: string): Promise<OperationRow[]>;
  audit(row: AuditRow): Promise<void>;

  putAuthorization(pending: PendingAuthorization): Promise<void>;
  /** Hands it out once and forgets it. */
  takeAuthorization(state: string): Promise<PendingAuthorization | undefined>;
  /** Forgets those that nobody came back with in time. @returns how many had ended before */
  dropAuthorizations(endedBefore: Date): Promise<number>;

  /** Resolves when the store answers; the same little work however much is kept. */
  ready(): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** Of one workspace, or of all. */
  deadLetters(workspaceId?: string): Promise<DeadLetter[]>;
  redrive(letter: Pick<DeadLetter, 'queue' | 'id'>): Promise<boolean>;

  saveWorkspace(workspace: Workspace): Promise<void>;
  /** One whose workspace changes takes its desired states along. */
  saveInstallation(installation: Installation): Promise<void>;
  saveAccount(account: GatewayAccount): Promise<void>;
  workspaces(): Promise<Workspace[]>;
  installations(): Promise<Installation[]>;
  accounts(): Promise<GatewayAccount[]>;

  /**
   * From now on nobody is handed this workspace any more: its documents are not listed, what is written of it is refused, and
   * events of it are left out. Once it resolves, nothing that began before is still being written. Twice is harmless.
   */
  beginErasure(workspaceId: string, at: Date): Promise<void>;
  /** Workspaces that were erased or are being erased, by id. */
  erasures(): Promise<ErasedWorkspace[]>;
  /** How much of a workspace there is, by kind; documents are not counted. */
  countRows(workspaceId: string): Promise<Record<string, number>>;
  /**
   * Erases some rows of a workspace that is being erased, and of no other.
   * @param from where the call before stopped; null for the beginning
   * @returns where it stopped; null once there is nothing left
   */
  eraseRows(workspaceId: string, from: ErasePlace | null, limit: number): Promise<ErasePlace | null>;
  /** Erases its documents and authorizations as well. What stays is that it was erased, and when. */
  endErasure(workspaceId: string, at: Date): Promise<void>;

  /**
   * Looks through all that is kept for damage, part by part and as far as a store can tell; last, that every event is applied,
   * waits, or was put aside. Whoever calls meanwhile waits for one part at most.
   */
  inspect(): AsyncIterable<Inspected>;
  /** All that is kept as it was at one moment, while everything else goes on. */
  copyOut(): KeptPages;

  /**
   * Does `work` while nobody else does anything under this name, in this process or in another one on the same data.
   * A name is never taken again inside its own work. What the work throws is thrown; where another process does not let
   * go in time it is `store_unavailable`, and the work was not begun.
   */
  lock<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Of a store that several processes share: tells when one of them has left something to do, or its time has come. */
  onWork?(tell: () => void): void;

  close(): Promise<void>;
};
