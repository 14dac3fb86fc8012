// Connects a gateway account by its owner's consent: to the gateway's page and back, for one admin in one browser.
import { ConnectorError } from '../errors.ts';
import type { GatewayGrant, GatewayOAuth } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import { grantedCredentials } from './account-access.ts';
import { take, type AccountDeps, type Admin } from './accounts.ts';
import { beginAuthorization, finishAuthorization, type Begun } from './authorize.ts';

export type ConsentDeps = AccountDeps & { log: Log; oauth: GatewayOAuth };

export type RefusedConsent = {
  ok: false;
  /** `unavailable`: the gateway did not answer; `refused`: it said no after the consent; `rights`: see `problems`. */
  reason: 'denied' | 'unknown' | 'expired' | 'other_browser' | 'rights' | 'unavailable' | 'refused';
  /** Missing where the return could not be told from somebody's invention. */
  admin?: Admin;
  problems?: string[];
};

export type ConsentOutcome = { ok: true; admin: Admin } | RefusedConsent;

export type ConsentReturn = {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
  browser?: string | undefined;
};

const provider = ({ gateway }: AccountDeps): string => `connect ${gateway.name}`;

/**
 * The gateway documents no code challenge; its codes are of use only to whoever has the secret key of our app.
 */
export const beginConsent = (deps: ConsentDeps, admin: Admin): Promise<Begun> =>
  beginAuthorization(
    deps,
    provider(deps),
    (state) => deps.oauth.authorizeUrl(state),
    `${admin.workspaceId}.${admin.userId}`,
  );

export async function finishConsent(deps: ConsentDeps, returned: ConsentReturn): Promise<ConsentOutcome> {
  const flow = await finishAuthorization(deps, provider(deps), returned.state ?? '', returned.browser);
  if (!flow.ok) return flow;
  const [workspaceId = '', userId = ''] = (flow.subject ?? '').split('.');
  const admin = { workspaceId, userId };
  if (returned.error || !returned.code) return { ok: false, reason: 'denied', admin };
  return trade(deps, admin, returned.code);
}

async function trade(deps: ConsentDeps, admin: Admin, code: string): Promise<ConsentOutcome> {
  try {
    const problems = await keep(deps, admin, await deps.oauth.exchange(code));
    return problems ? { ok: false, reason: 'rights', admin, problems } : { ok: true, admin };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.error('a consent was not finished', error, {
      workspace: admin.workspaceId,
      vendor: deps.gateway.name,
    });
    return { ok: false, reason: error.retry === 'later' ? 'unavailable' : 'refused', admin };
  }
}

/** @returns what is missing, in sentences; null once the account is connected */
async function keep(deps: ConsentDeps, admin: Admin, grant: GatewayGrant): Promise<string[] | null> {
  const checked = await deps.oauth.check(grant);
  if (!checked.ok) return checked.problems;
  const credentials = grantedCredentials(grant);
  await take(deps, {
    ...admin,
    credentials,
    publishableKey: grant.publishableKey,
    // Whose account it is stands in the answer that carried the tokens.
    found: { ...checked.account, externalId: grant.externalId },
  });
  return null;
}
