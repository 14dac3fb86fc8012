// The sandbox's start page: links to every view, the mailbox, the clock and the fault switches.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import { ROLES } from '../world/roles.ts';
import type { World } from '../world/world.ts';
import { mailbox } from './mailbox.ts';
import { markup, text } from './markup.ts';

export type StartPage = { url: string; close(): Promise<void> };

const DAY_MS = 86_400_000;
const STANDS = ['stripe', 'hubspot', 'salesforce'] as const;
const SWITCHES: readonly [stand: (typeof STANDS)[number], kind: string, says: string][] = [
  ['stripe', 'lost-webhook', 'the next webhook is lost'],
  ['stripe', 'duplicate-webhook', 'the next webhook is sent twice'],
  ['stripe', 'wrong-secret', 'the next webhook is signed with another secret'],
  ['stripe', 'status-500', 'Stripe answers the next call with 500'],
  ['hubspot', 'rate-limited', 'HubSpot answers the next call with 429'],
  ['hubspot', 'crm-refuses', 'HubSpot refuses the next write'],
  ['hubspot', 'frozen-card', 'cards get stale answers for a while'],
  ['salesforce', 'session-expired', 'Salesforce ends the session before the next call'],
  ['salesforce', 'unable-to-lock-row', 'somebody holds the next record Salesforce writes'],
  ['salesforce', 'lost-notice', 'the next notice of a trigger is lost'],
  ['salesforce', 'request-limit', 'the org has used up its calls'],
  ['salesforce', 'job-queued', 'a bulk job stays in the queue for one more look'],
  ['salesforce', 'slow-job', 'a bulk job works off 200 records until the next look'],
  ['salesforce', 'job-fails', 'a bulk job fails as a whole'],
];

export async function startPages(world: World, port: number): Promise<StartPage> {
  const server = createServer((req, res) => void answer(world, server, req, res));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: addressOf(server), close: () => close(server) };
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function answer(
  world: World,
  server: Server,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const url = new URL(req.url ?? '/', addressOf(server));
  const send = (type: string, body: string): void =>
    void res.writeHead(200, { 'content-type': type }).end(body);
  if (url.pathname === '/sandbox.json')
    return send('application/json', JSON.stringify(directory(world, addressOf(server))));
  if (url.pathname === '/mailbox') return send('text/html; charset=utf-8', mailbox(world));
  if (req.method === 'POST') return act(world, url, res);
  send('text/html; charset=utf-8', startPage(world));
}

/** Addresses of everything, for people's tools. */
const directory = (world: World, startPageUrl: string) => ({
  connector: world.url,
  metrics: null,
  hubspot: world.hubspot.url,
  salesforce: world.salesforce.url,
  stripe: world.stripe.url,
  startPage: startPageUrl,
  mailbox: `${startPageUrl}/mailbox`,
  envFile: world.envFile,
});

function act(world: World, url: URL, res: ServerResponse): void {
  if (url.pathname === '/clock') {
    world.clock.advance(Number(url.searchParams.get('days') ?? 0) * DAY_MS);
    world.stripe.tick();
  }
  if (url.pathname === '/fault') {
    const stand = STANDS.find((name) => name === url.searchParams.get('stand')) ?? 'stripe';
    world[stand].faults.arm(
      url.searchParams.get('kind') ?? '',
      Number(url.searchParams.get('count') ?? 1),
      0,
    );
  }
  res.writeHead(303, { location: '/' }).end();
}

function startPage(world: World): string {
  const portals = world.portals.map((portal) => portalSection(world, portal));
  const switches = SWITCHES.map(
    ([stand, kind, says]) =>
      `<form method="post" action="/fault?stand=${stand}&kind=${kind}"><button>${says}</button></form>`,
  );
  return markup(
    'Payside sandbox',
    `<h1>Payside sandbox</h1>
    <p>Everything here runs on this machine: stand-ins of HubSpot, Salesforce and Stripe, and the real connector between them. The money is invented.</p>
    ${portals.join('')}${world.orgs.map((org) => orgSection(world, org)).join('')}
    <section><h2>Mail</h2><p><a href="/mailbox">Mailbox of every customer</a></p></section>
    <section><h2>Time</h2><p>It is ${world.clock.now().toISOString()} here.</p>
      <form method="post" action="/clock?days=1"><button>One day later</button></form>
      <form method="post" action="/clock?days=30"><button>A month later</button></form></section>
    <section><h2>Faults</h2>${switches.join('')}</section>
    <section><h2>For tools</h2><p><a href="/sandbox.json">sandbox.json</a></p></section>`,
  );
}

function portalSection(world: World, portal: PortalSeed): string {
  const { url } = world.hubspot;
  const list = (type: string, user: number): string =>
    `${url}/contacts/${portal.id}/objects/${type}?user=${user}`;
  const people = portal.users.map(
    ({ id, firstName, lastName }, index) =>
      `<li>${text(`${firstName} ${lastName}`)}, ${ROLES[index] ?? 'viewer'}:
        <a href="${list('0-1', id)}">contacts</a> · <a href="${list('0-2', id)}">companies</a> · <a href="${list('0-3', id)}">deals</a></li>`,
  );
  const admin = portal.users[0]?.id ?? 0;
  const both = world.orgs.some(({ name }) => name === portal.name);
  const title = both ? `${portal.name}, on HubSpot, in one workspace with its Salesforce` : portal.name;
  return `<section><h2>${text(title)}</h2><ul>${people.join('')}</ul>
    <p><a href="${url}/settings/${portal.id}?user=${admin}">Payside’s settings</a> · <a href="${world.url}/install/hubspot">Install again</a></p></section>`;
}

function orgSection(world: World, { id, name, users }: OrgSeed): string {
  const link = (path: string, user: string, says: string): string => {
    const who = new URLSearchParams({ org: id, user });
    return `<a href="${world.salesforce.url}/lightning/${path}?${who}">${says}</a>`;
  };
  const people = users.map((person, index) => {
    const lists = [
      link('o/Contact/list', person.id, 'contacts'),
      link('o/Account/list', person.id, 'accounts'),
      link('o/Opportunity/list', person.id, 'opportunities'),
    ];
    const who = text(`${person.firstName} ${person.lastName}`);
    return `<li>${who}, ${ROLES[index] ?? 'viewer'}: ${lists.join(' · ')}</li>`;
  });
  const [admin = '', finance = admin] = users.map((user) => user.id);
  const pages = [
    link('n/Payside_Finance', finance, 'Payments to look at'),
    link('n/Payside_Settings', admin, 'Payside’s settings'),
    `<a href="${world.url}/install/salesforce">Install again</a>`,
  ];
  return `<section><h2>${text(name)}, on Salesforce</h2><ul>${people.join('')}</ul><p>${pages.join(' · ')}</p></section>`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
