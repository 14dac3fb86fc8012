// Reads a card's call as raw bytes and asks the CRM's verifier who it is from; the body is parsed only afterwards.
import type { Request, RequestHandler } from 'express';
import type { CallVerdict, SignedCall } from '../crms/crm.ts';
import { requestInvalid, signatureInvalid } from '../errors.ts';
import type { Actor } from '../billing/operation.ts';
import { BodyTooLarge, readRaw } from './raw-body.ts';

export type Doorkeeper = {
  verify: (call: SignedCall) => CallVerdict;
  /** The caller's workspace and role; null for a portal that is not installed. */
  actorOf: (caller: { portalId: string; userId: string }) => Promise<Actor | null>;
};

export type CardRequest = { actor: Actor; body: unknown };

/** Cards send forms, never files. */
const MAX_BYTES = 64 * 1024;

const calls = new WeakMap<Request, CardRequest>();

/** Throws `signature_invalid` (401) for whoever is not a card of an installed portal, `request_invalid` for a body that is no JSON. */
export function signedCall(doorkeeper: Doorkeeper): RequestHandler {
  return async (req, res, next) => {
    try {
      const raw = await readRaw(req, MAX_BYTES);
      const verdict = doorkeeper.verify({
        method: req.method,
        pathAndQuery: req.originalUrl,
        raw,
        headers: req.headers,
      });
      const actor = verdict.verified ? await doorkeeper.actorOf(verdict.caller) : null;
      if (!actor) throw signatureInvalid();
      calls.set(req, { actor, body: raw.length === 0 ? undefined : parsed(raw) });
      next();
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) return next(error);
      res
        .status(413)
        .json({ ok: false, code: 'too_large', message: 'The request is too large.', retry: 'never' });
    }
  };
}

/** What `signedCall` found out about this request. */
export function cardRequest(req: Request): CardRequest {
  const call = calls.get(req);
  if (!call) throw signatureInvalid();
  return call;
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch (cause) {
    throw requestInvalid({ cause });
  }
}
