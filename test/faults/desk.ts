// What a rep's card sends to the connector, by either CRM, and the patience of people who get no answer.
import { randomUUID } from 'node:crypto';
import { signatureHeaders } from '../../sandbox/hubspot/signature.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import type { World } from '../../sandbox/world/world.ts';
import type { Merchant } from './tenants.ts';

type Answer = { status: number; body: Record<string, unknown> };

/** What the connector says of an operation that has ended. */
export type Ended = { state: string; code: string | null; result: Record<string, unknown> };

export type Desk = {
  /** Makes somebody nobody has dealt with. @returns the id of the contact */
  newPerson(email: string): string;
  /** Throws where nobody answers. */
  ask(path: string, body?: Record<string, unknown>): Promise<Answer>;
  /** The card's own path. */
  recordPath(recordId: string): string;
};

/** How long people keep at it before it counts as stuck: only what hangs takes that long, also on a busy machine. */
export const PATIENCE_MS = 90_000;

export function deskOf(world: World, merchant: Merchant): Desk {
  return merchant.crm === 'hubspot' ? hubspotDesk(world, merchant) : salesforceDesk(world, merchant);
}

type Of<Crm extends Merchant['crm']> = Extract<Merchant, { crm: Crm }>;

function hubspotDesk(world: World, { portal }: Of<'hubspot'>): Desk {
  const [user] = portal.users;
  return {
    newPerson: (email) =>
      world.hubspot.portal(portal.id).create('contacts', { email, firstname: 'Lou', lastname: 'Example' }),
    recordPath: (id) => `/api/v1/records/contacts/${id}`,
    async ask(path, body) {
      const who = {
        userId: String(user?.id),
        portalId: String(portal.id),
        userEmail: user?.email ?? '',
        appId: '77001',
      };
      const url = `${world.url}${path}?${new URLSearchParams(who).toString()}`;
      const method = body ? 'POST' : 'GET';
      const text = body ? JSON.stringify(body) : '';
      const signed = { method, url, body: text, timestamp: world.clock.now().getTime() };
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          ...signatureHeaders(world.env['HUBSPOT_CLIENT_SECRET'] ?? '', signed),
        },
        ...(body ? { body: text } : {}),
      });
      return answerOf(response.status, await response.text());
    },
  };
}

function salesforceDesk(world: World, { org }: Of<'salesforce'>): Desk {
  const userId = org.users[0]?.id ?? '';
  const door = world.salesforce.org(org.id);
  return {
    newPerson: (email) => door.create('Contact', { FirstName: 'Lou', LastName: 'Example', Email: email }),
    recordPath: (id) => `/api/v1/records/Contact/${id}`,
    async ask(path, body) {
      const call = { userId, path, method: body ? ('POST' as const) : ('GET' as const) };
      const answer = await door.apex(body ? { ...call, body } : call);
      return answerOf(answer.status, answer.body);
    },
  };
}

const answerOf = (status: number, text: string): Answer => ({
  status,
  body: JSON.parse(text) as Answer['body'],
});

/** Asks until there is an answer that was meant: people reload, and HubSpot sends again. */
export const insist = (desk: Desk, path: string, body?: Record<string, unknown>): Promise<Answer['body']> =>
  waitFor(
    `an answer of ${path}`,
    async () => {
      const answer = await desk.ask(path, body).catch(() => null);
      return answer?.status === 200 ? answer.body : undefined;
    },
    PATIENCE_MS,
  );

type Outcome = { state: string; result: Record<string, unknown> & { code?: string } };

/** Clicks once, whatever it takes, and waits for the end of it. */
export async function operate(
  desk: Desk,
  recordId: string,
  kind: string,
  wish: Record<string, unknown> & { operationId?: string },
): Promise<Ended> {
  const body = { operationId: randomUUID(), ...wish };
  const answer = await insist(desk, `${desk.recordPath(recordId)}/operations/${kind}`, body);
  if (answer['ok'] !== true) return { state: 'refused', code: String(answer['code']), result: {} };
  const first = answer['outcome'] as Outcome;
  const outcome = first.state === 'checking' ? await endOf(desk, body.operationId) : first;
  return { state: outcome.state, code: outcome.result.code ?? null, result: outcome.result };
}

const endOf = (desk: Desk, operationId: string): Promise<Outcome> =>
  waitFor(
    `the end of an operation`,
    async () => {
      const answer = await desk.ask(`/api/v1/operations/${operationId}`).catch(() => null);
      const outcome = answer?.body['outcome'] as Outcome | undefined;
      return answer?.status === 200 && outcome && outcome.state !== 'checking' ? outcome : undefined;
    },
    PATIENCE_MS,
  );
