// Every door of the connector with who may come in and what proves it, for operators who put a proxy or a firewall in front.
import { PROGRESS_SCRIPT } from './connect-pages.ts';

export type Route = { method: 'GET' | 'POST'; path: string; who: string; proof: string };

/** What is set up here: doors of others are not there. */
export type RouteSettings = {
  crms: readonly { name: string; label: string; signs: boolean; tells: boolean }[];
  gatewayConsent: boolean;
  metrics: boolean;
};

const ANYBODY = 'nothing to prove: says nothing that is secret';

const at = (method: Route['method'], path: string, who: string, proof: string): Route => ({
  method,
  path,
  who,
  proof,
});

export const routesOf = (settings: RouteSettings): Route[] => [
  ...webhooks(settings),
  ...cards(settings),
  ...admins(settings),
  ...payers(),
  at('GET', '/healthz', 'whoever watches the process', ANYBODY),
  at('GET', '/readyz', 'whoever watches the process', ANYBODY),
  at('GET', '/openapi.json', 'whoever builds on the cards’ doors', ANYBODY),
  at('GET', '/assets/pages.css', 'browsers', ANYBODY),
  ...(settings.metrics
    ? [at('GET', '/metrics', 'monitoring on this machine', 'listens on loopback alone, on METRICS_PORT')]
    : []),
];

function webhooks({ crms }: RouteSettings): Route[] {
  const signature = 'Stripe-Signature over the raw body';
  return [
    at(
      'POST',
      '/webhooks/stripe/:account',
      'Stripe, of one account',
      `${signature}, by the account’s secret`,
    ),
    at(
      'POST',
      '/webhooks/stripe',
      'Stripe, of accounts by consent',
      `${signature}, by STRIPE_WEBHOOK_SECRET`,
    ),
    ...crms
      .filter(({ tells }) => tells)
      .map((crm) => at('POST', `/webhooks/${crm.name}`, crm.label, proofOfCall(crm))),
  ];
}

const proofOfCall = ({ label, signs }: RouteSettings['crms'][number]): string =>
  signs ? `${label}’s signature` : `${label}: the org’s token`;

function cards({ crms }: RouteSettings): Route[] {
  const proof = crms.map(proofOfCall).join('; ');
  const card = (method: Route['method'], path: string, who = 'cards'): Route =>
    at(method, `/api/v1${path}`, who, proof);
  return [
    card('GET', '/records/:objectType/:recordId'),
    card('POST', '/records/:objectType/:recordId/operations/:kind', 'cards of whoever may start it'),
    card('GET', '/operations/:operationId'),
    card('GET', '/unmatched', 'cards of whoever may assign'),
    card('GET', '/finance', 'cards of finance and admins'),
    card('GET', '/settings', 'the settings page'),
    card('POST', '/settings', 'the settings page of admins'),
    card('POST', '/settings/other-crm', 'the settings page of admins'),
  ];
}

function admins({ crms, gatewayConsent }: RouteSettings): Route[] {
  const link = 'an admin’s signed link';
  const state = 'the state of a consent that began in the same browser, used once';
  return [
    ...crms.flatMap(({ name, label }) => [
      at('GET', `/install/${name}`, 'whoever installs', `nothing yet: ${label} asks who they are`),
      at('GET', `/oauth/${name}/callback`, 'whoever installs', state),
    ]),
    at('GET', '/connect/stripe', 'admins', link),
    at('POST', '/connect/stripe', 'admins', link),
    ...(gatewayConsent ? [at('GET', '/oauth/stripe/callback', 'admins', state)] : []),
    at('GET', PROGRESS_SCRIPT, 'browsers', ANYBODY),
  ];
}

function payers(): Route[] {
  const link = 'the signed link of the invoice';
  return [
    at('GET', '/pay/assets/:name', 'browsers', ANYBODY),
    at('GET', '/pay/:token', 'payers', link),
    at('GET', '/pay/:token/view', 'payers', link),
    at('POST', '/pay/:token/session', 'payers', link),
    at('POST', '/pay/:token/progress', 'payers', link),
  ];
}
