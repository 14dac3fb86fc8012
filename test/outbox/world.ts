// Rooms from posting to the CRM on a real store: facts go in, the stand-in's portals show what came out.
import type { Kind } from '../../sandbox/hubspot/kinds.ts';
import type { PortalSeed } from '../../sandbox/hubspot/types.ts';
import type { Capabilities, CrmConnection } from '../../src/crms/crm.ts';
import { asConnectorError, reauthRequired } from '../../src/errors.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { createLog } from '../../src/log.ts';
import type { Target } from '../../src/outbox/batches.ts';
import { createOutbox, type Outbox } from '../../src/outbox/deliver.ts';
import { createPace } from '../../src/outbox/pace.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import type { RenderFor } from '../../src/records/render.ts';
import { createFollow } from '../../src/reconcile/follow.ts';
import type { Store } from '../../src/store/store.ts';
import {
  connectionOf,
  installIn,
  portalSeed,
  startHubspotRig,
  type HubspotRig,
} from '../crms/hubspot/rig.ts';
import { openInFolder } from '../store/folders.ts';

export const WORKSPACE = 'ws_1';
export const LIVE = 'ga_live';
export const TEST = 'ga_test';
export const ONE = 4_311_001;
export const TWO = 4_311_002;

export type OutboxWorld = {
  rig: HubspotRig;
  store: Store;
  post: Post;
  outbox: Outbox;
  capabilities: Map<string, Capabilities>;
  /** Log lines of the outbox. */
  lines: string[];
  /** In how many milliseconds the outbox wanted to be looked at again, each time it did. */
  again: number[];
  /** Installations that have ended. */
  ended: Set<string>;
  /** How states are rendered from now on. */
  look: RenderFor;
  installation(portalId: number): string;
  connection(portalId: number): CrmConnection;
  /** One look at what is due, to its end. */
  flush(): Promise<void>;
  /** Looks until nothing waits, moving time on between looks. */
  drain(): Promise<void>;
  /** Paths of the CRM calls of a portal since the last reset. */
  calls(portalId?: number): string[];
  forgetCalls(): void;
  close(): Promise<void>;
};

type Options = { mirrors?: boolean; portals?: PortalSeed[]; timeoutMs?: number; callsPerTenSeconds?: number };

export async function startOutboxWorld(options: Options = {}): Promise<OutboxWorld> {
  const { mirrors = false, portals = [portalSeed(ONE), portalSeed(TWO)], timeoutMs = 2_000 } = options;
  const rig = await startHubspotRig({ portals, timeoutMs });
  const { clock, crm, hubspot } = rig;
  const opened = await openInFolder();
  const { store } = opened;
  const connections = new Map<string, CrmConnection>();
  const tokens = new Map<string, number>();
  const capabilities = new Map<string, Capabilities>();
  for (const { id } of portals) {
    const grant = id === ONE ? rig.grant : await installIn(hubspot, crm, id);
    const connection = connectionOf(grant);
    connections.set(connection.installationId, connection);
    tokens.set(`Bearer ${connection.accessToken}`, id);
    capabilities.set(connection.installationId, (await crm.provision(connection)).capabilities);
  }
  const takers = [...capabilities].filter(([, { mirrorInvoices }]) => mirrors && mirrorInvoices);
  const post = createPost({
    store,
    clock,
    contextOf: async () => ({
      zone: 'Europe/Berlin',
      counts: (account) => account === LIVE,
      mirrors: takers.map(([installationId, { commercePayments }]) => ({
        installationId,
        payments: commercePayments,
      })),
    }),
    wake: () => undefined,
  });
  const lines: string[] = [];
  const again: number[] = [];
  const ended = new Set<string>();
  const look: RenderFor = { currency: 'EUR', schemaVersion: 1, linkTo: () => null };
  const pace = createPace(() => clock.now().getTime());
  /** As the connector does it: an installation whose token is refused for good has ended. */
  const watched: Target['crm'] = {
    writeTogether: null,
    history: null,
    upsertMany: null,
    shows: crm.shows,
    upsert: crm.upsert,
    link: crm.link,
    write: (connection, objectType, writes) =>
      crm.write(connection, objectType, writes).catch((error: unknown) => {
        if (asConnectorError(error).code === 'reauth_required') ended.add(connection.installationId);
        throw error;
      }),
  };
  const outbox = createOutbox({
    store,
    clock,
    log: createLog('info', { write: (line) => void lines.push(line) }),
    pace,
    delayed: () => Promise.resolve(),
    again: (ms) => void again.push(ms),
    follow: createFollow({ store, clock, post }),
    targetOf: async (id) => {
      const connection = connections.get(id);
      if (!connection || ended.has(id)) throw reauthRequired();
      const { callsPerTenSeconds = 5_500 } = options;
      const render = async () => ({ ...look });
      return { connection, batchSize: crm.batchSize, callsPerTenSeconds, render, crm: watched };
    },
    retryBaseMs: 1_000,
    leaseMs: 60_000,
  });
  const flush = async (): Promise<void> => {
    await outbox.run();
    await outbox.settled();
  };
  const connection = (portalId: number): CrmConnection => connections.get(`inst_${portalId}`)!;
  hubspot.calls.length = 0;
  return {
    rig,
    store,
    post,
    outbox,
    capabilities,
    lines,
    again,
    ended,
    look,
    installation: (portalId) => `inst_${portalId}`,
    connection,
    flush,
    async drain() {
      for (let look = 0; look < 200; look += 1) {
        await flush();
        if ((await store.counts()).outbox === 0) return;
        clock.advance(3_001);
      }
      throw new Error('something still waits in the outbox');
    },
    calls: (portalId) =>
      hubspot.calls
        .filter(({ path }) => path.startsWith('/crm/'))
        .filter(
          ({ requestHeaders }) =>
            portalId === undefined || tokens.get(String(requestHeaders.authorization)) === portalId,
        )
        .map(({ path }) => path.replace(/^\/crm\/(objects|associations)\/2026-03\//, '')),
    forgetCalls: () => void (hubspot.calls.length = 0),
    async close() {
      await outbox.settled();
      await opened.close();
      await rig.close();
    },
  };
}

// ---- facts -----------------------------------------------------------------------------------------------------

export const fact = (
  entity: string,
  id: string,
  owner: string | null,
  body: object,
  more: object = {},
): Fact =>
  ({ entity, id, owner, account: LIVE, aspect: entity, source: 'gateway', number: 0, body, ...more }) as Fact;

export const invoiceFact = (
  id: string,
  owner: string,
  amountMinor: number,
  more: object = {},
  base = {},
): Fact =>
  fact(
    'invoice',
    id,
    owner,
    {
      customerId: owner,
      status: 'open',
      currency: 'EUR',
      number: `NO-${id}`,
      totalMinor: amountMinor,
      dueMinor: amountMinor,
      remainingMinor: amountMinor,
      createdAt: '2026-01-10T09:00:00.000Z',
      ...more,
    },
    base,
  );

export const customerFact = (id: string, more: object = {}): Fact =>
  fact('customer', id, id, { currency: 'EUR' }, { number: 1, ...more });

export type To = { portal: number; objectType: Kind; id: string };

export type Stands = { number?: number; active?: boolean; released?: boolean };

export function linkFact(owner: string, to: To, more: Stands = {}): Fact {
  const record = { installationId: `inst_${to.portal}`, objectType: to.objectType, recordId: to.id };
  const { number = 0, active = true, released = false } = more;
  const body = { customerId: owner, record, reason: 'email', active, released };
  return fact('link', `${owner}>${recordKey(record)}`, owner, body, { number, source: 'payside' });
}
