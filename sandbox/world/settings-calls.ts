// What an admin sends from the settings page, done by plain requests: from HubSpot signed, from Salesforce through Apex.
import { randomUUID } from 'node:crypto';
import { signatureHeaders } from '../hubspot/signature.ts';
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import type { World } from './world.ts';

type Change = Record<string, unknown>;
type Page = '/api/v1/settings' | '/api/v1/settings/other-crm';

/** As the first of the users, who installed. @returns the connector's answer; throws where it refused */
export async function portalAdmin(
  world: World,
  portal: PortalSeed,
  page: Page,
  change: Change,
): Promise<unknown> {
  const identity = new URLSearchParams({
    userId: String(portal.users[0]?.id),
    portalId: String(portal.id),
    appId: '77001',
  });
  const url = `${world.url}${page}?${identity.toString()}`;
  const body = JSON.stringify({ operationId: randomUUID(), ...change });
  const timestamp = world.clock.now().getTime();
  const secret = world.env['HUBSPOT_CLIENT_SECRET'] ?? '';
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...signatureHeaders(secret, { method: 'POST', url, body, timestamp }),
    },
  });
  return taken(page, answer.status, await answer.text());
}

/** As the org's own pages do: through Apex. */
export async function orgAdmin(
  world: World,
  { id, users }: OrgSeed,
  page: Page,
  change: Change,
): Promise<unknown> {
  const { status, body } = await world.salesforce.org(id).apex({
    userId: users[0]?.id ?? '',
    method: 'POST',
    path: page,
    body: { operationId: randomUUID(), ...change },
  });
  return taken(page, status, body);
}

function taken(page: Page, status: number, body: string): unknown {
  const answer = status === 200 ? (JSON.parse(body) as { ok: boolean }) : null;
  if (!answer?.ok) throw new Error(`${page} was refused with ${status}: ${body}`);
  return answer;
}
