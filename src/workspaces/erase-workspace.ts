// Erases a workspace: nobody knows it from the first moment on, vendors are told, then all of it is taken away. Wherever it is cut off, it goes on.
import type { Clock } from '../clock.ts';
import { asConnectorError, requestInvalid } from '../errors.ts';
import type { Crm } from '../crms/crm.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { ErasedWorkspace, ErasePlace, Store } from '../store/store.ts';
import { connectionOf, openCredentials } from './account-access.ts';
import { refreshTokenOf } from './tokens.ts';
import type { GatewayAccount, Installation } from './workspace.ts';

export type EraseWorkspaceDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  gateway: Pick<Gateway, 'removeWebhook'>;
  crmOf: (name: Installation['crm']) => Pick<Crm, 'revoke' | 'label'>;
};

/** What was done at a vendor, or why it was not; then it is for a person to do there. */
export type VendorStep = { about: string; did: string; problem: string | null };

export type WorkspaceErasure = {
  workspaceId: string;
  /** `asked`: nothing was done. */
  state: 'asked' | 'erased' | 'erased_before';
  at: string | null;
  /** Rows by kind, and documents, as they were before. */
  counts: Record<string, number>;
  vendors: VendorStep[];
};

export type EraseWorkspace = {
  /** @param isSure false only counts. @throws request_invalid for one that nobody knows, or that another one shares something with */
  erase(workspaceId: string, isSure: boolean): Promise<WorkspaceErasure>;
  /** A loop's work: goes on with what was cut off. @returns how many were erased */
  resume(): Promise<number>;
};

/** Few enough that nobody waits for the store meanwhile. */
const ROWS = 500;
const LOOK_EVERY_MS = 60_000;

export function createEraseWorkspace(deps: EraseWorkspaceDeps): EraseWorkspace {
  let nextLook = 0;
  return {
    async erase(workspaceId, isSure) {
      const asked = (await marked(deps, workspaceId)) ? null : await examine(deps, workspaceId);
      if (!isSure) return asked ?? finish(deps, workspaceId, false);
      if (asked) await mark(deps, workspaceId);
      // What a joined installation left behind is marked with it, by this command or by one that was cut off.
      for (const id of await unfinished(deps)) if (id !== workspaceId) await finish(deps, id, true);
      const done = await finish(deps, workspaceId, true);
      return asked ? { ...done, counts: asked.counts } : done;
    },
    async resume() {
      const now = deps.clock.now().getTime();
      if (now < nextLook) return 0;
      nextLook = now + LOOK_EVERY_MS;
      const open = await unfinished(deps);
      for (const id of open) await finish(deps, id, true);
      return open.length;
    },
  };
}

const marked = async (
  { store }: EraseWorkspaceDeps,
  workspaceId: string,
): Promise<ErasedWorkspace | undefined> =>
  (await store.erasures()).find((one) => one.workspaceId === workspaceId);

const unfinished = async ({ store }: EraseWorkspaceDeps): Promise<string[]> =>
  (await store.erasures()).filter(({ doneAt }) => doneAt === null).map(({ workspaceId }) => workspaceId);

async function mark(deps: EraseWorkspaceDeps, workspaceId: string): Promise<void> {
  const left = await leftFor(deps, workspaceId);
  // Moves between workspaces are not begun meanwhile.
  await deps.store.lock('joins', async () => {
    await examine(deps, workspaceId);
    // The last one first: nobody who goes on after a kill finds what was left for one that is marked.
    for (const id of [...left.toReversed(), workspaceId]) await deps.store.beginErasure(id, deps.clock.now());
  });
}

/** What a joined installation left behind is of the same people, and nobody else can name it. */
async function leftFor({ store }: EraseWorkspaceDeps, workspaceId: string): Promise<string[]> {
  const all = await store.workspaces();
  const found = [workspaceId];
  for (const target of found)
    found.push(...all.filter((one) => one.leftFor === target && !found.includes(one.id)).map(({ id }) => id));
  return found.slice(1);
}

/** What would be erased. */
async function examine({ store }: EraseWorkspaceDeps, workspaceId: string): Promise<WorkspaceErasure> {
  const [workspaces, installations, accounts] = await Promise.all([
    store.workspaces(),
    store.installations(),
    store.accounts(),
  ]);
  if (!workspaces.some(({ id }) => id === workspaceId))
    throw requestInvalid({ publicMessage: `No workspace is called ${workspaceId}.` });
  const shared = installations.find((one) => isShared(one, workspaceId));
  if (shared)
    throw requestInvalid({
      publicMessage: `${shared.name} (${shared.portalId}) has asked to join another workspace, and one of the two is ${workspaceId}. Have its admins answer or take the request back first.`,
    });
  const isOf = (one: { workspaceId: string }): boolean => one.workspaceId === workspaceId;
  const counts = {
    installation: installations.filter(isOf).length,
    account: accounts.filter(isOf).length,
    ...(await store.countRows(workspaceId)),
  };
  return { workspaceId, state: 'asked', at: null, counts, vendors: [] };
}

