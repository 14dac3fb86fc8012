// The folder of an embedded store: its files by name, and what stands over it where it may not be opened.
import { existsSync, readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storeUnavailable, type ConnectorError } from '../../errors.ts';

export const DATABASE = 'payside.db';
export const DOCUMENTS = 'documents.json';
export const MARKER = 'installed';
/** Being filled, or only half filled. */
const UNFINISHED = 'unfinished';
/** Says where all of it is now. */
const MOVED = 'moved';

export const refusal = (message: string, cause?: unknown): ConnectorError =>
  storeUnavailable({ publicMessage: message, cause });

/** Not so where only the database is gone: that is a loss. */
export const isUnused = (folder: string): boolean =>
  [DATABASE, DOCUMENTS, MARKER, UNFINISHED, MOVED].every((name) => !existsSync(join(folder, name)));

/** @throws store_unavailable for a folder whose data is elsewhere, or not whole */
export function refuseClosed(folder: string): void {
  if (existsSync(join(folder, MOVED))) {
    const name = readFileSync(join(folder, MOVED), 'utf8').trim();
    throw refusal(
      `What was kept in ${folder} was moved to ${name}. Set STORE_URL to that. Two connectors on the same data would both act.`,
    );
  }
  if (isUnfinished(folder))
    throw refusal(`A restore or move into ${folder} did not come to its end. Do it again; it begins anew.`);
}

export const isUnfinished = (folder: string): boolean => existsSync(join(folder, UNFINISHED));

export const markUnfinished = (folder: string): Promise<void> =>
  writeDurably(folder, UNFINISHED, 'This folder is being filled.\n');

export async function unmarkUnfinished(folder: string): Promise<void> {
  await rm(join(folder, UNFINISHED));
  await syncFolder(folder);
}

export const markInstalled = (folder: string): Promise<void> =>
  writeDurably(folder, MARKER, 'Payside keeps its data in this folder.\n');

export const markMoved = (folder: string, name: string): Promise<void> =>
  writeDurably(folder, MOVED, `${name}\n`);

async function writeDurably(folder: string, file: string, text: string): Promise<void> {
  const handle = await open(join(folder, file), 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** SQLITE_BUSY, also in its extended forms: another process has the file locked. */
const BUSY = 5;

export function whyNotOpen(error: Error, file: string): string {
  const code = 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code === BUSY) return `${file} is in use by another process`;
  return `${file} is damaged or cannot be opened; restore it from a backup`;
}
