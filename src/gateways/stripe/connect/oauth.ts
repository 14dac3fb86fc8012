// Connects an account by its owner's consent on Stripe's page: the app's install link, codes and rolling tokens.
import { Stripe } from 'stripe';
import { z } from 'zod';
import { gatewayRejected, gatewayUnavailable, reauthRequired } from '../../../errors.ts';
import type { GatewayGrant, GatewayOAuth } from '../../gateway.ts';
import type { ClientFor } from '../client.ts';
import { accountOf, missingRights, RIGHTS, type Right } from '../connect.ts';
import { toConnectorError } from '../errors.ts';

export type StripeApp = {
  /** Where the consent page is. */
  connectBase: string;
  clientId: string;
  /** Secret key of the app's own account, of the mode of the accounts it connects. */
  secretKey: string;
  redirectUri: string;
};

/** Stripe documents one hour and names it in no answer: https://docs.stripe.com/stripe-apps/api-authentication/oauth. */
const LIFE_MS = 60 * 60_000;

const tokenShape = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  stripe_user_id: z.string().min(1),
  stripe_publishable_key: z.string().min(1),
  livemode: z.boolean(),
});

/** Events of these accounts come to the app's own address, so that no endpoint is registered with each. */
const RIGHTS_BY_CONSENT = RIGHTS.filter(({ code }) => code !== 'rak_webhook_write');

const ofApp = ({ name, code }: Right): string =>
  `The app may not do “${name}” (${code}). Its publisher has to ask for this permission in its manifest.`;

export function createOAuth(clientFor: ClientFor, app: StripeApp, now: () => Date): GatewayOAuth {
  const asApp = clientFor({
    account: '',
    livemode: false,
    credentials: { kind: 'key', secretKey: app.secretKey },
  });
  const ask = (fields: Record<string, string>): Promise<GatewayGrant> => tokenCall(asApp, fields, now());
  return {
    authorizeUrl(state) {
      const query = { client_id: app.clientId, redirect_uri: app.redirectUri, state };
      return `${app.connectBase}/oauth/v2/authorize?${new URLSearchParams(query)}`;
    },
    exchange: (code) =>
      ask({ grant_type: 'authorization_code', code }).catch((error: unknown) => {
        throw isRefusedGrant(error) ? gatewayRejected({ cause: error }) : unknownOutcome(error);
      }),
    refresh: (refreshToken) =>
      ask({ grant_type: 'refresh_token', refresh_token: refreshToken }).catch((error: unknown) => {
        throw isRefusedGrant(error) ? reauthRequired({ cause: error }) : unknownOutcome(error);
      }),
    async check({ accessToken, livemode }) {
      const stripe = clientFor({ account: '', livemode, credentials: { kind: 'oauth', accessToken } });
      const problems = await missingRights(stripe, RIGHTS_BY_CONSENT, ofApp);
      return problems.length > 0
        ? { ok: false, problems }
        : { ok: true, account: await accountOf(stripe, livemode) };
    },
  };
}

/** The SDK's own call goes to another host, whose tokens are of another kind. */
async function tokenCall(stripe: Stripe, fields: Record<string, string>, asked: Date): Promise<GatewayGrant> {
  const answer = tokenShape.parse(await stripe.rawRequest('POST', '/v1/oauth/token', fields));
  return {
    externalId: answer.stripe_user_id,
    livemode: answer.livemode,
    publishableKey: answer.stripe_publishable_key,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: new Date(asked.getTime() + LIFE_MS).toISOString(),
  };
}

const isRefusedGrant = (error: unknown): boolean => error instanceof Stripe.errors.StripeInvalidGrantError;

/** Whatever else fails, our own credentials included, says nothing about the merchant's consent, which must outlive it. */
function unknownOutcome(error: unknown) {
  const known = toConnectorError(error);
  return known.retry === 'later' && known.code !== 'internal' ? known : gatewayUnavailable({ cause: error });
}
