// The small documents that admins read and back up, as one JSON file: written, fsynced and renamed.
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Low, type Adapter } from 'lowdb';
import { z } from 'zod';
import type { GatewayAccount, Installation, Workspace } from '../../workspaces/workspace.ts';

export type Documents = {
  workspaces: Workspace[];
  installations: Installation[];
  accounts: GatewayAccount[];
};

const EMPTY: Documents = { workspaces: [], installations: [], accounts: [] };

const documentShape = z.array(z.looseObject({ id: z.string().min(1) }));

/** Enough to tell our file from a damaged one; a document's own fields are its room's concern. */
const documentsShape = z.strictObject({
  workspaces: documentShape,
  installations: documentShape,
  accounts: documentShape,
});

/** lowdb's own file writer neither fsyncs nor survives a test runner's environment, so this one does both. */
function durableFile(file: string): Adapter<Documents> {
  return {
    async read() {
      if (!existsSync(file)) return null;
      const found: unknown = JSON.parse(await readFile(file, 'utf8'));
      return documentsShape.parse(found) as unknown as Documents;
    },
    async write(documents) {
      await mkdir(dirname(file), { recursive: true });
      const handle = await open(`${file}.next`, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(documents, null, 2));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.next`, file);
      const folder = await open(dirname(file), 'r');
      await folder.sync().finally(() => folder.close());
    },
  };
}

export type DocumentStore = {
  current(): Documents;
  /** Replaces the document with this id, or adds it. */
  save<K extends keyof Documents>(kind: K, document: Documents[K][number]): Promise<void>;
  replace(documents: Documents): Promise<void>;
  /** Takes away those that are meant, of every kind. */
  drop(isMeant: (document: Documents[keyof Documents][number]) => boolean): Promise<void>;
  /** Nothing is saved while the work is done. */
  still<T>(work: (documents: Documents) => Promise<T>): Promise<T>;
};

export async function openDocuments(file: string): Promise<DocumentStore> {
  const low = new Low<Documents>(durableFile(file), structuredClone(EMPTY));
  await low.read();
  const line: { tail: Promise<unknown> } = { tail: Promise.resolve() };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = line.tail.then(work);
    line.tail = next.catch(() => undefined);
    return next;
  };
  const write = async (documents: Documents): Promise<void> => {
    const before = low.data;
    low.data = documents;
    // A write that failed must not be visible in memory either.
    await low.write().catch((error: unknown) => {
      low.data = before;
      throw error;
    });
  };
  return {
    current: () => low.data,
    save: (kind, document) =>
      inTurn(() => {
        const others = (low.data[kind] as { id: string }[]).filter((one) => one.id !== document.id);
        return write({ ...low.data, [kind]: [...others, document] });
      }),
    replace: (documents) => inTurn(() => write(documents)),
    drop: (isMeant) =>
      inTurn(() =>
        write({
          workspaces: low.data.workspaces.filter((one) => !isMeant(one)),
          installations: low.data.installations.filter((one) => !isMeant(one)),
          accounts: low.data.accounts.filter((one) => !isMeant(one)),
        }),
      ),
    still: (work) => inTurn(() => work(low.data)),
  };
}
