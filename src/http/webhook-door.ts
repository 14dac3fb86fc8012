// The webhook door: one small handler in front of Express, as verifying costs far less than Express does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accept, AcceptOutcome } from '../inbox/accept.ts';
import type { Log } from '../log.ts';
import { BodyTooLarge, readRaw } from './raw-body.ts';

/** A gateway's event may be large; refusing one would lose it for days. */
const MAX_BYTES = 1_048_576;
const ACCOUNT_PATH = /^\/webhooks\/stripe\/([A-Za-z0-9_]{3,64})$/;

export type WebhookDoorDeps = { accept: Accept; log: Log };

/**
 * 200 stored, already stored or of no use; 400 bad signature; 413 too large; 503 our fault or a clock that disagrees:
 * never a 4xx for our fault, never a 2xx before the write is durable.
 */
export const createWebhookDoor =
  ({ accept, log }: WebhookDoorDeps) =>
  async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const account = ACCOUNT_PATH.exec((req.url ?? '').split('?')[0] ?? '')?.[1];
    if (!account) return answer(res, 404, 'unknown');
    if (req.method !== 'POST') return answer(res, 405, 'post only');
    try {
      const raw = await readRaw(req, MAX_BYTES);
      const signature = req.headers['stripe-signature'];
      const outcome = await accept(account, raw, typeof signature === 'string' ? signature : undefined);
      answer(res, statusOf(outcome, log, account), outcome.outcome);
    } catch (error) {
      if (error instanceof BodyTooLarge) return answer(res, 413, 'too large');
      log.error('a webhook could not be kept', error, { account });
      answer(res, 503, 'try again');
    }
  };

function statusOf(outcome: AcceptOutcome, log: Log, account: string): number {
  if (outcome.outcome !== 'refused') return 200;
  log.warn('a webhook was refused', { account, reason: outcome.reason });
  return outcome.reason === 'time' ? 503 : 400;
}

function answer(res: ServerResponse, status: number, word: string): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify({ outcome: word }));
}
