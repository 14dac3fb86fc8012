// The webhook door: one small handler in front of Express, as verifying costs far less than Express does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConnectorError } from '../errors.ts';
import type { Accept } from '../inbox/accept.ts';
import type { AcceptNotice } from '../inbox/accept-notice.ts';
import type { AcceptOutcome } from '../inbox/keep.ts';
import type { Log, LogFields } from '../log.ts';
import { BodyTooLarge, readRaw } from './raw-body.ts';

/** A gateway's event may be large; refusing one would lose it for days. */
const GATEWAY_BYTES = 1_048_576;
/** A notice names at most a few hundred records, in 110 bytes each. */
const CRM_BYTES = 262_144;
const GATEWAY = /^\/webhooks\/stripe(?:\/(?<account>[A-Za-z0-9_]{3,64}))?$/;
const CRM = /^\/webhooks\/(?<crm>[a-z]+)$/;

export type WebhookDoorDeps = {
  accept: Accept;
  /** null for what is no CRM that tells us something. */
  noticesOf: (crm: string) => AcceptNotice | null;
  log: Log;
};

/** Whose door a path leads to. */
type Entrance = {
  mostBytes: number;
  who: LogFields;
  accept: (req: IncomingMessage, raw: Buffer) => Promise<AcceptOutcome>;
};

/**
 * 200 stored, already stored or of no use; 400 bad signature; 413 too large; 503 our fault or a clock that disagrees:
 * never a 4xx for our fault, never a 2xx before the write is durable.
 */
export const createWebhookDoor =
  (deps: WebhookDoorDeps) =>
  async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const entrance = entranceAt(deps, req.url ?? '');
    if (!entrance) return answer(res, 404, 'unknown');
    if (req.method !== 'POST') return answer(res, 405, 'post only', { allow: 'POST' });
    try {
      const raw = await readRaw(req, entrance.mostBytes);
      const outcome = await entrance.accept(req, raw);
      answer(res, statusOf(outcome, deps.log, entrance.who), outcome.outcome);
    } catch (error) {
      if (error instanceof BodyTooLarge) return answer(res, 413, 'too large');
      deps.log.error('a webhook could not be kept', error, entrance.who);
      answer(res, 503, 'try again');
    }
  };

function entranceAt({ accept, noticesOf }: WebhookDoorDeps, url: string): Entrance | null {
  const path = url.split('?')[0] ?? '';
  const gateway = GATEWAY.exec(path);
  if (gateway) return gatewayEntrance(accept, gateway.groups?.['account'] ?? null);
  const crm = CRM.exec(path)?.groups?.['crm'] ?? '';
  const notices = noticesOf(crm);
  return notices && crmEntrance(notices, crm);
}

/** @param account null for the address of the app, which names none */
const gatewayEntrance = (accept: Accept, account: string | null): Entrance => ({
  mostBytes: GATEWAY_BYTES,
  who: { account: account ?? undefined },
  accept: ({ headers }, raw) => {
    const signature = headers['stripe-signature'];
    return accept(account, raw, typeof signature === 'string' ? signature : undefined);
  },
});

const crmEntrance = (accept: AcceptNotice, crm: string): Entrance => ({
  mostBytes: CRM_BYTES,
  who: { vendor: crm },
  accept: ({ method = '', url: pathAndQuery = '', headers }, raw) =>
    accept({ method, pathAndQuery, raw, headers }),
});

function statusOf(outcome: AcceptOutcome, log: Log, who: LogFields): number {
  if (outcome.outcome !== 'refused') return 200;
  if (outcome.reason === 'signature') {
    log.warn('a webhook was refused', { ...who, reason: outcome.reason });
    return 400;
  }
  // Whoever holds the secret would send the right time: more likely this machine's clock is wrong, and all events wait.
  log.error('a webhook came at a time that cannot be: check the clock of this machine', clockDisagrees(), {
    ...who,
    reason: outcome.reason,
  });
  return 503;
}

const clockDisagrees = (): ConnectorError =>
  new ConnectorError({
    code: 'clock_disagrees',
    retry: 'later',
    status: 503,
    publicMessage: 'The clocks of the sender and of Payside disagree.',
  });

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

function answer(res: ServerResponse, status: number, word: string, more: Record<string, string> = {}): void {
  res.writeHead(status, { ...HEADERS, ...more });
  res.end(JSON.stringify({ outcome: word }));
}
