// What the tests of the doors do again and again: sign events, pay by link, say who may do what, look at what was kept.
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PORTAL, viewWhen, waitFor, type Caller, type Rig } from '../integration/rig.ts';
import type { CardView, OperationAnswer, Outcome } from '../../src/views/card-schema.ts';

export type Place = { objectType: string; recordId: string };

export const place = (rig: Rig, objectType: string, ref: string, portalId = PORTAL): Place => ({
  objectType,
  recordId: rig.hubspot.portal(portalId).ref(ref),
});

let people = 0;

/** A contact nobody has dealt with yet. */
export function newPerson(rig: Rig, properties: Record<string, string> = {}): Place {
  people += 1;
  const email = `person-${people}@example.com`;
  const recordId = rig.hubspot.portal(PORTAL).create('contacts', { email, firstname: 'Lou', ...properties });
  return { objectType: 'contacts', recordId };
}

/** A calendar day from now, as a card sends it. */
export const dayFromNow = (rig: Rig, days: number): string =>
  new Date(rig.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);

export const invoiceBody = (rig: Rig, change: Record<string, unknown> = {}) => ({
  operationId: randomUUID(),
  currency: 'EUR',
  lines: [{ description: 'Oak step', quantity: 2, amount: '60.00' }],
  dueDate: dayFromNow(rig, 14),
  send: false,
  ...change,
});

export function outcomeOf(answer: { status: number; body: OperationAnswer }): Outcome {
  if (answer.status !== 200 || !answer.body.ok) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
  return answer.body.outcome;
}

/** `code` of a refusal; throws where the operation was begun. */
export function refusalOf(answer: { status: number; body: OperationAnswer }): string {
  if (answer.status !== 200 || answer.body.ok) throw new Error(`not refused: ${JSON.stringify(answer)}`);
  return answer.body.code;
}

/** Makes an open invoice at a record. @returns its id and link */
export async function openInvoice(
  rig: Rig,
  at: Place,
  change: Record<string, unknown> = {},
  caller: Caller = {},
): Promise<{ invoiceId: string; payUrl: string }> {
  const { result } = outcomeOf(await rig.operate('create-invoice', at, invoiceBody(rig, change), caller));
  return { invoiceId: result.invoiceId ?? '', payUrl: result.payUrl ?? '' };
}

/** A CRM that was asked too often wants up to ten seconds of quiet, and then the operation goes on by itself. */
const LONG_MS = 30_000;

/** Waits until an operation has ended. */
export const endOf = (rig: Rig, operationId: string, caller: Caller = {}): Promise<Outcome> =>
  waitFor(
    `the end of ${operationId}`,
    async () => {
      const { body } = await rig.call<{ outcome: Outcome }>(`/api/v1/operations/${operationId}`, caller);
      return body.outcome.state === 'checking' ? undefined : body.outcome;
    },
    LONG_MS,
  );

/** Waits until no event is on its way and nothing is asked of the gateway any more, so that a fault hits what comes next. */
export async function quiet(rig: Rig): Promise<void> {
  await rig.stripe.deliveriesIdle();
  const seen = { calls: -1, times: 0 };
  await waitFor('the connector to be quiet', () => {
    const calls = rig.stripe.calls.length;
    seen.times = calls === seen.calls ? seen.times + 1 : 0;
    seen.calls = calls;
    return seen.times > 12 ? true : undefined;
  });
}

type Session = { clientSecret: string; publishableKey: string };

export async function session(payUrl: string, saveForLater: boolean): Promise<Session> {
  const response = await fetch(`${payUrl}/session`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-payside-page': '1',
      origin: new URL(payUrl).origin,
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify({ saveForLater }),
  });
  const answer = (await response.json()) as { ok: boolean } & Session;
  if (!answer.ok) throw new Error(`no session: ${JSON.stringify(answer)}`);
  return answer;
}

