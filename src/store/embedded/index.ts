// The embedded store: SQLite in one worker thread for what flows, one JSON file for what admins read.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { storeUnavailable, NOTHING_KEPT } from '../../errors.ts';
import { inTurn } from '../../in-turn.ts';
import type { Personal } from '../../ledger/entities.ts';
import type { CommitOutcome, Inspected, KeptPages, Store } from '../store.ts';
import { documentCalls } from './document-calls.ts';
import { openDocuments, type DocumentStore } from './documents.ts';
import { DATABASE, DOCUMENTS, MARKER, isUnused, refusal, refuseClosed, whyNotOpen } from './folder.ts';
import { documentsKept, readKept } from './kept.ts';
import { createMarks } from './marks.ts';
import type { Reply, Request, WorkerData } from './worker.ts';
import { openedCluster, written, type WrittenCluster } from './written.ts';

/** Calls the worker answers, by the names of the port. */
const CALLS = [
  'accept',
  'claimEvents',
  'postponeEvent',
  'buryEvent',
  'ignoreEvent',
  'addWork',
  'claimWork',
  'finishWork',
  'postponeWork',
  'buryWork',
  'waitingWork',
  'ownersDue',
  'ownersAfter',
  'rowsOf',
  'eraseBodies',
  'forgetEvents',
  'drawNumber',
  'findRows',
  'loadPersonal',
  'allFacts',
  'rowsAfter',
  'personsAfter',
  'replaceFacts',
  'eraseMentions',
  'eraseRequests',
  'dropDesired',
  'addTombstones',
  'tombstonesAmong',
  'scrub',
  'countRows',
  'eraseRows',
  'dueKeys',
  'claimDeliveries',
  'installationsDue',
  'delivered',
  'postponeDelivery',
  'doubtDelivery',
  'buryDelivery',
  'releaseDeliveries',
  'endWait',
  'dueDeliveries',
  'desiredAfter',
  'compared',
  'keptEdits',
  'offerAgain',
  'beginOperation',
  'saveStep',
  'endOperation',
  'postponeOperation',
  'claimOperations',
  'findOperation',
  'unfinishedOperations',
  'audit',
  'putAuthorization',
  'takeAuthorization',
  'dropAuthorizations',
  'ready',
  'counts',
  'deadLetters',
  'redrive',
] as const satisfies readonly (keyof Store)[];

type Called<Person> = Pick<Store<Person>, (typeof CALLS)[number]>;

/**
 * Opens the folder, or makes it on the first start unless it `mustExist`.
 * @throws store_unavailable with a message for the operator when another process holds it, or a file beside the
 *   install marker is missing or damaged: never an empty start over lost data.
 */
