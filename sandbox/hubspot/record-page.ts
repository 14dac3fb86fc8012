// The pages people open: a record with the app's cards, the lists of records, the app's settings and home.
import { existsSync, readFileSync } from 'node:fs';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { hostBundle } from './host-bundle.ts';
import { nameOf, recordView, titleOf, type RecordView } from './host-data.ts';
import { escapeHtml, htmlPage } from './html.ts';
import { findKind, type KindInfo } from './kinds.ts';
import { findRecord } from './records.ts';
import type { CardSpec, PortalUser } from './types.ts';
import { findUser, tableOf, type Portal, type World } from './world.ts';

/** What the page's script starts from. */
export type PageData = {
  portal: { id: number; name: string; timezone: string };
  user: PortalUser;
  users: { id: number; name: string }[];
  app: { id: number; name: string };
  variables: Record<string, string | number | boolean>;
  lists: { title: string; href: string }[];
  title: string;
  cards: Pick<CardSpec, 'uid' | 'title' | 'location'>[];
  record?: { typeId: string; singular: string; view: RecordView };
  list?: { id: string; name: string; detail: string; href: string }[];
};

const LISTED = ['contacts', 'companies', 'deals'];

export function recordPageRoutes(world: World): Route[] {
  const script = { 'content-type': 'text/javascript; charset=utf-8' };
  const asset = (path: string, read: () => Promise<string>, headers: Record<string, string>): Route => ({
    method: 'GET',
    path,
    handler: async () => ({
      status: 200,
      headers: { ...headers, 'cache-control': 'no-store' },
      body: await read(),
    }),
  });
  const page = (path: string, show: (portal: Portal, request: StandInRequest) => StandInAnswer): Route => ({
    method: 'GET',
    path,
    handler: (request) => {
      const portal = world.portals.get(Number(request.params['portalId']));
      return portal ? show(portal, request) : missing('This account does not exist.');
    },
  });
  return [
    asset('/_host/host.js', async () => (await hostBundle()).page, script),
    asset('/_host/worker.js', async () => (await hostBundle()).worker, script),
    asset('/_host/host.css', async () => (await hostBundle()).style, {
      'content-type': 'text/css; charset=utf-8',
    }),
    { method: 'GET', path: '/_host/cards/:uid', handler: (request) => cardScript(world, request) },
    { method: 'GET', path: '/', handler: () => start(world) },
    page('/contacts/:portalId/record/:typeId/:objectId', (portal, request) =>
      recordPage(world, portal, request),
    ),
    page('/contacts/:portalId/objects/:typeId', (portal, request) => listPage(world, portal, request)),
    page('/settings/:portalId', (portal, request) =>
      appPage(world, portal, { request, location: 'settings' }),
    ),
    page('/home/:portalId', (portal, request) => appPage(world, portal, { request, location: 'home' })),
  ];
}

function cardScript(world: World, request: StandInRequest): StandInAnswer {
  const card = world.settings.cards.find(({ uid }) => uid === request.params['uid']);
  if (!card || !existsSync(card.bundlePath)) return missing('This card is not built.');
  return {
    status: 200,
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' },
    body: readFileSync(card.bundlePath),
  };
}

const missing = (sentence: string): StandInAnswer => ({
  status: 404,
  body: htmlPage(
    'Not found',
    `<main class="consent"><h1>Not found</h1><p>${escapeHtml(sentence)}</p></main>`,
  ),
});

function start(world: World): StandInAnswer {
  const items = [...world.portals.values()].map(
    ({ seed }) =>
      `<li><a href="/contacts/${seed.id}/objects/0-1">${escapeHtml(seed.name)} (${seed.id})</a></li>`,
  );
  const body = `<main class="consent"><h1>HubSpot stand-in</h1><h2>Accounts</h2><ul>${items.join('')}</ul></main>`;
  return { status: 200, body: htmlPage('HubSpot stand-in', body) };
}

function baseData(
  world: World,
  portal: Portal,
  request: StandInRequest,
): Omit<PageData, 'title' | 'cards'> | undefined {
  const asked = request.url.searchParams.get('user');
  const user = findUser(portal, asked === null ? undefined : Number(asked));
  if (!user) return undefined;
  const { id, name, timeZone, users } = portal.seed;
  const { app, variables } = world.settings;
  return {
    portal: { id, name, timezone: timeZone },
    user,
    users: users.map((one) => ({ id: one.id, name: `${one.firstName} ${one.lastName}` })),
    app: { id: app.appId, name: app.name ?? 'Payments app' },
    variables,
    lists: LISTED.flatMap((kind) => findKind(kind) ?? []).map((info) => ({
      title: titleOf(info.kind),
      href: `/contacts/${id}/objects/${info.typeId}?user=${user.id}`,
    })),
  };
}

function drawn(data: PageData | undefined): StandInAnswer {
  if (!data) return missing('This user does not exist in the account.');
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const body = `<div id="root"></div><script type="application/json" id="page-data">${json}</script><script src="/_host/host.js"></script>`;
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: htmlPage(data.title, body) };
}

const cardsAt = (world: World, fits: (card: CardSpec) => boolean): PageData['cards'] =>
  world.settings.cards.filter(fits).map(({ uid, title, location }) => ({ uid, title, location }));

const isFor = (card: CardSpec, info: KindInfo): boolean =>
  card.location.startsWith('crm.record') && card.objectTypes.some((name) => findKind(name) === info);

function recordPage(world: World, portal: Portal, request: StandInRequest): StandInAnswer {
  const info = findKind(request.params['typeId'] ?? '');
  const record = info && findRecord(portal, info.kind, request.params['objectId'] ?? '');
  if (!info || !record) return missing('This record does not exist, was deleted, or was merged.');
  const base = baseData(world, portal, request);
  return drawn(
    base && {
      ...base,
      title: nameOf(record),
      cards: cardsAt(world, (card) => isFor(card, info)),
      record: { typeId: info.typeId, singular: info.singular, view: recordView(portal, record) },
    },
  );
}

const LIST_LENGTH = 200;

function listPage(world: World, portal: Portal, request: StandInRequest): StandInAnswer {
  const info = findKind(request.params['typeId'] ?? '');
  const base = baseData(world, portal, request);
  if (!info || !LISTED.includes(info.kind)) return missing('There is no list of this kind.');
  const records = [...tableOf(portal.records, info.kind).values()].slice(0, LIST_LENGTH);
  const list = records.map((record) => ({
    id: record.id,
    name: nameOf(record),
    detail: record.properties['email'] ?? record.properties['domain'] ?? record.properties['amount'] ?? '',
    href: `/contacts/${portal.seed.id}/record/${info.typeId}/${record.id}?user=${base?.user.id ?? ''}`,
  }));
  return drawn(base && { ...base, title: titleOf(info.kind), cards: [], list });
}

type AppPage = { request: StandInRequest; location: 'settings' | 'home' };

function appPage(world: World, portal: Portal, { request, location }: AppPage): StandInAnswer {
  const base = baseData(world, portal, request);
  const cards = cardsAt(world, (card) => card.location === location);
  const title = location === 'settings' ? 'Connected apps' : (world.settings.app.name ?? 'Home');
  return drawn(base && { ...base, title, cards });
}
