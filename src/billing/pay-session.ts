// Opens the one payment of an invoice for the pay page, and keeps what the payer agreed to before they pay.
import type { Clock } from '../clock.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Fact } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Money } from '../money/money.ts';
import type { Post } from '../posting/post.ts';
import type { Store } from '../store/store.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';

export type PaySessionDeps = {
  store: Store;
  clock: Clock;
  gateway: Gateway;
  post: Post;
  accountConnection: (id: string) => Promise<GatewayConnection>;
};

export type PaySessionWish = {
  account: GatewayAccount;
  invoiceId: string;
  ledger: Ledger;
  saveForLater: boolean;
  consentText: string | null;
};

export type OpenedSession =
  | { ready: true; clientSecret: string; publishableKey: string; amount: Money }
  | { ready: false; reason: 'settled' | 'processing' | 'unavailable' };

export type OpenPaySession = (wish: PaySessionWish) => Promise<OpenedSession>;

/** Where the gateway knows more than we were told so far, that is read and posted before the answer. */
export const createOpenPaySession =
  (deps: PaySessionDeps): OpenPaySession =>
  async (wish) => {
    const { account, invoiceId } = wish;
    const connection = await deps.accountConnection(account.id);
    const found = await deps.gateway.paySession(connection, invoiceId);
    if (!found.ready) {
      const number = await deps.store.drawNumber();
      const facts = await deps.gateway.fetch(connection, { entity: 'invoice', id: invoiceId }, number);
      await deps.post(account.workspaceId, facts);
      return found;
    }
    await keepConsent(deps, wish, found.paymentId);
    return {
      ready: true,
      clientSecret: found.clientSecret,
      publishableKey: account.publishableKey,
      amount: found.amount,
    };
  };

/** The consent is kept before the payment that carries it out; without that payment it means nothing. */
async function keepConsent(deps: PaySessionDeps, wish: PaySessionWish, paymentId: string): Promise<void> {
  const { account, ledger, invoiceId } = wish;
  const customerId = ledger.invoice.find(({ id }) => id === invoiceId)?.body.customerId;
  const id = `consent_${paymentId}`;
  const known = ledger.mandate.find((mandate) => mandate.id === id);
  if (!customerId || (known?.body.active ?? false) === wish.saveForLater) return;
  const fact: Fact = {
    entity: 'mandate',
    account: account.id,
    id,
    aspect: 'mandate',
    owner: customerId,
    source: 'payside',
    number: await deps.store.drawNumber(),
    body: {
      customerId,
      paymentId,
      text: wish.consentText ?? known?.body.text ?? '',
      agreedAt: deps.clock.now().toISOString(),
      active: wish.saveForLater,
    },
  };
  await deps.post(account.workspaceId, [fact]);
}