export async function openEmbeddedStore<Person = Personal>(
  folder: string,
  { mustExist = false } = {},
): Promise<Store<Person>> {
  if (mustExist && isUnused(folder))
    throw storeUnavailable({ publicMessage: `there is no store in ${folder}`, context: NOTHING_KEPT });
  if (mustExist && !existsSync(join(folder, DATABASE))) throw refusal(`there is no store in ${folder}`);
  refuseClosed(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const documents = await openDocuments(join(folder, DOCUMENTS)).catch((cause: unknown) => {
    throw refusal(`${join(folder, DOCUMENTS)} is damaged; restore it from a backup`, cause);
  });
  const isInstalled = existsSync(join(folder, MARKER)) || documents.current().workspaces.length > 0;
  if (isInstalled) refuseLostFiles(folder, documents);
  const worker = await startWorker({ file: join(folder, DATABASE), mayBeNew: !isInstalled });
  const { ask, isOpen, close } = callsTo(worker);
  await dropCopies(folder);
  const marks = createMarks();
  // Whoever hears that a call has ended finds it counted.
  const call = (name: (typeof CALLS)[number], args: unknown[]): Promise<unknown> =>
    ask(name, args).finally(() => marks.ended(name, args));
  const called = Object.fromEntries(CALLS.map((name) => [name, (...args: unknown[]) => call(name, args)]));
  return {
    ...(called as unknown as Called<Person>),
    loadCluster: async (...of) => openedCluster((await ask('loadCluster', of)) as WrittenCluster),
    commit: async (wish) =>
      (await ask('commit', [written(wish)]).finally(() => marks.ended('commit', [wish]))) as CommitOutcome,
    async stampOf(workspaceId, watched) {
      if (!isOpen()) throw storeUnavailable();
      return marks.stampOf(workspaceId, watched);
    },
    ...(await documentCalls(documents, folder, ask)),
    inspect: () => inspect(ask),
    copyOut: () => copyOut(documents, folder, (file) => ask('copyTo', [file])),
    // There is no other process on this folder.
    lock: (name, work) => inTurn(worker, name, work),
    close,
  };
}

function refuseLostFiles(folder: string, documents: DocumentStore): void {
  for (const file of [DATABASE, DOCUMENTS]) {
    if (!existsSync(join(folder, file)))
      throw refusal(`${join(folder, file)} is missing; restore it from a backup`);
  }
  if (documents.current().workspaces.length === 0)
    throw refusal(`${join(folder, DOCUMENTS)} has lost its workspaces; restore it from a backup`);
}

async function startWorker(data: WorkerData): Promise<Worker> {
  const kept = getCompileCacheDir();
  // Node names the folder of its own version below the one it was told.
  const workerData = { ...data, compiled: kept && dirname(kept) };
  const worker = new Worker(new URL('thread.js', import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', (error) => reject(refusal(whyNotOpen(error, data.file), error)));
  });
  worker.removeAllListeners('error');
  return worker;
}

const COPY = /^copy-.*\.db/;

/** Those of a process that was killed while it copied. */
async function dropCopies(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => COPY.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** Of one moment: no document is saved while the database is copied, and the copy is read at leisure. */
async function* copyOut(
  documents: DocumentStore,
  folder: string,
  copyTo: (file: string) => Promise<unknown>,
): KeptPages {
  const file = join(folder, `copy-${randomUUID()}.db`);
  try {
    yield await documents.still(async (now) => {
      await copyTo(file);
      return documentsKept(now);
    });
    const copy = new DatabaseSync(file, { readOnly: true });
    try {
      yield* readKept(copy);
    } finally {
      copy.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}

/** Each table is a call of its own, between which others are answered. */
async function* inspect(ask: Calls['ask']): AsyncGenerator<Inspected> {
  for (const table of (await ask('tablesToInspect', [])) as string[])
    yield (await ask('inspectTable', [table])) as Inspected;
  yield (await ask('inspectEvents', [])) as Inspected;
}

type Pending = { resolve(value: unknown): void; reject(error: Error): void };

type Calls = {
  ask(name: string, args: unknown[]): Promise<unknown>;
  /** False once the thread has ended. */
  isOpen(): boolean;
  close(): Promise<void>;
};

function callsTo(worker: Worker): Calls {
  const pending = new Map<number, Pending>();
  let last = 0;
  let isAlive = true;
  const settle = ({ call, value, error }: Reply): void => {
    const asked = pending.get(call);
    pending.delete(call);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(storeUnavailable({ cause: new Error(error) }));
  };
  worker.on('message', (replies: Reply[]) => replies.forEach(settle));
  const ended = new Promise<void>((resolve) => {
    const fail = (): void => {
      isAlive = false;
      for (const asked of pending.values()) asked.reject(storeUnavailable());
      pending.clear();
      resolve();
    };
    worker.on('error', fail);
    worker.on('exit', fail);
  });
  /** What is asked in one turn of the loop goes in one message: each wakes the thread, and may be a commit of its own. */
  const send = together<Request>((requests) => {
    try {
      worker.postMessage(requests);
    } catch (error) {
      for (const { call } of requests) settle({ call, error: String(error) });
    }
  });
  return {
    ask: (name, args) =>
      new Promise((resolve, reject) => {
        // A thread that has ended would never answer.
        if (!isAlive) return reject(storeUnavailable());
        last += 1;
        pending.set(last, { resolve, reject });
        send({ call: last, name, args });
      }),
    isOpen: () => isAlive,
    async close() {
      isAlive = false;
      send({ call: 0, name: 'close', args: [] });
      await ended;
    },
  };
}

/** Collects until the turn of the loop ends. */
function together<T>(pass: (all: T[]) => void): (one: T) => void {
  let collected: T[] = [];
  return (one) => {
    collected.push(one);
    if (collected.length > 1) return;
    setImmediate(() => {
      const all = collected;
      collected = [];
      pass(all);
    });
  };
}
