// The Express app: headers, routes, and one place where errors become answers.
import { randomUUID } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Router,
} from 'express';
import helmet from 'helmet';
import { asConnectorError, ConnectorError, rateLimited } from '../errors.ts';
import type { Log } from '../log.ts';
import { createDoorLimit } from './door-limit.ts';
import { page, html, stylesheet } from './html.ts';

export type AppOptions = {
  log: Log;
  trustProxy: number;
  routers: Router[];
  /** Tries a minute that one address has at coming back from a consent page and at connecting keys; left out: 60. */
  adminTries?: number;
};

/** Whoever installs needs a handful of requests; whoever guesses states or links needs many. */
const ADMIN_TRIES = 60;

export function createExpressApp({
  log,
  trustProxy,
  routers,
  adminTries = ADMIN_TRIES,
}: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.set('etag', false);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
    }),
  );
  app.get(
    '/assets/pages.css',
    (_req, res) => void res.type('css').set('cache-control', 'public, max-age=3600').send(stylesheet),
  );
  app.use((_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  app.use('/oauth', limited(createDoorLimit(adminTries)));
  app.post('/connect/:gateway', limited(createDoorLimit(adminTries)));
  for (const router of routers) app.use(router);
  app.use(
    (_req, res) =>
      void res.status(404).json({ ok: false, code: 'not_found', message: 'Nothing was found here.' }),
  );
  app.use(errorAnswer(log));
  return app;
}

const limited =
  (mayTry: (key: string) => Promise<boolean>): RequestHandler =>
  async (req, res, next) => {
    if (await mayTry(req.ip ?? '')) return next();
    res.set('retry-after', '60');
    next(rateLimited());
  };

/** What a card may be answered with; whatever else went wrong is ours, and may be tried again. */
const CARD_STATUSES = new Set([400, 401, 404, 413, 429, 503]);

const statusAt = (req: Request, status: number): number =>
  req.path.startsWith('/api/') && !CARD_STATUSES.has(status) ? 503 : status;

/** Body parsers throw errors with a status of their own; everything else is ours. */
function statusOf(error: unknown): number | null {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' && !(error instanceof ConnectorError) && status < 500 ? status : null;
}

const errorAnswer =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const client = statusOf(error);
    const known = asConnectorError(error);
    const reference = randomUUID();
    if (client === null) log.error('a request failed', error, { method: req.method, request: reference });
    const status = statusAt(req, client ?? known.status);
    const message = client === null ? known.publicMessage : 'The request was not understood.';
    if (req.accepts(['json', 'html']) === 'html') {
      const body = html`<h1>That did not work</h1>
        <p role="alert">${message}</p>
        <p class="muted">Reference ${reference}</p>`;
      return void res.status(status).send(page({ title: 'That did not work', body }));
    }
    res.status(status).json({
      ok: false,
      code: client === null ? known.code : 'request_invalid',
      message,
      retry: known.retry,
      reference,
    });
  };