/** A request that is not answered yet, or a move that is not done, is something two workspaces have in common. */
const isShared = ({ workspaceId, joining, state }: Installation, id: string): boolean =>
  joining !== undefined &&
  joining.ended === null &&
  (state === 'installed' || workspaceId === joining.workspaceId) &&
  [joining.from, joining.workspaceId].includes(id);

/** One process at a time; each step may be done twice. */
const finish = (deps: EraseWorkspaceDeps, workspaceId: string, isSure: boolean): Promise<WorkspaceErasure> =>
  deps.store.lock(`erase:${workspaceId}`, async () => {
    const { store, clock, log } = deps;
    const found = await marked(deps, workspaceId);
    if (!found) throw requestInvalid();
    const { at, doneAt } = found;
    if (doneAt !== null) return { workspaceId, state: 'erased_before', at: doneAt, counts: {}, vendors: [] };
    const counts = await store.countRows(workspaceId);
    if (!isSure) return { workspaceId, state: 'asked', at, counts, vendors: [] };
    // Whoever marked it may have been killed before all that had begun was over.
    await store.beginErasure(workspaceId, new Date(at));
    const vendors = await tellVendors(deps, found);
    let place: ErasePlace | null = null;
    do place = await store.eraseRows(workspaceId, place, ROWS);
    while (place);
    await store.scrub();
    const now = clock.now();
    await store.endErasure(workspaceId, now);
    log.warn('a workspace is erased', { workspace: workspaceId });
    return { workspaceId, state: 'erased', at: now.toISOString(), counts, vendors };
  });

async function tellVendors(deps: EraseWorkspaceDeps, erased: ErasedWorkspace): Promise<VendorStep[]> {
  const taken = new Set((await deps.store.installations()).map(nameOf));
  const steps: VendorStep[] = [];
  for (const account of erased.accounts) steps.push(...(await leaveGateway(deps, account)));
  for (const installation of erased.installations) steps.push(...(await leaveCrm(deps, installation, taken)));
  return steps;
}

const nameOf = ({ crm, portalId }: Installation): string => `${crm} ${portalId}`;

/** Its endpoints; credentials can be taken back only by who gave them. */
async function leaveGateway(deps: EraseWorkspaceDeps, account: GatewayAccount): Promise<VendorStep[]> {
  const about = `${account.gateway} ${account.externalId}`;
  const credentials = openCredentials(deps.secrets, account);
  const { endpointId, retiring } = account.webhook ?? {};
  const endpoints = [endpointId, retiring?.endpointId].filter((id) => id !== undefined);
  const steps: VendorStep[] = [];
  for (const id of endpoints) {
    const remove = async (): Promise<void> => {
      if (!credentials) throw requestInvalid({ publicMessage: 'There is no key for it any more.' });
      await deps.gateway.removeWebhook(connectionOf(account, credentials), id);
    };
    steps.push(await tried(about, `webhook endpoint ${id} removed`, remove));
  }
  if (credentials)
    steps.push({
      about,
      did: credentials.kind === 'key' ? 'key forgotten' : 'consent forgotten',
      problem: 'Only its owner can take it back: do so in the gateway’s dashboard.',
    });
  return steps;
}

/** Where the same portal has installed again meanwhile, taking these tokens back could end the new ones. */
async function leaveCrm(
  deps: EraseWorkspaceDeps,
  installation: Installation,
  taken: ReadonlySet<string>,
): Promise<VendorStep[]> {
  const refresh = refreshTokenOf(deps.secrets, installation);
  if (refresh === null || taken.has(nameOf(installation))) return [];
  const revoke = async (): Promise<void> =>
    deps.crmOf(installation.crm).revoke(refresh, installation.apiBase);
  return [await tried(nameOf(installation), 'tokens revoked', revoke)];
}

async function tried(about: string, did: string, work: () => Promise<void>): Promise<VendorStep> {
  try {
    await work();
    return { about, did, problem: null };
  } catch (error) {
    return { about, did, problem: asConnectorError(error).publicMessage };
  }
}
