// The doors under /pay: the page, its view as JSON, the session and progress its script asks for, its assets.
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import {
  progressRequestSchema,
  sessionRequestSchema,
  type PayView,
  type SessionAnswer,
} from '../../views/pay-schema.ts';
import { failed, fromOurPage, readerOfRequest, refuse, smallJson, tokenOf, withinLimits } from './guards.ts';
import { contentPolicy, fixedHeaders, permissionsPolicy, type GatewayOrigins } from './headers.ts';
import { assets, payPage } from './page.ts';
import { sendOn } from './send-on.ts';

export { errorPage } from './page.ts';

export type PayStage = z.infer<typeof progressRequestSchema>['stage'];

export type SessionRequest = {
  saveForLater: boolean;
  /** What the payer agreed to, as the page showed it; null when nothing is to be saved. */
  consentText: string | null;
  locale: string;
};

export type PayDeps = {
  /** null for a token that is unknown, wrong or revoked; `locale` is BCP 47, such as de-CH. */
  load(token: string, locale: string): Promise<PayView | null>;
  /** The view of a link whose workspace uses the gateway's page; null for every other link. */
  hosted(token: string): Promise<PayView | null>;
  session(token: string, request: SessionRequest): Promise<SessionAnswer | null>;
  progress(token: string, stage: PayStage): Promise<void>;
  gateway: GatewayOrigins;
  /** True for a token that we signed; nothing is looked up. */
  isLink(token: string): boolean;
  /** Counts one use of the key (`pay:ip:…`, `pay:link:…`); false means too many. */
  limit(key: string): Promise<boolean>;
  trustProxyIp(request: Request): string;
};

export function payRouter(deps: PayDeps): Router {
  const limited = withinLimits({ limit: deps.limit, isLink: deps.isLink, addressOf: deps.trustProxyIp });
  const posted = [fromOurPage, ...smallJson];
  const router = Router();
  router.use('/pay', fixedHeaders);
  router.get('/pay/assets/:name', assetDoor);
  router.get('/pay/:token', limited, sendOn(deps.hosted), pageDoor(deps));
  router.get('/pay/:token/view', limited, viewDoor(deps));
  router.post('/pay/:token/session', limited, posted, sessionDoor(deps));
  router.post('/pay/:token/progress', limited, posted, progressDoor(deps));
  router.use('/pay', (request: Request, response: Response) => refuse(request, response, 404));
  router.use('/pay', failed);
  return router;
}

const assetDoor: RequestHandler = (request, response) => {
  const file = assets.files.get(String(request.params['name']));
  if (!file) return refuse(request, response, 404);
  const zipped = request.acceptsEncodings('gzip') === 'gzip';
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  response.setHeader('Content-Type', file.type);
  response.setHeader('Vary', 'Accept-Encoding');
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.end(zipped ? file.zipped : file.body);
};

function pageDoor(deps: PayDeps): RequestHandler {
  const { gateway } = deps;
  return async (request, response) => {
    const reader = readerOfRequest(request);
    const view = await viewOf(deps, request);
    if (!view) return refuse(request, response, 404);
    const used = view.state === 'ready' ? gateway : undefined;
    const { body, styleSource } = payPage(view, reader, gateway);
    const { logoUrl } = view.merchant;
    response.setHeader('Content-Security-Policy', contentPolicy({ styleSource, logoUrl, gateway: used }));
    response.setHeader('Permissions-Policy', permissionsPolicy(used));
    response.type('html').send(body);
  };
}

function viewDoor(deps: PayDeps): RequestHandler {
  return async (request, response) => {
    const view = await viewOf(deps, request);
    if (!view) return refuse(request, response, 404);
    response.json(view);
  };
}

function sessionDoor(deps: PayDeps): RequestHandler {
  return async (request, response) => {
    const asked = sessionRequestSchema.safeParse(request.body);
    if (!asked.success) return refuse(request, response, 400);
    const token = tokenOf(request);
    const view = await viewOf(deps, request);
    if (!token || !view) return refuse(request, response, 404);
    // Only words the payer was shown can be agreed to: without them nothing is saved.
    const consentText = asked.data.saveForLater ? (view.saveForLater?.text ?? null) : null;
    const { locale } = readerOfRequest(request);
    const answer = await deps.session(token, { saveForLater: consentText !== null, consentText, locale });
    if (!answer) return refuse(request, response, 404);
    response.json(answer);
  };
}

/** Answers 204 for every token: it tells nothing about which links exist. */
function progressDoor(deps: PayDeps): RequestHandler {
  return async (request, response) => {
    const told = progressRequestSchema.safeParse(request.body);
    if (!told.success) return refuse(request, response, 400);
    const token = tokenOf(request);
    if (token) await deps.progress(token, told.data.stage);
    response.status(204).end();
  };
}

async function viewOf(deps: PayDeps, request: Request): Promise<PayView | null> {
  const token = tokenOf(request);
  return token ? deps.load(token, readerOfRequest(request).locale) : null;
}
