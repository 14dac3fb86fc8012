// The Salesforce client for one org: its own address, an explicit version, a limit of time on every call, no refresh of jsforce's own.
import { Connection } from 'jsforce';
import { rateLimited, reauthRequired } from '../../errors.ts';
import type { CrmConnection } from '../crm.ts';
import { createTransport } from './client/transport.ts';
import type { Usage } from './client/usage.ts';
import { calling } from './errors.ts';

export type SalesforceSettings = {
  /** Where people log in and consent, and where codes are exchanged. */
  loginBase: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Longest wait for an answer; default ten seconds. */
  timeoutMs?: number;
  /** First wait for a job in the background, doubled from look to look; default five seconds. */
  pollMs?: number;
};

const TIMEOUT_MS = 10_000;

/** The version whose shapes this adapter was made for; jsforce's own default is years older. */
export const API_VERSION = '66.0';

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the address of the version, or the whole path of a further page. */
  path: string;
  body?: unknown;
  /** In place of a body: a table. */
  csv?: string;
  /** The answer as it came, also where it is a table: jsforce would split its cells at signs of other tables. */
  asText?: boolean;
  /** Longest wait for the answer, where it takes longer than others. */
  timeoutMs?: number;
  /** Work that nobody waits for: it stops where the day's calls run low. */
  background?: boolean;
};

/** Makes one call to an org; what it throws is a `ConnectorError`. */
export type Ask = (call: Call) => Promise<unknown>;
export type AskFor = (connection: CrmConnection) => Ask;

export const timeoutOf = ({ timeoutMs = TIMEOUT_MS }: SalesforceSettings): number => timeoutMs;

export function createAskFor(settings: SalesforceSettings, usage: Usage): AskFor {
  return ({ installationId, accessToken, apiBase }) =>
    async ({ background = false, timeoutMs: timeout = timeoutOf(settings), ...call }) => {
      if (!apiBase) throw reauthRequired({ context: { installation: installationId } });
      if (background) requireHeadRoom(usage.takeMs(installationId));
      // No refresh token and no refresh function: with either, jsforce would refresh and repeat for ever.
      const org = new Connection({ instanceUrl: apiBase, accessToken, version: API_VERSION });
      // A redirect would carry the token to whoever is named in it; what is tried again, and when, is for our callers to say.
      const transport = createTransport(timeout);
      const options = { transport, ...(call.asText ? { responseType: 'text/plain' } : {}) };
      try {
        return await calling(() => org.request(requestOf(call), options), timeout);
      } finally {
        usage.note(installationId, org.limitInfo?.apiUsage);
      }
    };
}

function requireHeadRoom(retryAfterMs: number): void {
  if (retryAfterMs > 0)
    throw rateLimited({ retryAfterMs, context: { vendor: 'salesforce', code: 'head_room' } });
}

function requestOf({ method, path: url, body, csv }: Call) {
  if (csv !== undefined) return { method, url, headers: { 'content-type': 'text/csv' }, body: csv };
  if (body === undefined) return { method, url, headers: {} };
  return { method, url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