/** Enters a card as the gateway's own fields do, and confirms as its script does. @returns the payment as the gateway sees it */
export async function payByLink(
  rig: Rig,
  payUrl: string,
  card: { number: string; save?: boolean },
): Promise<{ id: string; status: string; payment_method: string }> {
  const save = card.save ?? false;
  const { clientSecret, publishableKey } = await session(payUrl, save);
  const authorization = `Bearer ${publishableKey}`;
  const entered = await fetch(`${rig.stripe.url}/_elements/payment_methods`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      card: {
        number: card.number,
        exp_month: 12,
        exp_year: rig.clock.now().getUTCFullYear() + 3,
        cvc: '123',
      },
    }),
  });
  const method = (await entered.json()) as { id: string };
  const confirmed = await fetch(
    `${rig.stripe.url}/v1/payment_intents/${clientSecret.split('_secret_')[0]}/confirm`,
    {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_secret: clientSecret,
        payment_method: method.id,
        return_url: payUrl,
        ...(save ? { setup_future_usage: 'off_session' } : {}),
      }),
    },
  );
  const intent = (await confirmed.json()) as { id: string; status: string; payment_method: string };
  if (intent.status !== 'requires_action') return intent;
  await fetch(`${rig.stripe.url}/_elements/challenge`, {
    method: 'POST',
    body: JSON.stringify({ client_secret: clientSecret, outcome: 'pass' }),
  });
  return intent;
}

/** Pays an invoice by link, lets the card be kept, and waits until the record's card may charge it. @returns the method's id */
export async function saveMethod(rig: Rig, at: Place, number: string): Promise<string> {
  const { payUrl } = await openInvoice(rig, at);
  await payByLink(rig, payUrl, { number, save: true });
  const view = await viewWhen(rig, at, ({ methods }) => methods.some(({ chargeable }) => chargeable));
  return view.methods.find(({ chargeable }) => chargeable)?.id ?? '';
}

export const VISA = '4242424242424242';

/** Roles are rows of the settings; where no door sets them yet, they are set in the file while the connector is down. */
export async function giveRoles(rig: Rig, roles: Record<number, string>): Promise<void> {
  await rig.stopConnector();
  const file = join(rig.folder, 'data', 'documents.json');
  const documents = JSON.parse(readFileSync(file, 'utf8')) as {
    workspaces: { settings: { roles: Record<string, string> } }[];
  };
  for (const { settings } of documents.workspaces)
    for (const [user, role] of Object.entries(roles)) settings.roles[`hubspot:${user}`] = role;
  writeFileSync(file, JSON.stringify(documents));
  await rig.startConnector();
}

/** Rows of a table while the connector is down, as only one process may hold the store. */
export async function rowsOf(rig: Rig, query: string): Promise<Record<string, unknown>[]> {
  await rig.stopConnector();
  const database = new DatabaseSync(join(rig.folder, 'data', 'payside.db'));
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
    await rig.startConnector();
  }
}

/** Our own id of the gateway account, as it stands in the address of its webhook door. */
export const doorOf = (rig: Rig, account = rig.account): string =>
  String(account.all('webhook_endpoints').at(-1)?.url);

export function secretOf(rig: Rig): string {
  const call = rig.stripe.calls.findLast(
    ({ method, path, status }) => method === 'POST' && path === '/v1/webhook_endpoints' && status === 200,
  );
  return (JSON.parse(call?.response ?? '{}') as { secret: string }).secret;
}

type Sent = { at?: Date; secret?: string; url?: string; signature?: string };

/** The header that proves that bytes come from the gateway. */
export function signed(rig: Rig, body: string, sent: Sent = {}): { 'stripe-signature': string } {
  const seconds = Math.floor((sent.at ?? rig.clock.now()).getTime() / 1000);
  const digest = createHmac('sha256', sent.secret ?? secretOf(rig))
    .update(`${seconds}.${body}`)
    .digest('hex');
  return { 'stripe-signature': sent.signature ?? `t=${seconds},v1=${digest}` };
}

/** Delivers bytes as the gateway does. */
export async function deliver(
  rig: Rig,
  body: string,
  sent: Sent = {},
): Promise<{ status: number; word: string }> {
  const response = await fetch(sent.url ?? doorOf(rig), {
    method: 'POST',
    headers: signed(rig, body, sent),
    body,
  });
  return { status: response.status, word: ((await response.json()) as { outcome: string }).outcome };
}

export const event = (
  rig: Rig,
  type: string,
  object: unknown,
  change: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: rig.account.all('webhook_endpoints').at(-1)?.api_version,
    created: Math.floor(rig.clock.now().getTime() / 1000),
    livemode: rig.account.definition.livemode,
    type,
    data: { object },
    ...change,
  });

/** Calls of the gateway that changed something, as `POST /v1/…`. */
export const writesTo = (rig: Rig): string[] =>
  rig.stripe.calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

export const totals = (view: CardView): string[] => view.owed.map(({ text }) => text);

/** A field of the object an event is about. */
export const about = (data: { object: object }, field: string): unknown =>
  (data.object as Record<string, unknown>)[field];
