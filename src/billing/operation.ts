// What an operation is made of: who asks, what the steps may use, how it can end.
import type { Clock } from '../clock.ts';
import type { Crm, CrmConnection } from '../crms/crm.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { RecordLedger } from '../ledger/record-ledger.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import type { OperationRow, Store, WorkItem } from '../store/store.ts';
import type { OperationKind } from '../views/card-schema.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import type { GatewayAccount, Installation, Role, Workspace } from '../workspaces/workspace.ts';

/** A verified caller at a record. */
export type Actor = { workspace: Workspace; installation: Installation; userId: string; role: Role };

export type BillingDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  gateway: Gateway;
  crm: Pick<Crm, 'read' | 'dealLines' | 'payersOf'>;
  /** Whether the CRM lets a caller see a record; asks it only where the call has not shown so. */
  mayAct: (actor: Actor, record: RecordRef) => Promise<boolean>;
  accountConnection: (account: string) => Promise<GatewayConnection>;
  crmConnection: (installationId: string) => Promise<CrmConnection>;
  currentAccount: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  workspace: (workspaceId: string) => Promise<Workspace>;
  installation: (installationId: string) => Promise<Installation | undefined>;
  /** The part of the ledger a record shows. */
  ledgerOf: (workspaceId: string, record: RecordRef) => Promise<RecordLedger>;
  /** @param version of the link; a link of another version than the invoice's is revoked */
  payUrl: (account: string, invoiceId: string, version?: number) => string;
  /** What a customer leaves behind whom a person took off a record: matching lists it. */
  releasedWork: (workspaceId: string, released: Released, nextAt: string) => WorkItem;
  retryBaseMs: number;
};

export type Released = { account: string; customerId: string; record: RecordRef };

/** What a request is judged by before anything is stored. */
export type About = {
  ledger: RecordLedger;
  zone: string;
  now: Date;
  record: RecordRef;
  /** Whether the workspace knows a gateway customer of this id. */
  knowsCustomer: (customerId: string) => Promise<boolean>;
};

/** What a step's work is done with. */
export type Bench = BillingDeps & {
  operation: OperationRow;
  workspaceId: string;
  record: RecordRef;
  zone: string;
  /** Our id of the gateway account the operation was started on; a newer one takes over only new operations. */
  account: string;
  connection: GatewayConnection;
  /** True when the operation was started before: look at the gateway before repeating anything. */
  resumed: boolean;
  /** Runs once and keeps the result; a resumed operation gets the kept one. `key` is for the gateway. */
  step: <T extends Record<string, unknown>>(name: string, act: (key: string) => Promise<T>) => Promise<T>;
  /** Reads one entity from the gateway and posts it. */
  refresh: (entity: 'invoice' | 'payment' | 'customer', id: string) => ReturnType<Gateway['fetch']>;
  /** The link under which an invoice can be paid now. */
  linkTo: (invoiceId: string) => Promise<string>;
};

export type OperationResult = {
  message: string;
  invoiceId?: string;
  number?: string;
  payUrl?: string;
  code?: string;
};

export type Ending = { state: 'done' | 'refused'; result: OperationResult };

/** A no before anything was stored or sent. */
export type Refusal = { code: string; message: string };

export type Handler<K extends OperationKind> = {
  /** What no other operation may touch until this one has ended: an invoice, a credit, a customer. */
  subject: (request: OperationRequests[K], ledger: RecordLedger) => string | null;
  /** Our id of the gateway account it has to be done at; left out: the invoice's, or the current one. */
  accountOf?: (request: OperationRequests[K], ledger: RecordLedger) => string | undefined;
  /** A second thing that is held as well, once the operation has begun. */
  alsoHolds?: (request: OperationRequests[K]) => string;
  /** Judges the request against what is known; nothing has been stored yet. */
  check: (request: OperationRequests[K], about: About) => Refusal | null | Promise<Refusal | null>;
  run: (request: OperationRequests[K], bench: Bench) => Promise<Ending>;
};

export const done = (result: OperationResult): Ending => ({ state: 'done', result });
export const refused = (code: string, message: string, more: Partial<OperationResult> = {}): Ending => ({
  state: 'refused',
  result: { message, code, ...more },
});
export const refusedAs = ({ code, message }: Refusal): Ending => refused(code, message);
