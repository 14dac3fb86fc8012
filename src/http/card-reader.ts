// Puts a card's view together from the store alone: ledger, people, unfinished operations, the state of the connection.
import type { Clock } from '../clock.ts';
import type { Actor } from '../billing/operation.ts';
import type { Presence } from '../billing/presence.ts';
import type { Personal, RecordRef } from '../ledger/entities.ts';
import type { RecordLedger } from '../ledger/record-ledger.ts';
import type { Store } from '../store/store.ts';
import type { CardView, OperationKind } from '../views/card-schema.ts';
import { payersShown } from '../views/card-payers.ts';
import { cardView, payerView, type CardInput } from '../views/card-view.ts';
import { unfinishedView } from '../views/unfinished-view.ts';
import type { GatewayAccount, Installation, Role } from '../workspaces/workspace.ts';

export type CardReaderDeps = {
  store: Store;
  clock: Clock;
  presence: Presence;
  /** What the record shows of the ledger, and the scopes it was read from. */
  readRecord: (workspaceId: string, record: RecordRef) => Promise<{ ledger: RecordLedger; scopes: string[] }>;
  currentAccount: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  allowedKinds: (role: Role) => ReadonlySet<OperationKind>;
  /** Whether money of this account is written to this installation; if not, the card is watermarked. */
  writesBack: (account: GatewayAccount, installation: Installation) => boolean;
  payUrl: (account: string, invoiceId: string, version: number) => string;
  keyOf: (record: RecordRef) => string;
  /** The customer a new invoice would be for. */
  payerChoice: (ledger: RecordLedger, account: string) => string | null;
};

/** A view and what it was read from. */
export type CardReading = {
  view: CardView;
  asOf: Date;
  /** Of the ledger, and of the people it names. */
  scopes: string[];
  /** Invoices whose payers it looked for on their pay pages, and where they were. */
  stages: ReadonlyMap<string, string | null>;
};

export type ReadCard = (actor: Actor, record: RecordRef, offset: number) => Promise<CardReading>;

export function createCardReader(deps: CardReaderDeps): ReadCard {
  return async (actor, record, offset) => {
    const { workspace, installation } = actor;
    const [{ ledger, scopes }, account, unfinished] = await Promise.all([
      deps.readRecord(workspace.id, record),
      deps.currentAccount(workspace.id),
      deps.store.unfinishedOperations(workspace.id, deps.keyOf(record)),
    ]);
    const shown = payersShown(ledger, record);
    const choice = account ? deps.payerChoice(ledger, account.id) : null;
    const listed = shown.links.map(({ body }) => body.customerId);
    const names = new Set([...listed, ...namesIn(ledger, choice)]);
    const people = await deps.store.loadPersonal(workspace.id, [...names]);
    const asOf = deps.clock.now();
    const stages = new Map<string, string | null>();
    const view = cardView({
      ledger,
      payers: shown,
      people,
      asOf,
      zone: workspace.settings.timeZone,
      record: { objectType: record.objectType, recordId: record.recordId },
      role: actor.role,
      allowed: deps.allowedKinds(actor.role),
      unfinished: unfinished.map(({ id, kind, state }) =>
        unfinishedView(id, kind as OperationKind, state === 'checking'),
      ),
      composer: composer({ ledger, account, installation, payer: people[choice ?? ''] }),
      payUrl: (figure) => deps.payUrl(figure.account, figure.id, figure.body.linkVersion),
      live(invoiceId) {
        const stage = deps.presence.stage(invoiceId);
        stages.set(invoiceId, stage);
        return stage;
      },
      offset,
      ...connectionOf(deps, account, installation),
    });
    return { view, asOf, scopes: [...new Set([...scopes, ...names])].sort(), stages };
  };
}

type Connection = Pick<CardInput, 'mode' | 'connection' | 'importing' | 'verifiedAt' | 'delayedSince'>;

function connectionOf(
  deps: CardReaderDeps,
  account: GatewayAccount | undefined,
  installation: Installation,
): Connection {
  const delayedSince = installation.delayedSince ?? null;
  if (!account)
    return { mode: 'live', connection: 'not_connected', importing: null, verifiedAt: null, delayedSince };
  return {
    mode: deps.writesBack(account, installation) ? 'live' : 'test',
    connection: account.state === 'disconnected' ? 'reconnect' : 'connected',
    importing: account.state === 'importing' ? (account.importing ?? { done: 0, total: null }) : null,
    verifiedAt: account.verifiedAt,
    delayedSince,
  };
}

/** Whose names the card shows: those its invoices are for, and who would get the next one. */
const namesIn = (ledger: RecordLedger, choice: string | null): string[] =>
  [choice, ...ledger.invoice.map(({ body }) => body.customerId)].filter((id) => id !== null);

type Known = {
  ledger: RecordLedger;
  account: GatewayAccount | undefined;
  installation: Installation;
  payer: Personal | undefined;
};

function composer({ ledger, account, installation, payer }: Known): CardInput['composer'] {
  const used = ledger.invoice.map(({ body }) => body.currency);
  return {
    currency: installation.currency,
    currencies: [...new Set([installation.currency, account?.currency ?? installation.currency, ...used])],
    payer: payerView(payer),
    taxRates: (account?.taxRates ?? []).map((rate) => ({
      id: rate.id,
      text: `${rate.name} ${rate.percent} %${rate.inclusive ? ' (included)' : ''}`,
    })),
  };
}
