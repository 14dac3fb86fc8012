// The PostgreSQL store: one database that several connector processes share.
import { storeUnavailable } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Personal } from '../../ledger/entities.ts';
import type { Store } from '../store.ts';
import { commit } from './commit.ts';
import { connect, type Connections } from './connections.ts';
import * as deliveries from './deliveries.ts';
import { createDocuments, dropAuthorizations, putAuthorization, takeAuthorization } from './documents.ts';
import * as edits from './edits.ts';
import * as erased from './erased-workspaces.ts';
import * as erasing from './erasing.ts';
import * as events from './events.ts';
import { inspect } from './inspect.ts';
import * as ledger from './ledger.ts';
import { createListener } from './listen.ts';
import { locking } from './locks.ts';
import { migrate } from './migrate.ts';
import * as offers from './offers.ts';
import * as operations from './operations.ts';
import { stampOf } from './stamp.ts';
import * as watch from './watch.ts';
import { copyOut } from './whole.ts';
import * as work from './work.ts';

/**
 * Opens the database, and brings it up to date first; an empty one only unless it `mustExist`.
 * @throws store_unavailable with a message for the operator when it cannot be reached, may not be used as it has to be,
 *   or was written by a newer version
 */
export async function openPostgresStore<Person = Personal>(
  url: string,
  log: Log,
  { mustExist = false } = {},
): Promise<Store<Person>> {
  // They would replace ours, and with them the role that every connection begins as.
  if (/[?&]options=/.test(url))
    throw storeUnavailable({ publicMessage: 'STORE_URL may not have the parameter options' });
  await migrate(url, mustExist);
  const onLost = (): void => log.warn('a connection to the database was lost');
  const connections = connect(url, onLost);
  const listener = createListener(url, onLost);
  const documents = createDocuments(connections);
  return {
    accept: events.accepting(connections),
    ...bound(connections, CALLS),
    commit: (wish) => commit(connections, wish),
    loadPersonal: (...of) => ledger.loadPersonal<Person>(connections, ...of),
    personsAfter: (...of) => erasing.personsAfter<Person>(connections, ...of),
    drawNumber: watch.drawing(connections),
    inspect: () => inspect(url),
    copyOut: () => copyOut(url),
    lock: locking(connections),
    onWork: listener.onWork,
    saveWorkspace: (workspace) => documents.save('workspace', workspace.id, workspace),
    saveInstallation: (one) => documents.save('installation', one.workspaceId, one),
    saveAccount: (account) => documents.save('account', account.workspaceId, account),
    workspaces: () => documents.list('workspace'),
    installations: () => documents.list('installation'),
    accounts: () => documents.list('account'),
    async close() {
      await listener.close();
      await connections.close();
    },
  };
}

const CALLS = {
  claimEvents: events.claimEvents,
  postponeEvent: events.postponeEvent,
  buryEvent: events.buryEvent,
  ignoreEvent: events.ignoreEvent,
  eraseBodies: events.eraseBodies,
  forgetEvents: events.forgetEvents,
  addWork: work.addWork,
  claimWork: work.claimWork,
  finishWork: work.finishWork,
  postponeWork: work.postponeWork,
  buryWork: work.buryWork,
  waitingWork: work.waitingWork,
  loadCluster: ledger.loadCluster,
  stampOf,
  replaceFacts: erasing.replaceFacts,
  eraseMentions: erasing.eraseMentions,
  eraseRequests: erasing.eraseRequests,
  dropDesired: erasing.dropDesired,
  addTombstones: erasing.addTombstones,
  tombstonesAmong: erasing.tombstonesAmong,
  /** What deleted rows leave in files is the database's own to clear. */
  scrub: async () => undefined,
  beginErasure: erased.beginErasure,
  erasures: erased.erasures,
  countRows: erased.countRows,
  eraseRows: erased.eraseRows,
  endErasure: erased.endErasure,
  findRows: ledger.findRows,
  rowsOf: ledger.rowsOf,
  ownersDue: ledger.ownersDue,
  ownersAfter: ledger.ownersAfter,
  allFacts: ledger.allFacts,
  rowsAfter: ledger.rowsAfter,
  dueKeys: deliveries.dueKeys,
  claimDeliveries: deliveries.claimDeliveries,
  installationsDue: deliveries.installationsDue,
  delivered: deliveries.delivered,
  postponeDelivery: deliveries.postponeDelivery,
  doubtDelivery: deliveries.doubtDelivery,
  buryDelivery: deliveries.buryDelivery,
  releaseDeliveries: deliveries.releaseDeliveries,
  endWait: offers.endWait,
  dueDeliveries: deliveries.dueDeliveries,
  desiredAfter: offers.desiredAfter,
  compared: edits.compared,
  keptEdits: edits.keptEdits,
  offerAgain: offers.offerAgain,
  beginOperation: operations.beginOperation,
  saveStep: operations.saveStep,
  endOperation: operations.endOperation,
  postponeOperation: operations.postponeOperation,
  claimOperations: operations.claimOperations,
  findOperation: operations.findOperation,
  unfinishedOperations: operations.unfinishedOperations,
  audit: operations.audit,
  putAuthorization,
  takeAuthorization,
  dropAuthorizations,
  ready: watch.ready,
  counts: watch.counts,
  deadLetters: watch.deadLetters,
  redrive: watch.redrive,
};

type Bound<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (connections: Connections, ...args: infer Args) => infer Answer
    ? (...args: Args) => Answer
    : never;
};

/** The calls as the port has them, each over these connections. */
const bound = <Calls extends object>(connections: Connections, calls: Calls): Bound<Calls> =>
  Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...args: unknown[]) => (call as (...all: unknown[]) => unknown)(connections, ...args),
    ]),
  ) as Bound<Calls>;
