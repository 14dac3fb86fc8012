// The HubSpot client for one installation: dated paths, and none of the SDK's process-wide options.
import { Client } from '@hubspot/api-client';
import type { CrmConnection } from '../crm.ts';
import { createLines } from './client/lines.ts';
import { calling } from './errors.ts';

export type HubspotSettings = {
  apiBase: string;
  appBase: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  publicBaseUrl: string;
  /** Longest wait for an answer; default ten seconds. */
  timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;

/** HubSpot's dated version; the SDK's own paths are older and go away. */
const VERSION = '2026-03';

const DATED: readonly [RegExp, string][] = [
  [/^\/crm\/v3\/objects\//, `/crm/objects/${VERSION}/`],
  [/^\/crm\/v4\/associations\//, `/crm/associations/${VERSION}/`],
  [/^\/crm\/v4\/objects\//, `/crm/objects/${VERSION}/`],
  [/^\/crm\/v3\/properties\//, `/crm/properties/${VERSION}/`],
];

type RequestContext = { getUrl(): string; setUrl(url: string): void };

const pinned = {
  pre(context: unknown): unknown {
    const request = context as RequestContext;
    const url = new URL(request.getUrl());
    const rule = DATED.find(([pattern]) => pattern.test(url.pathname));
    if (rule) url.pathname = url.pathname.replace(rule[0], rule[1]);
    request.setUrl(url.toString());
    return context;
  },
  post: (context: unknown): unknown => context,
};

/** Makes one call with the client of an installation; what it throws is a `ConnectorError`. */
export type Ask = <T>(call: (client: Client) => Promise<T>) => Promise<T>;
export type AskFor = (connection: CrmConnection) => Ask;

/** Never limiter or retry options here: the SDK shares them between all clients of the process. */
export function createAskFor({ apiBase, timeoutMs = TIMEOUT_MS }: HubspotSettings): AskFor {
  const lines = createLines(apiBase);
  return ({ accessToken }) =>
    async (call) => {
      const line = lines.take();
      const client = new Client({ accessToken, basePath: apiBase, middleware: [pinned], httpAgent: line });
      try {
        return await calling(
          () => call(client),
          timeoutMs,
          () => line.destroy(),
        );
      } finally {
        lines.giveBack(line);
      }
    };
}

/** A call for a path the SDK has no method for. @returns parsed JSON, null for an empty answer */
export async function request(
  settings: HubspotSettings,
  call: { method: string; path: string; accessToken?: string; form?: Record<string, string>; json?: unknown },
): Promise<{ status: number; body: unknown; headers: Headers }> {
  return calling(async () => {
    const response = await fetch(`${settings.apiBase}${call.path}`, {
      method: call.method,
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(call.accessToken ? { authorization: `Bearer ${call.accessToken}` } : {}),
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.form ? { body: new URLSearchParams(call.form) } : {}),
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : parsed(text), headers: response.headers };
  }, settings.timeoutMs ?? TIMEOUT_MS);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
