// An embedded store that nobody has open: filled from another one, or left for another one.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConnectorError } from '../../errors.ts';
import type { ClosedStore, Kept, KeptPages } from '../store.ts';
import { openDocuments } from './documents.ts';
import {
  DATABASE,
  DOCUMENTS,
  isUnfinished,
  MARKER,
  markInstalled,
  markMoved,
  markUnfinished,
  refusal,
  refuseClosed,
  unmarkUnfinished,
  whyNotOpen,
} from './folder.ts';
import { documentsKept, documentsOf, isUsed, keeping, readKept } from './kept.ts';
import { migrate } from './schema.ts';

export const closedEmbeddedStore = (folder: string): ClosedStore => ({
  name: `embedded:${folder}`,
  read: () => read(folder),
  fill: (pages) => fill(folder, pages),
  moveOut: (target, take) => moveOut(folder, target, take),
});

async function* read(folder: string): KeptPages {
  const database = openAlone(join(folder, DATABASE));
  try {
    yield* allOf(folder, database);
  } finally {
    database.close();
  }
}

async function* allOf(folder: string, database: DatabaseSync): KeptPages {
  yield documentsKept((await openDocuments(join(folder, DOCUMENTS))).current());
  yield* readKept(database);
}

/** Nobody can open it before it is marked: the lock is held until then. */
async function moveOut(
  folder: string,
  target: string,
  take: (pages: KeptPages) => Promise<void>,
): Promise<void> {
  refuseClosed(folder);
  if (!existsSync(join(folder, DATABASE))) throw refusal(`there is no store in ${folder}`);
  const database = openAlone(join(folder, DATABASE));
  try {
    migrate(database);
    await take(allOf(folder, database));
    await markMoved(folder, target);
  } finally {
    database.close();
  }
}

async function fill(folder: string, pages: KeptPages): Promise<void> {
  const file = join(folder, DATABASE);
  await makeReady(folder);
  const database = openAlone(file);
  try {
    migrate(database);
    if (isUsed(database)) throw notEmpty(folder);
    await markUnfinished(folder);
    const documents = await keepAll(database, pages);
    await (await openDocuments(join(folder, DOCUMENTS))).replace(documentsOf(documents));
    await markInstalled(folder);
    await unmarkUnfinished(folder);
  } catch (cause) {
    throw cause instanceof ConnectorError ? cause : refusal(`${folder} could not be filled`, cause);
  } finally {
    database.close();
  }
}

/** What an earlier filling left there is nothing to keep. */
async function makeReady(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!isUnfinished(folder)) {
    refuseClosed(folder);
    if ([DOCUMENTS, MARKER].some((name) => existsSync(join(folder, name)))) throw notEmpty(folder);
    return;
  }
  const lock = openAlone(join(folder, DATABASE));
  lock.close();
  const left = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`, DOCUMENTS, MARKER];
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

const notEmpty = (folder: string): ConnectorError =>
  refusal(`${folder} is not empty. Nothing is ever written over what a store keeps: name an empty one.`);

function openAlone(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // The lock is taken by the first who reads.
    database.prepare('PRAGMA user_version').get();
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (cause) {
    throw refusal(whyNotOpen(cause as Error, file), cause);
  }
}

/** All in one transaction. @returns the documents, which go into a file of their own */
async function keepAll(database: DatabaseSync, pages: KeptPages): Promise<Kept[]> {
  const documents: Kept[] = [];
  const keep = keeping(database);
  database.exec('BEGIN IMMEDIATE');
  for await (const page of pages)
    for (const kept of page) {
      if (kept.of === 'document') documents.push(kept);
      else keep(kept);
    }
  database.exec('COMMIT');
  return documents;
}
