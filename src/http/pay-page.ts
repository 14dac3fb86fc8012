// What the pay page is told: the view of its invoice, a session to pay it, and where the payer's progress goes.
import type { Clock } from '../clock.ts';
import type { OpenPaySession } from '../billing/pay-session.ts';
import type { PayLinks, PayLinkTarget } from '../billing/pay-link.ts';
import type { Presence } from '../billing/presence.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { amount } from '../views/amount.ts';
import { consentText } from '../views/consent.ts';
import type { PayView, SessionAnswer } from '../views/pay-schema.ts';
import { payView } from '../views/pay-view.ts';
import type { GatewayAccount, Workspace } from '../workspaces/workspace.ts';
import type { SessionRequest } from './pay/router.ts';

export type PayPageDeps = {
  clock: Clock;
  links: PayLinks;
  presence: Presence;
  canSaveMethods: boolean;
  account: (id: string) => Promise<GatewayAccount | undefined>;
  workspace: (id: string) => Promise<Workspace>;
  /** Everything of the payer of an invoice, in the account the link names. */
  ledgerOfInvoice: (account: GatewayAccount, invoiceId: string) => Promise<Ledger>;
  openSession: OpenPaySession;
};

type Opened = { target: PayLinkTarget; account: GatewayAccount; ledger: Ledger; view: PayView };

export function createPayPage(deps: PayPageDeps) {
  return {
    isLink: (token: string): boolean => deps.links.read(token) !== null,
    load: async (token: string, locale: string): Promise<PayView | null> =>
      (await open(deps, token, locale))?.view ?? null,
    session: (token: string, request: SessionRequest): Promise<SessionAnswer | null> =>
      session(deps, token, request),
    async progress(token: string, stage: string): Promise<void> {
      const target = deps.links.read(token);
      if (target) deps.presence.saw(target.invoiceId, stage);
    },
  };
}

async function open(deps: PayPageDeps, token: string, locale: string): Promise<Opened | null> {
  const target = deps.links.read(token);
  const account = target && (await deps.account(target.account));
  if (!account) return null;
  const { settings } = await deps.workspace(account.workspaceId);
  const ledger = await deps.ledgerOfInvoice(account, target.invoiceId);
  const version = ledger.invoice.find(({ id }) => id === target.invoiceId)?.body.linkVersion;
  const view = payView({
    ledger,
    invoiceId: target.invoiceId,
    asOf: deps.clock.now(),
    zone: settings.timeZone,
    locale,
    testMode: !account.livemode,
    merchant: settings.brand,
    consentText: deps.canSaveMethods ? consentText(settings.brand.name, locale) : null,
    current: version === target.version,
    connected: account.state !== 'disconnected',
  });
  return view && { target, account, ledger, view };
}

const STATES = { settled: 'paid', processing: 'processing', unavailable: 'unavailable' } as const;

async function session(
  deps: PayPageDeps,
  token: string,
  request: SessionRequest,
): Promise<SessionAnswer | null> {
  const opened = await open(deps, token, request.locale);
  if (!opened) return null;
  if (opened.view.state !== 'ready') return { ok: false, view: opened.view };
  const { account, ledger, target } = opened;
  const { saveForLater, consentText: text } = request;
  const found = await deps.openSession({
    account,
    ledger,
    invoiceId: target.invoiceId,
    saveForLater,
    consentText: text,
  });
  if (found.ready) {
    const { clientSecret, publishableKey } = found;
    return { ok: true, clientSecret, publishableKey, amount: amount(found.amount, request.locale) };
  }
  const view = (await open(deps, token, request.locale))?.view ?? opened.view;
  return { ok: false, view: view.state === 'ready' ? { ...view, state: STATES[found.reason] } : view };
}
