// The one thread that holds the database: runs what arrived during the last commit as one transaction, then answers.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import * as deliveries from './deliveries.ts';
import * as edits from './edits.ts';
import * as erased from './erased-workspaces.ts';
import * as erasing from './erasing.ts';
import * as events from './events.ts';
import * as inspecting from './inspect.ts';
import * as ledger from './ledger.ts';
import * as operations from './operations.ts';
import { rowsAfter } from './rows.ts';
import { migrate } from './schema.ts';
import { createSql, type Sql } from './sql.ts';
import { createNote, isUntouched } from './untouched.ts';
import * as watch from './watch.ts';
import * as work from './work.ts';

export type Request = { call: number; name: string; args: unknown[] };
export type Reply = { call: number; value?: unknown; error?: string };

/** `mayBeNew`: nothing was ever kept here, so an empty file is a first start and not a loss. */
export type WorkerData = { file: string; mayBeNew: boolean };

type Operation = (sql: Sql, ...args: never[]) => unknown;
const OPERATIONS: Record<string, Operation> = {
  ...events,
  ...work,
  ...ledger,
  rowsAfter,
  ...deliveries,
  ...edits,
  ...operations,
  ...watch,
  ...erasing,
  ...erased,
  ...inspecting,
};

const { file, mayBeNew } = workerData as WorkerData;

/** Reads all of the file, which takes seconds when it has grown. */
function refuseDamage(opened: DatabaseSync): void {
  const check = opened.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (check.quick_check !== 'ok') throw new Error('damaged');
}

function open(): DatabaseSync {
  // Opening may write the file, so that it is looked at before.
  const wasSound = isUntouched(file);
  const opened = new DatabaseSync(file, { timeout: 0 });
  // Exclusive locking is the lock of the store: it is held until the process ends, however it ends.
  opened.exec('PRAGMA locking_mode = EXCLUSIVE');
  opened.exec('PRAGMA journal_mode = WAL');
  opened.exec('PRAGMA synchronous = FULL');
  opened.exec('PRAGMA cache_size = -8192');
  // What a call changed before it failed is put back from memory, not from a file that is written for each large commit.
  opened.exec('PRAGMA temp_store = MEMORY');
  // A page that changes often goes into the file once for many commits, and a checkpoint of 32 MB is short.
  opened.exec('PRAGMA wal_autocheckpoint = 8000');
  // What is erased is overwritten, not only no longer found.
  opened.exec('PRAGMA secure_delete = ON');
  if (!wasSound) refuseDamage(opened);
  const version = opened.prepare('PRAGMA user_version').get() as { user_version: number };
  if (!mayBeNew && version.user_version === 0) throw new Error('empty');
  migrate(opened);
  return opened;
}

const port = parentPort;
if (!port) throw new Error('the store worker runs as a worker thread');
const database = open();
const sql = createSql(database);
const noteSound = createNote(file);
noteSound();
let waiting: Request[] = [];

function run({ name, args }: Request): unknown {
  const operation = OPERATIONS[name];
  if (!operation) throw new Error(`no operation ${name}`);
  return operation(sql, ...(args as never[]));
}

function runOne(request: Request): Reply {
  const { call } = request;
  sql.run('SAVEPOINT one');
  try {
    const value = run(request);
    sql.run('RELEASE one');
    return { call, value };
  } catch (error) {
    sql.run('ROLLBACK TO one');
    sql.run('RELEASE one');
    return { call, error: String(error) };
  }
}

/** When the first fails, there is nothing before it that has to stay: the transaction is begun anew. */
function runFirst(request: Request): Reply {
  const { call } = request;
  try {
    return { call, value: run(request) };
  } catch (error) {
    sql.exec('ROLLBACK');
    sql.exec('BEGIN IMMEDIATE');
    return { call, error: String(error) };
  }
}

/** Inside a savepoint SQLite copies each page before it changes: what changes most goes first, and needs none. */
const largestFirst = (group: Request[]): Request[] =>
  group.sort((a, b) => Number(b.name === 'commit') - Number(a.name === 'commit'));

/** Those of a loop that walks over much, or of somebody who looks: what they see is durable, as they run before the writes. */
const READS: ReadonlySet<string> = new Set([
  'loadCluster',
  'findRows',
  'loadPersonal',
  'rowsOf',
  'rowsAfter',
  'allFacts',
  'desiredAfter',
  'ownersAfter',
  'personsAfter',
]);

function answerRead(request: Request): Reply {
  try {
    return { call: request.call, value: run(request) };
  } catch (error) {
    return { call: request.call, error: String(error) };
  }
}

/** Nobody who reads waits for the disk because somebody else writes. */
function flush(): void {
  const { reads = [], writes = [] } = Object.groupBy(waiting, ({ name }) =>
    READS.has(name) ? 'reads' : 'writes',
  );
  waiting = [];
  if (reads.length > 0) port?.postMessage(reads.map(answerRead));
  write(largestFirst(writes));
}

function write(group: Request[]): void {
  if (group.length === 0) return;
  let replies: Reply[];
  try {
    sql.exec('BEGIN IMMEDIATE');
    replies = group.map((request, index) => (index === 0 ? runFirst(request) : runOne(request)));
    sql.exec('COMMIT');
  } catch (error) {
    // Nothing of the group is durable, so nobody may be told otherwise.
    replies = group.map(({ call }) => ({ call, error: String(error) }));
    try {
      sql.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back, for example on a full disk.
    }
  }
  port?.postMessage(replies);
  // Commits write the file where SQLite moves its log there; a process that is killed later leaves a sound file.
  noteSound();
}

/** All of the file as it is now, into another one; not inside a transaction. */
function copyTo({ call, args }: Request): void {
  flush();
  try {
    database.prepare('VACUUM INTO ?').run(String(args[0]));
    port?.postMessage([{ call, value: null }] satisfies Reply[]);
  } catch (error) {
    port?.postMessage([{ call, error: String(error) }] satisfies Reply[]);
  }
}

/** The log beside the file holds pages as they were: it is written back and emptied. */
function scrub({ call }: Request): void {
  flush();
  const [said] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all() as [{ busy: number }];
  port?.postMessage([said.busy === 0 ? { call } : { call, error: 'the log is in use' }] satisfies Reply[]);
}

/** Finishes what waits, then lets go of the file. */
function close(): void {
  flush();
  database.close();
  noteSound();
  port?.close();
}

function take(request: Request): void {
  if (request.name === 'close') return close();
  if (request.name === 'copyTo') return copyTo(request);
  if (request.name === 'scrub') return scrub(request);
  waiting.push(request);
  if (waiting.length === 1) setImmediate(flush);
}

port.on('message', (requests: Request[]) => requests.forEach(take));
port.postMessage([{ call: 0, value: 'open' }] satisfies Reply[]);
