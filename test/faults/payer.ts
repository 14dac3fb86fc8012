// A payer at the pay page: what its script asks of the connector, and what the gateway's own fields do with a card.
import { waitFor } from '../../sandbox/world/wait.ts';
import { PATIENCE_MS } from './desk.ts';
import type { Ground } from './ground.ts';

export const VISA = '4242424242424242';
/** Must be confirmed by its owner each time, also where it was saved. */
export const ASKS_ALWAYS = '4000002760003184';
export const CARD_NUMBERS = [VISA, ASKS_ALWAYS];

type Payment = { number: string; save?: boolean; tabs?: number; mayFail?: boolean };
type Session = { clientSecret: string; publishableKey: string };
type Paying = { ground: Ground; payUrl: string };

const addresses = { last: 0 };

/** @returns whether the gateway took the money */
export async function payByLink(paying: Paying, payment: Payment): Promise<boolean> {
  const tabs = Array.from({ length: payment.tabs ?? 1 }, () => openSession(paying, payment));
  const [session] = await Promise.all(tabs);
  if (!session) return false;
  const url = paying.ground.stripe.url;
  const method = await enterCard(paying, session, payment.number);
  const intent = await confirm(paying, session, { method, save: payment.save ?? false });
  if (intent.status === 'requires_action')
    await fetch(`${url}/_elements/challenge`, {
      method: 'POST',
      body: JSON.stringify({ client_secret: session.clientSecret, outcome: 'pass' }),
    });
  const isPaid = intent.status === 'succeeded' || intent.status === 'requires_action';
  if (!isPaid && !payment.mayFail) throw new Error(`the payment ended as ${JSON.stringify(intent)}`);
  return isPaid;
}

/** Reloads until the page has what it needs; null where there is nothing to pay any more. */
async function openSession({ payUrl }: Paying, { save, mayFail }: Payment): Promise<Session | null> {
  addresses.last += 1;
  const from = `10.${(addresses.last >> 16) & 255}.${(addresses.last >> 8) & 255}.${addresses.last & 255}`;
  const answer = await waitFor(
    'a session of the pay page',
    async () => {
      const response = await fetch(`${payUrl}/session`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-payside-page': '1',
          'x-forwarded-for': from,
          origin: new URL(payUrl).origin,
          'sec-fetch-site': 'same-origin',
        },
        body: JSON.stringify({ saveForLater: save ?? false }),
      }).catch(() => null);
      const body = (await response?.json().catch(() => null)) as ({ ok: boolean } & Session) | null;
      return body?.ok || (mayFail && body) ? body : undefined;
    },
    PATIENCE_MS,
  );
  return answer?.ok ? answer : null;
}

async function enterCard({ ground }: Paying, session: Session, number: string): Promise<string> {
  const entered = await fetch(`${ground.stripe.url}/_elements/payment_methods`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session.publishableKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      card: { number, exp_month: 12, exp_year: ground.clock.now().getUTCFullYear() + 3, cvc: '123' },
    }),
  });
  return ((await entered.json()) as { id: string }).id;
}

async function confirm(
  { ground, payUrl }: Paying,
  { clientSecret, publishableKey }: Session,
  { method, save }: { method: string; save: boolean },
): Promise<{ status?: string }> {
  const [intent] = clientSecret.split('_secret_');
  const response = await fetch(`${ground.stripe.url}/v1/payment_intents/${intent}/confirm`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${publishableKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      client_secret: clientSecret,
      payment_method: method,
      return_url: payUrl,
      ...(save ? { setup_future_usage: 'off_session' } : {}),
    }),
  });
  return (await response.json()) as { status?: string };
}
