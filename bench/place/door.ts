// The webhook door of a connected account: its address, what signs its events, and how one is delivered.
import { createHmac } from 'node:crypto';
import type { World } from '../../sandbox/world/world.ts';
import type { AccountHandle } from '../../sandbox/stripe/start.ts';

export type WebhookDoor = { url: string; secret: string };

export function doorOf({ stripe }: Pick<World, 'stripe'>, account: AccountHandle): WebhookDoor {
  const endpoint = account.all('webhook_endpoints').at(-1);
  const told = stripe.calls
    .filter(
      ({ method, path, status }) => method === 'POST' && path === '/v1/webhook_endpoints' && status === 200,
    )
    .map(({ response }) => JSON.parse(response) as { id: string; secret: string })
    .find(({ id }) => id === endpoint?.id);
  if (!endpoint || !told) throw new Error('the account has no webhook endpoint');
  return { url: endpoint.url, secret: told.secret };
}

export function signatureOf(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

/** @returns what the door said */
export async function deliver(door: WebhookDoor, body: string, at: Date): Promise<string> {
  const answer = await fetch(door.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signatureOf(door.secret, body, at) },
    body,
  });
  const { outcome } = (await answer.json()) as { outcome: string };
  if (answer.status !== 200) throw new Error(`the door answered ${answer.status} ${outcome}`);
  return outcome;
}
