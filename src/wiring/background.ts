// The background of the house: which loops run, and the functions their rooms are handed.
import type { CrmConnection, CrmRecord } from '../crms/crm.ts';
import { changeLoops, heedOf } from './changes.ts';
import { limitsOf, type GatewayConnection } from '../gateways/gateway.ts';
import type { House } from './house.ts';
import { drainInbox } from '../inbox/drain.ts';
import { createAddresses, type Addresses } from '../forgetting/addresses.ts';
import { erasePersons } from '../forgetting/erase.ts';
import { createTurns } from '../inbox/turns.ts';
import { refetch } from '../inbox/refetch.ts';
import { resumeWith } from './doors.ts';
import { startLoops, type Loops } from '../loops.ts';
import type { Target } from '../outbox/batches.ts';
import type { RenderFor } from '../records/render.ts';
import { createOutbox } from '../outbox/deliver.ts';
import { createPace } from '../outbox/pace.ts';
import { createPost, type Post } from '../posting/post.ts';
import { createBackfill } from '../reconcile/backfill.ts';
import { turnDays } from '../reconcile/day.ts';
import { createFollow } from '../reconcile/follow.ts';
import { matchPayers } from '../reconcile/match.ts';
import { renewRecords } from '../reconcile/renew.ts';
import type { Reconcile } from '../reconcile/run-now.ts';
import { createSweeping } from './sweeping.ts';
import { computeTotal } from '../reconcile/total.ts';
import { reauthRequired } from '../errors.ts';
import { createDelays } from '../workspaces/delays.ts';
import { createEraseWorkspace } from '../workspaces/erase-workspace.ts';
import { createHalted, createProgress } from '../workspaces/imports.ts';
import { writesBack } from '../workspaces/directory.ts';
import type { Installation } from '../workspaces/workspace.ts';
import { createHearAll } from '../workspaces/hear-all.ts';
import { createRereadRates } from '../workspaces/tax-rates.ts';
import { createQuietCheck } from '../workspaces/quiet-connections.ts';

export type Background = {
  post: Post;
  wake: Loops['wake'];
  /** An event is waiting in the inbox. */
  arrived: () => void;
  /** Sweeps now, for an operator who waits. */
  reconcile: Reconcile;
  stop: () => Promise<void>;
};

/** @param only loops that run, by their names; left out: all of them */
export function startBackground(house: House, only?: readonly string[]): Background {
  const { store, clock, log, config } = house;
  const running: { loops?: Loops } = {};
  const wake: Loops['wake'] = (name) => running.loops?.wake(name);
  const addresses = createAddresses(house);
  const post = postOf(house, wake, addresses);
  const base = { store, clock, log, post, retryBaseMs: config.RETRY_BASE_MS, leaseMs: config.LEASE_MS };
  const follow = createFollow({ store, clock, post });
  const outbox = createOutbox({ ...base, ...delivering(house, wake), follow });
  const reading = { ...base, accountConnection: house.accountConnection };
  const fetching = { ...reading, fetch: house.gateway.fetch };
  const sweeping = createSweeping(house, {
    ...reading,
    ...renewing(house),
    outbox,
    wake,
    idle: async (names) => running.loops?.idle(names),
  });
  const turns = createTurns({ clock, wait: (ms) => new Promise((done) => setTimeout(done, ms)) });
  const drain = { ...base, ...draining(house) };
  const backfill = createBackfill({ ...reading, ...importing(house) });
  running.loops = startLoops(
    [
      { name: 'inbox', run: () => turns.take(() => drainInbox(drain)) },
      { name: 'fetch', run: () => refetch(fetching) },
      { name: 'methods', run: () => refetch({ ...fetching, ...unhurried(house) }, 'methods') },
      { name: 'operations', run: resumeWith(house, post) },
      { name: 'match', run: () => matchPayers({ ...base, ...matching(house) }) },
      { name: 'backfill', run: backfill.run },
      { name: 'day', run: () => turnDays({ ...base, zoneOf: (id) => zoneOf(house, id) }) },
      { name: 'sweep', run: sweeping.run },
      { name: 'renew', run: () => renewRecords({ ...base, ...renewing(house) }) },
      { name: 'total', run: () => computeTotal(base) },
      { name: 'quiet', run: createQuietCheck({ ...house, ...caring(house) }) },
      ...changeLoops(house, base, follow),
      { name: 'erase', run: () => erasePersons({ ...base, secrets: house.secrets, addresses }) },
      { name: 'erase-workspace', run: createEraseWorkspace({ ...house, crmOf: house.crms.of }).resume },
      { name: 'outbox', run: outbox.run },
    ].filter(({ name }) => only?.includes(name) ?? true),
    log,
  );
  store.onWork?.(wake);
  return {
    post,
    wake,
    arrived() {
      turns.arrived();
      // Each event would otherwise have every loop ask the store in vain.
      wake('inbox');
    },
    reconcile: sweeping.reconcile,
    async stop() {
      await Promise.all([running.loops?.stop(), backfill.stop()]);
      await outbox.stop();
    },
  };
}

