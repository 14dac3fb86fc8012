// What a request under /pay must pass before its door answers: not too many, from our own page, small JSON.
import { createHash } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { asConnectorError } from '../../errors.ts';
import { errorPage } from './page.ts';
import { readerOf, type Reader } from './reader.ts';

/** Seconds a payer is asked to wait after too many tries. */
const RETRY_AFTER_SECONDS = 60;

const BODY_LIMIT = '16kb';

const TOKEN = /^[A-Za-z0-9._~-]{16,256}$/;

export const readerOfRequest = (request: Request): Reader =>
  readerOf(request.query['lang'], request.acceptsLanguages());

/** Undefined for what cannot be a token; a link that was cut or mistyped needs no look-up. */
export function tokenOf(request: Request): string | undefined {
  const token = request.params['token'];
  return typeof token === 'string' && TOKEN.test(token) ? token : undefined;
}

export type Limits = {
  /** Counts one use of a key; false means too many. */
  limit: (key: string) => Promise<boolean>;
  isLink: (token: string) => boolean;
  addressOf: (request: Request) => string;
};

/** Answers 429 when the caller's address or the link was seen too often; `limit` says which is. */
export function withinLimits({ limit, isLink, addressOf }: Limits): RequestHandler {
  return async (request, response, next) => {
    const token = tokenOf(request);
    // What we did not sign is nobody's link, and may not use up anybody's tries.
    const link = token && isLink(token) ? [`pay:link:${nameOf(token)}`] : [];
    for (const key of [`pay:ip:${addressOf(request)}`, ...link])
      if (!(await limit(key))) return tooMany(request, response);
    next();
  };
}

function tooMany(request: Request, response: Response): void {
  response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  refuse(request, response, 429);
}

/** Names a link without being one: every link of an account begins alike, and a limiter's keys are no place for links. */
const nameOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Only our own page's script can send this header and this Origin; a form on another site can do neither. */
export const fromOurPage: RequestHandler = (request, response, next) => {
  const site = request.get('sec-fetch-site');
  const ours =
    request.get('x-payside-page') === '1' && sameOrigin(request) && (site ?? 'same-origin') === 'same-origin';
  if (ours) return next();
  refuse(request, response, 403);
};

function sameOrigin(request: Request): boolean {
  const origin = request.get('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

export const smallJson: RequestHandler[] = [
  (request, response, next) => {
    if (request.is('application/json')) return next();
    refuse(request, response, 400);
  },
  express.json({ limit: BODY_LIMIT, type: 'application/json', strict: true }),
];

const CODES: Record<number, string> = {
  400: 'request_invalid',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  429: 'rate_limited',
};

/** A page for whoever opened the link, a code for the page's script. */
export function refuse(request: Request, response: Response, status: number): void {
  response.status(status);
  if (request.method === 'POST' || request.path.endsWith('/view'))
    response.json({ ok: false, code: CODES[status] ?? 'unavailable' });
  else response.type('html').send(errorPage(status, readerOfRequest(request).locale));
}

/** Turns whatever a door threw into its status: the body parser's 400 and 413, else 503. */
export const failed: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) return next(error);
  const status = bodyStatus(error) ?? asConnectorError(error).status;
  refuse(request, response, [400, 404, 413, 429].includes(status) ? status : 503);
};

function bodyStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('type' in error)) return undefined;
  return error.status === 413 ? 413 : 400;
}
