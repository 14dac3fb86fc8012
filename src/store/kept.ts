// What a store keeps, as every store hands it over and takes it: one shape for backups, restores and moves.

/** An instant is ISO text in UTC, a flag a boolean, bytes are base64; a question mark allows null. */
export type KeptColumn = 'text' | 'text?' | 'number' | 'instant' | 'instant?' | 'flag' | 'bytes?';

const QUEUED = { state: 'text', reason: 'text?', next_at: 'instant', attempts: 'number' } as const;

/**
 * Columns by kind. Ids that a store draws by itself are not among them, but the order in which it drew them is kept. What
 * nobody comes back for is left out: authorizations that are under way, versions of scopes. A change here is another version
 * of every backup.
 */
export const KEPT = {
  document: { kind: 'text', id: 'text', workspace: 'text', document: 'text' },
  /** The highest number that was drawn for a fetch. */
  number: { value: 'number' },
  event: {
    workspace: 'text',
    source: 'text',
    dedupe_key: 'text',
    kind: 'text',
    account: 'text',
    received_at: 'instant',
    ...QUEUED,
    unfinished: 'number',
    raw: 'bytes?',
  },
  work: {
    workspace: 'text',
    kind: 'text',
    key: 'text',
    payload: 'text',
    ...QUEUED,
    again: 'flag',
    leased: 'flag',
  },
  fact: { workspace: 'text', digest: 'text', fact: 'text', at: 'instant' },
  row: {
    workspace: 'text',
    entity: 'text',
    account: 'text',
    id: 'text',
    owner: 'text?',
    parent: 'text?',
    record: 'text?',
    aspects: 'text',
  },
  person: { workspace: 'text', account: 'text', customer: 'text', number: 'number', personal: 'text' },
  tombstone: { workspace: 'text', mark: 'text' },
  delivery: {
    workspace: 'text',
    key: 'text',
    installation: 'text',
    desired: 'text',
    digest: 'text',
    delivered_digest: 'text?',
    generation: 'number',
    renewed: 'number',
    ...QUEUED,
    in_flight: 'flag',
    doubt_until: 'instant?',
    doubt_digest: 'text?',
    history: 'flag',
    kept_since: 'instant?',
  },
  operation: {
    workspace: 'text',
    id: 'text',
    user_id: 'text',
    kind: 'text',
    body_hash: 'text',
    record: 'text',
    subject: 'text?',
    state: 'text',
    request: 'text',
    steps: 'text',
    outcome: 'text?',
    started_at: 'instant',
    next_at: 'instant',
    attempts: 'number',
  },
  audit: {
    workspace: 'text',
    at: 'instant',
    actor: 'text',
    action: 'text',
    operation: 'text?',
    record: 'text?',
    before: 'text?',
    after: 'text?',
  },
  /** Last, as nothing of such a workspace is taken any more. */
  erased: { workspace: 'text', at: 'instant', done_at: 'instant?' },
} as const satisfies Record<string, Record<string, KeptColumn>>;

export type KeptKind = keyof typeof KEPT;
export type KeptValue = string | number | boolean | null;
export type Kept = { of: KeptKind; is: Record<string, KeptValue> };

/** Pages of what is kept, of one kind each. */
export type KeptPages = AsyncIterable<Kept[]>;

/** In the order in which they are handed over. */
export const KEPT_KINDS = Object.keys(KEPT) as KeptKind[];

export const columnsOf = (kind: KeptKind): [string, KeptColumn][] => Object.entries(KEPT[kind]);

/** A store that no process has open: what is done to it is done while nothing happens in it. */
export type ClosedStore = {
  /** How it is called where people read it; without a password. */
  name: string;
  read(): KeptPages;
  /**
   * Takes what another store handed over. One that is cut off leaves a store that is empty, or that nobody can open and that
   * is filled anew the next time. @throws store_unavailable with a message for the operator where something is kept there
   *   already, or where another process has it open
   */
  fill(pages: KeptPages): Promise<void>;
  /** Hands everything over; once that was taken, whoever opens this store is told that all of it is at `target`. */
  moveOut(target: string, take: (pages: KeptPages) => Promise<void>): Promise<void>;
};