const draining = (house: House) => ({
  normalise: house.gateway.normalise,
  heed: heedOf(house),
  checkAccount: (id: string) => house.accounts.check(id),
});

const delivering = (house: House, wake: Loops['wake']) => ({
  pace: createPace(() => house.clock.now().getTime()),
  delayed: createDelays(house),
  targetOf: (id: string) => targetOf(house, id),
  again: (ms: number): void => void setTimeout(() => wake('outbox'), ms).unref(),
});

const turnOf =
  (house: House) =>
  ({ account, livemode }: GatewayConnection, kind: string): Promise<void> =>
    house.gatewayPace.turn(account, kind, limitsOf(house.gateway, { livemode }));

/** What nobody waits for takes its turn with history: many payers who are matched at once would use up what webhooks need. */
const unhurried = (house: House) => ({
  async accountConnection(account: string): Promise<GatewayConnection> {
    const connection = await house.accountConnection(account);
    return { ...connection, pace: () => turnOf(house)(connection, 'customer') };
  },
});

const importing = (house: House) => ({
  gateway: house.gateway,
  turn: turnOf(house),
  progress: createProgress(house),
  ...installations(house),
  halted: createHalted(house),
  intervalMs: house.config.RECONCILE_INTERVAL_MS,
});

const caring = (house: House) => ({ rereadRates: createRereadRates(house), hearAll: createHearAll(house) });

const matching = (house: House) => ({
  findByEmail: house.crms.calls.findByEmail,
  readContacts: (connection: CrmConnection, ids: string[]) => readPeople(house, connection, ids),
  isRecordId: (text: string) => house.crms.all.some((crm) => crm.isRecordId(text)),
  ...installations(house),
  connectionFor: house.connectionFor,
});

const renewing = (house: House) => ({
  contextOf: (id: string) => contextOf(house, id),
  ...installations(house),
});

const installations = (house: House) => ({
  installedIn: async (id: string) => (await installedIn(house, id)).map((one) => one.id),
});

async function zoneOf({ directory }: House, workspaceId: string): Promise<string | null> {
  const { settings, leftFor } = await directory.workspace(workspaceId);
  return leftFor === undefined ? settings.timeZone : null;
}

async function contextOf(house: House, workspaceId: string) {
  const [workspace, accounts, installations] = await Promise.all([
    house.directory.workspace(workspaceId),
    house.directory.accountsOf(workspaceId),
    house.directory.installationsOf(workspaceId),
  ]);
  return {
    zone: workspace.settings.timeZone,
    mirrors: installations.filter(takesMirror).map(({ id, crm, capabilities }) => ({
      installationId: id,
      payments: capabilities.commercePayments,
      whole: house.crms.all.some(({ name, link }) => name === crm && link === null),
    })),
    counts(accountId: string, installationId: string): boolean {
      const account = accounts.find((one) => one.id === accountId);
      const installation = installations.find((one) => one.id === installationId);
      return account !== undefined && installation !== undefined && writesBack(account, installation);
    },
  };
}

const takesMirror = ({ state, capabilities }: Installation): boolean =>
  state === 'installed' && capabilities.mirrorInvoices;

const installedIn = async ({ directory }: House, workspaceId: string): Promise<Installation[]> =>
  (await directory.installationsOf(workspaceId)).filter(({ state }) => state === 'installed');

const postOf = (house: House, wake: () => void, { erasedAmong }: Addresses): Post =>
  createPost({
    store: house.store,
    clock: house.clock,
    wake,
    contextOf: (workspaceId) => contextOf(house, workspaceId),
    erasedAddresses: erasedAmong,
  });

/** An id that was written for one CRM means nothing to the other. */
function readPeople({ crms }: House, connection: CrmConnection, ids: string[]): Promise<CrmRecord[]> {
  const { isRecordId, types } = crms.of(connection.crm);
  const own = ids.filter(isRecordId);
  return own.length === 0 ? Promise.resolve([]) : crms.calls.read(connection, types.person, own);
}

async function targetOf(house: House, installationId: string): Promise<Target> {
  const connection = await house.connectionFor(installationId);
  const crm = house.crms.of(connection.crm);
  const { batchSize, callsPerTenSeconds } = crm;
  return {
    connection,
    batchSize,
    callsPerTenSeconds,
    crm,
    render: () => renderFor(house, installationId),
  };
}

/** Links stand on records only where an admin allows it: everyone who sees the record can pass them on. */
async function renderFor({ directory, payUrl }: House, installationId: string): Promise<RenderFor> {
  const installation = await directory.installation(installationId);
  if (!installation) throw reauthRequired({ context: { installation: installationId } });
  const { currency, schemaVersion, workspaceId } = installation;
  const { linkOnRecord } = (await directory.workspace(workspaceId)).settings;
  return {
    currency,
    schemaVersion,
    linkTo: linkOnRecord ? ({ account, id }) => payUrl(account, id) : () => null,
  };
}
