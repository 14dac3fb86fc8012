// The webhook door: one small handler in front of Express, as verifying costs far less than Express does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConnectorError } from '../errors.ts';
import type { Accept, AcceptOutcome } from '../inbox/accept.ts';
import type { Log } from '../log.ts';
import { BodyTooLarge, readRaw } from './raw-body.ts';

/** A gateway's event may be large; refusing one would lose it for days. */
const MAX_BYTES = 1_048_576;
const PATH = /^\/webhooks\/stripe(?:\/(?<account>[A-Za-z0-9_]{3,64}))?$/;

export type WebhookDoorDeps = { accept: Accept; log: Log };

/**
 * 200 stored, already stored or of no use; 400 bad signature; 413 too large; 503 our fault or a clock that disagrees:
 * never a 4xx for our fault, never a 2xx before the write is durable.
 */
export const createWebhookDoor =
  ({ accept, log }: WebhookDoorDeps) =>
  async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const account = accountIn(req.url ?? '');
    if (account === undefined) return answer(res, 404, 'unknown');
    if (req.method !== 'POST') return answer(res, 405, 'post only', { allow: 'POST' });
    try {
      const raw = await readRaw(req, MAX_BYTES);
      const signature = req.headers['stripe-signature'];
      const outcome = await accept(account, raw, typeof signature === 'string' ? signature : undefined);
      answer(res, statusOf(outcome, log, account), outcome.outcome);
    } catch (error) {
      if (error instanceof BodyTooLarge) return answer(res, 413, 'too large');
      log.error('a webhook could not be kept', error, { account: account ?? undefined });
      answer(res, 503, 'try again');
    }
  };

/** null for the address of the app, which names no account; undefined for a path that is no door. */
function accountIn(url: string): string | null | undefined {
  const path = PATH.exec(url.split('?')[0] ?? '');
  return path ? (path.groups?.['account'] ?? null) : undefined;
}

function statusOf(outcome: AcceptOutcome, log: Log, id: string | null): number {
  const account = id ?? undefined;
  if (outcome.outcome !== 'refused') return 200;
  if (outcome.reason === 'signature') {
    log.warn('a webhook was refused', { account, reason: outcome.reason });
    return 400;
  }
  // Whoever holds the secret would send the right time: more likely this machine's clock is wrong, and all events wait.
  log.error('a webhook came at a time that cannot be: check the clock of this machine', clockDisagrees(), {
    account,
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
