// Idempotency keys: the first answer is kept for a day and replayed; another request under the same key is refused.
import { docUrl, Refusal } from './errors.ts';

/** An answer as it was sent, body as JSON text. */
export type Kept = { status: number; body: string };
type Entry = { path: string; fingerprint: string; at: number; answer?: Kept };
type Use = { path: string; fingerprint: string; /** Unix seconds. */ now: number };

const KEPT_SECONDS = 86_400;

export type IdempotencyKeys = {
  /** The kept answer, or undefined when this call has to run now (and then `keep` or `release`). */
  begin(key: string, use: Use): Kept | undefined;
  keep(key: string, answer: Kept): void;
  release(key: string): void;
};

export function createIdempotencyKeys(): IdempotencyKeys {
  const entries = new Map<string, Entry>();
  return {
    begin(key, { fingerprint, now, path }) {
      if (key.length > 255) throw tooLong();
      const entry = entries.get(key);
      if (!entry || entry.at < now - KEPT_SECONDS) {
        entries.set(key, { path, fingerprint, at: now });
        return undefined;
      }
      if (entry.path !== path) throw otherEndpoint(key, entry.path, path);
      if (entry.fingerprint !== fingerprint) throw otherParams(key);
      if (!entry.answer) throw inUse(key);
      return entry.answer;
    },
    keep(key, answer) {
      const entry = entries.get(key);
      if (entry) entry.answer = answer;
    },
    release: (key) => void entries.delete(key),
  };
}

function otherParams(key: string): Refusal {
  return new Refusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function otherEndpoint(key: string, first: string, now: string): Refusal {
  return new Refusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${now}' vs '${first}'). Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function inUse(key: string): Refusal {
  return new Refusal(409, {
    code: 'idempotency_key_in_use',
    doc_url: docUrl('idempotency_key_in_use'),
    type: 'idempotency_error',
    message: `There is currently another in-progress request using this Stripe-Idempotent-Key (that probably means you submitted twice, and the other request is still going through): ${key}. If you want to run this request, wait until the other request has completed.`,
  });
}

function tooLong(): Refusal {
  return new Refusal(400, {
    type: 'invalid_request_error',
    message: 'Idempotency-Key can be at most 255 characters.',
  });
}
