// The door of a merchant's events: what the gateway sends to it, made by hand.
import { createHmac, randomUUID } from 'node:crypto';
import type { Ground, Tenant } from './ground.ts';

type Told = { id?: string; type: string; object: unknown };

/** @param secret what it is signed with; left out: the secret that the gateway and the connector share */
export async function deliver(
  ground: Ground,
  { account }: Tenant,
  { id = `evt_${randomUUID().replaceAll('-', '')}`, type, object }: Told,
  secret?: string,
): Promise<number> {
  const endpoint = account.all('webhook_endpoints').at(-1);
  const created = Math.floor(ground.clock.now().getTime() / 1000);
  const { api_version } = endpoint ?? {};
  const body = JSON.stringify({
    id,
    object: 'event',
    api_version,
    created,
    livemode: false,
    type,
    data: { object },
  });
  const v1 = createHmac('sha256', secret ?? secretOf(ground, String(endpoint?.id)))
    .update(`${created}.${body}`)
    .digest('hex');
  const headers = { 'stripe-signature': `t=${created},v1=${v1}` };
  const response = await fetch(String(endpoint?.url), { method: 'POST', headers, body });
  return response.status;
}

/** It is told once, in the answer to whoever made the endpoint. */
function secretOf({ stripe }: Ground, endpointId: string): string {
  const made = stripe.calls.find(
    ({ method, path, response }) =>
      method === 'POST' && path === '/v1/webhook_endpoints' && response.includes(endpointId),
  );
  if (!made) throw new Error('the account has no endpoint');
  return (JSON.parse(made.response) as { secret: string }).secret;
}
