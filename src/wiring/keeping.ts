// Commands for a store that no connector has open: a backup put back, and all of it moved to another one.
import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { checkBackup, readBackup } from '../control/backup-file.ts';
import type { Typed } from '../control/command.ts';
import { sameSums, sumsOf, watched, type Sums } from '../control/sums.ts';
import { requestInvalid, storeUnavailable } from '../errors.ts';
import { createLog } from '../log.ts';
import { restoredSweep } from '../reconcile/restored.ts';
import { createKeyRing } from '../secrets/key-ring/index.ts';
import type { ClosedStore, Kept, KeptPages } from '../store/store.ts';
import { restoredAccount, restoredInstallation, type RestoredDeps } from '../workspaces/restored.ts';
import type { GatewayAccount, Installation } from '../workspaces/workspace.ts';
import { crmsOf, storeFolder } from './house.ts';
import type { Operator } from './operator.ts';

async function closedStore(config: Config): Promise<ClosedStore> {
  const folder = storeFolder(config);
  if (folder === null)
    return (await import('../store/postgres/whole.ts')).closedPostgresStore(config.STORE_URL);
  return (await import('../store/embedded/closed.ts')).closedEmbeddedStore(folder);
}

function given({ options }: Typed, name: string, what: string): string {
  const value = options[name];
  if (typeof value === 'string' && value !== '') return value;
  throw requestInvalid({ publicMessage: `Say --${name} with ${what}.` });
}

const restore: Operator = {
  says: 'puts a backup into an empty store, with no connector running: --from FILE',
  options: { from: { type: 'string' } },
  async run(config, typed) {
    const file = resolve(given(typed, 'from', 'the file of a backup'));
    const { createdAt, rows, documents } = await checkBackup(file);
    const returning = await createReturning(config);
    const reconnect = documents.map(returning.document).flatMap(cutOff);
    const store = await closedStore(config);
    await store.fill(returned(returning, readBackup(file), documents, { createdAt, reconnect }));
    const result = { from: file, to: store.name, createdAt, rows, reconnect };
    const lines = reconnect.map((name) => `an admin has to connect again: ${name}`);
    return { result, text: [`${rows} rows of ${createdAt} in ${store.name}`, ...lines].join('\n') };
  },
};

type Returning = { document(kept: Kept): Kept; row(kept: Kept): Kept };

async function createReturning(config: Config): Promise<Returning> {
  const crms = await crmsOf(config, systemClock, createLog('silent'));
  const deps: RestoredDeps = {
    secrets: createKeyRing(config.ENCRYPTION_KEYS),
    rotates: (name) => crms.find((crm) => crm.name === name)?.rotates ?? true,
  };
  const now = systemClock.now();
  return {
    document({ of, is }) {
      const document: unknown = JSON.parse(String(is['document']));
      const back = returnedDocument(deps, String(is['kind']), document);
      return { of, is: { ...is, document: JSON.stringify(back) } };
    },
    row(kept) {
      // What was written since is not known, so that nothing that differs from it is somebody's edit.
      if (kept.of === 'delivery')
        return { of: kept.of, is: { ...kept.is, delivered_digest: null, kept_since: null } };
      if (kept.of !== 'work' || kept.is['kind'] !== 'sweep') return kept;
      const sweep = restoredSweep(JSON.parse(String(kept.is['payload'])), now, config.RECONCILE_INTERVAL_MS);
      const anew = { state: 'waiting', attempts: 0, again: false, leased: false, reason: null };
      const is = { ...kept.is, ...anew, payload: JSON.stringify(sweep.payload), next_at: sweep.nextAt };
      return { of: kept.of, is };
    },
  };
}

const OTHER_KEYS =
  'Secrets in this backup were sealed with a key that ENCRYPTION_KEYS does not have. Nothing was restored.';

function returnedDocument(deps: RestoredDeps, kind: string, document: unknown): unknown {
  try {
    if (kind === 'installation') return restoredInstallation(deps, document as Installation);
    if (kind === 'account') return restoredAccount(deps, document as GatewayAccount);
    return document;
  } catch (cause) {
    throw requestInvalid({ publicMessage: OTHER_KEYS, cause });
  }
}

/** Names of what was connected and is not any more. */
function cutOff({ is }: Kept): string[] {
  const { name, state } = JSON.parse(String(is['document'])) as { name: string; state?: string };
  return state === 'reauth' || state === 'disconnected'
    ? [`${String(is['kind'])} ${String(is['id'])} (${name})`]
    : [];
}

type Told = { createdAt: string; reconnect: string[] };

async function* returned(
  { document, row }: Returning,
  pages: KeptPages,
  documents: readonly Kept[],
  told: Told,
): KeptPages {
  for await (const page of pages)
    yield page.map((kept) => (kept.of === 'document' ? document(kept) : row(kept)));
  yield documents
    .filter(({ is }) => is['kind'] === 'workspace')
    .map(({ is }) => trailOf(String(is['id']), told));
}

const trailOf = (workspace: string, { createdAt, reconnect }: Told): Kept => ({
  of: 'audit',
  is: {
    workspace,
    at: systemClock.now().toISOString(),
    actor: 'operator',
    action: 'restore',
    operation: null,
    record: null,
    before: JSON.stringify({ backupOf: createdAt }),
    after: JSON.stringify({ reconnect: reconnect.length }),
  },
});

const moveStore: Operator = {
  says: 'moves all that is kept, with no connector running: --to embedded:FOLDER or postgres://…',
  options: { to: { type: 'string' } },
  async run(config, typed) {
    const to = given(typed, 'to', 'a folder as embedded:FOLDER, or postgres://…');
    if (!/^(embedded:|postgres(ql)?:\/\/)/.test(to))
      throw requestInvalid({ publicMessage: 'Say --to with a folder as embedded:FOLDER, or postgres://…' });
    const source = await closedStore(config);
    const target = await closedStore({ ...config, STORE_URL: to });
    const sums: Sums = new Map();
    await source.moveOut(target.name, async (pages) => {
      await target.fill(watched(pages, sums));
      if (!sameSums(sums, await sumsOf(target.read())))
        throw storeUnavailable({
          publicMessage: `What ${target.name} keeps now is not the same. Nothing was moved: empty it.`,
        });
    });
    const workspaces = [...sums].map(([workspaceId, kinds]) => ({
      workspaceId,
      counts: Object.fromEntries([...kinds].map(([kind, { count }]) => [kind, count])),
    }));
    const lines = workspaces.map(
      ({ workspaceId, counts }) =>
        `${workspaceId || 'shared'}: ${Object.entries(counts)
          .map(([kind, count]) => `${count} ${kind}`)
          .join(', ')}`,
    );
    const text = [...lines, `equal in both; from now on set STORE_URL to ${target.name}`].join('\n');
    return { result: { from: source.name, to: target.name, equal: true, workspaces }, text };
  },
};

export const KEEPING_COMMANDS: Readonly<Record<string, Operator>> = { restore, 'move-store': moveStore };
