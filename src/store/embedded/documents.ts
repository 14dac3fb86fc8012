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
};

export async function openDocuments(file: string): Promise<DocumentStore> {
  const low = new Low<Documents>(durableFile(file), structuredClone(EMPTY));
  await low.read();
  let tail: Promise<void> = Promise.resolve();
  return {
    current: () => low.data,
    save(kind, document) {
      const next = tail.then(async () => {
        const before = low.data;
        const others = (before[kind] as { id: string }[]).filter((one) => one.id !== document.id);
        low.data = { ...before, [kind]: [...others, document] };
        // A write that failed must not be visible in memory either.
        await low.write().catch((error: unknown) => {
          low.data = before;
          throw error;
        });
      });
      tail = next.catch(() => undefined);
      return next;
    },
  };
}
