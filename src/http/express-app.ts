// The Express app: headers, routes, and one place where errors become answers.
import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import helmet from 'helmet';
import { asConnectorError, ConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import { page, html, stylesheet } from './html.ts';

export type AppOptions = { log: Log; trustProxy: number; routers: Router[] };

export function createExpressApp({ log, trustProxy, routers }: AppOptions): Express {
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
  for (const router of routers) app.use(router);
  app.use(
    (_req, res) =>
      void res.status(404).json({ ok: false, code: 'not_found', message: 'Nothing was found here.' }),
  );
  app.use(errorAnswer(log));
  return app;
}

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
    const status = client ?? known.status;
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
