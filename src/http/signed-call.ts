// Reads a card's call as raw bytes and asks who it is from; the body is parsed only afterwards.
import type { Request, RequestHandler } from 'express';
import type { SignedCall } from '../crms/crm.ts';
import { requestInvalid, signatureInvalid } from '../errors.ts';
import type { Actor } from '../billing/operation.ts';
import { BodyTooLarge, readRaw } from './raw-body.ts';

export type Doorkeeper = {
  /** Who calls, in which workspace and role; null for whoever cannot prove it, or is not of an installed portal. */
  actorOf: (call: SignedCall) => Promise<Actor | null>;
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
      const { method, originalUrl: pathAndQuery, headers } = req;
      const actor = await doorkeeper.actorOf({ method, pathAndQuery, raw, headers });
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
