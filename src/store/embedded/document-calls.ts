// The store's calls over documents: nobody is handed those of a workspace that is being erased, and nobody saves one.
import { storeUnavailable } from '../../errors.ts';
import type { ErasedWorkspace, Store } from '../store.ts';
import type { DocumentStore, Documents } from './documents.ts';
import type { Mark } from './erased-workspaces.ts';
import { markInstalled } from './folder.ts';

type DocumentCalls = Pick<
  Store,
  | 'saveWorkspace'
  | 'saveInstallation'
  | 'saveAccount'
  | 'workspaces'
  | 'installations'
  | 'accounts'
  | 'beginErasure'
  | 'erasures'
  | 'endErasure'
>;

type Ask = (name: string, args: unknown[]) => Promise<unknown>;

/** @param ask calls the thread that holds the database */
export async function documentCalls(
  documents: DocumentStore,
  folder: string,
  ask: Ask,
): Promise<DocumentCalls> {
  const marks = async (): Promise<Mark[]> => (await ask('marksOfErased', [])) as Mark[];
  const erased = new Set((await marks()).map(({ workspaceId }) => workspaceId));
  const visible = handedOut(documents, erased);
  const save = (...saved: Parameters<DocumentStore['save']>): Promise<void> => {
    if (erased.has(workspaceOf(saved[1]))) return Promise.reject(storeUnavailable());
    return durable(documents.save(...saved));
  };
  return {
    async saveWorkspace(workspace) {
      await save('workspaces', workspace);
      await markInstalled(folder);
    },
    async saveInstallation(installation) {
      const { id, workspaceId } = installation;
      const known = documents.current().installations.find((one) => one.id === id);
      if (known && erased.has(known.workspaceId)) throw storeUnavailable();
      if (known && known.workspaceId !== workspaceId && !erased.has(workspaceId))
        await ask('moveDeliveries', [id, workspaceId]);
      await save('installations', installation);
    },
    saveAccount: (account) => save('accounts', account),
    workspaces: async () => visible().workspaces,
    installations: async () => visible().installations,
    accounts: async () => visible().accounts,
    async beginErasure(workspaceId, at) {
      await ask('markErased', [workspaceId, at]);
      erased.add(workspaceId);
    },
    erasures: async () => (await marks()).map((mark) => withDocuments(mark, documents.current())),
    async endErasure(workspaceId, at) {
      if (!erased.has(workspaceId)) throw storeUnavailable();
      await ask('eraseAuthorizations', [workspaceId]);
      await durable(documents.drop((document) => workspaceOf(document) === workspaceId));
      await ask('markDone', [workspaceId, at]);
    },
  };
}

type Document = Documents[keyof Documents][number];

const workspaceOf = (document: Document): string =>
  'workspaceId' in document ? document.workspaceId : document.id;

/** The same lists until a document or a mark changes: they are asked for with every call. */
function handedOut(documents: DocumentStore, erased: ReadonlySet<string>): () => Documents {
  const isOf = (document: Document): boolean => !erased.has(workspaceOf(document));
  let known = { all: documents.current(), marks: 0, some: documents.current() };
  return () => {
    const all = documents.current();
    if (erased.size === 0) return all;
    if (known.all !== all || known.marks !== erased.size)
      known = {
        all,
        marks: erased.size,
        some: {
          workspaces: all.workspaces.filter(isOf),
          installations: all.installations.filter(isOf),
          accounts: all.accounts.filter(isOf),
        },
      };
    return known.some;
  };
}

const withDocuments = (mark: Mark, all: Documents): ErasedWorkspace => ({
  ...mark,
  workspace: all.workspaces.find(({ id }) => id === mark.workspaceId) ?? null,
  installations: all.installations.filter(({ workspaceId }) => workspaceId === mark.workspaceId),
  accounts: all.accounts.filter(({ workspaceId }) => workspaceId === mark.workspaceId),
});

async function durable(saved: Promise<void>): Promise<void> {
  await saved.catch((cause: unknown) => {
    throw storeUnavailable({ cause });
  });
}
