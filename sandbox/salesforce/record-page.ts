// The Lightning-like pages people open: records with the package's components, lists, the pages of the Payments app.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { escapeHtml } from '../hubspot/html.ts';
import { controller } from './host-controller.ts';
import { readLayout, type HostLayout } from './host-layout.ts';
import { listRecords } from './host-lists.ts';
import { listOf, recordView, titleOf } from './host-records.ts';
import type { Content, PageData } from './host/page/page-types.ts';
import { baseBundle } from './lightning/base-bundle.ts';
import { pageBundle } from './lightning/page-bundle.ts';
import { findUser, type Org, type World } from './world.ts';

const LISTED = ['Contact', 'Account', 'Opportunity'];
const SCRIPT = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' };

export function recordPageRoutes(world: World, packageFolder: string): Route[] {
  let layout: HostLayout | undefined;
  const layoutOf = (): HostLayout => (layout ??= readLayout(packageFolder));
  const page = (path: string, show: (room: Room) => Content | undefined): Route => ({
    method: 'GET',
    path,
    handler: (request) => {
      const room = roomOf(world, request, layoutOf());
      const content = room && show(room);
      return room && content ? drawn(room, content) : missing();
    },
  });
  return [
    { method: 'GET', path: '/_host/page.js', handler: script },
    { method: 'GET', path: '/_host/sheet.js', handler: sheet },
    { method: 'GET', path: '/_host/page.css', handler: style },
    { method: 'GET', path: '/_host/base/:name', handler: base },
    { method: 'GET', path: '/_host/base/:folder/:name', handler: base },
    { method: 'GET', path: '/_host/record/:type/:id', handler: (request) => record(world, request) },
    { method: 'GET', path: '/_host/events', handler: (request) => events(world, request) },
    {
      method: 'GET',
      path: '/_host/list/:type/:view',
      handler: (request) => list(world, request, layoutOf()),
    },
    { method: 'POST', path: '/_host/controller/:method', handler: (request) => apex(world, request) },
    { method: 'GET', path: '/', handler: () => start(world) },
    page('/lightning/r/:type/:id/view', ({ org, request, layout: own }) => recordContent(org, request, own)),
    page('/lightning/o/:type/list', ({ org, request }) => {
      const type = request.params['type'] ?? '';
      return org.tables.has(type) ? { kind: 'list', list: listOf(org, type) } : undefined;
    }),
    page('/lightning/n/:name', ({ request, layout: own }) => {
      const found = own.appPages.find(({ name }) => name === request.params['name']);
      return found && { kind: 'app', title: found.title, components: found.components };
    }),
  ];
}

type Room = { org: Org; userId: string; request: StandInRequest; layout: HostLayout };

function roomOf(world: World, request: StandInRequest, layout: HostLayout): Room | undefined {
  const query = request.url.searchParams;
  const org = world.orgs.get(query.get('org') ?? '') ?? [...world.orgs.values()][0];
  const user = org && findUser(org, query.get('user') ?? undefined);
  return user && { org, userId: user.id, request, layout };
}

function recordContent(org: Org, { params }: StandInRequest, layout: HostLayout): Content | undefined {
  const { type = '', id = '' } = params;
  const found = org.tables.get(type)?.get(id);
  return (
    found && {
      kind: 'record',
      record: recordView(org, found),
      regions: layout.regions(type),
      actions: layout.actions(type),
    }
  );
}

function dataOf({ org, userId, request, layout }: Room, content: Content): PageData {
  const user = findUser(org, userId);
  const { id, name, timeZone, users } = org.seed;
  const lists = LISTED.map((type) => ({ title: titleOf(org, type), href: `/lightning/o/${type}/list` }));
  const own = layout.appPages.map(({ name: page, title }) => ({ title, href: `/lightning/n/${page}` }));
  return {
    org: { id, name, timeZone },
    user: {
      id: userId,
      name: user ? `${user.firstName} ${user.lastName}` : '',
      // Salesforce writes a locale with an underscore.
      locale: (user?.locale ?? 'en_US').replace('_', '-'),
    },
    users: users.map((one) => ({ id: one.id, name: `${one.firstName} ${one.lastName}` })),
    hasEvents: request.url.searchParams.get('events') !== 'none',
    tabs: [...lists, ...own],
    title: titleIn(content),
    content,
  };
}

const titleIn = (content: Content): string => {
  if (content.kind === 'record') return content.record.name;
  return content.kind === 'list' ? content.list.title : content.title;
};

/** The page's own frame; everything in it is drawn by its script. */
async function drawn(room: Room, content: Content): Promise<StandInAnswer> {
  const { modules } = await baseBundle();
  const data = dataOf(room, content);
  const map = { imports: Object.fromEntries(modules.map((name) => [name, `/_host/base/${name}.js`])) };
  const body = `<script type="importmap">${JSON.stringify(map)}</script>
<script type="application/json" id="page-data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script type="module" src="/_host/sheet.js"></script>
<script type="module" src="/_host/page.js"></script>`;
  return { status: 200, headers: HTML, body: html(data.title, body, data.user.locale) };
}

const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };

const html = (title: string, body: string, locale = 'en-US'): string => `<!doctype html>
<html lang="${locale}" dir="${/^(ar|he|fa|ur)\b/.test(locale) ? 'rtl' : 'ltr'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/_host/page.css"></head><body>${body}</body></html>`;

const missing = (): StandInAnswer => ({
  status: 404,
  headers: HTML,
  body: html(
    'Not found',
    '<main><h1>Not found</h1><p>This page does not exist, or the record was deleted.</p></main>',
  ),
});

function start(world: World): StandInAnswer {
  const items = [...world.orgs.values()].map(
    ({ seed }) =>
      `<li><a href="/lightning/o/Contact/list?org=${seed.id}">${escapeHtml(seed.name)} (${seed.id})</a></li>`,
  );
  const body = `<main><h1>Salesforce stand-in</h1><ul>${items.join('')}</ul></main>`;
  return { status: 200, headers: HTML, body: html('Salesforce stand-in', body) };
}

const script = async (): Promise<StandInAnswer> => ({
  status: 200,
  headers: SCRIPT,
  body: (await pageBundle()).script,
});

const sheet = async (): Promise<StandInAnswer> => ({
  status: 200,
  headers: SCRIPT,
  body: (await pageBundle()).sheet,
});

const style = async (): Promise<StandInAnswer> => ({
  status: 200,
  headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-store' },
  body: (await pageBundle()).style,
});

/** Under their key these never change, so a browser may keep them for as long as it has the page. */
async function base({ params }: StandInRequest): Promise<StandInAnswer> {
  const file = z
    .string()
    .regex(/^([\w-]+\/)?[\w-]+\.js$/)
    .safeParse([params['folder'], params['name']].filter(Boolean).join('/'));
  if (!file.success) return missing();
  return {
    status: 200,
    headers: { ...SCRIPT, 'cache-control': 'max-age=600' },
    body: readFileSync(join((await baseBundle()).folder, file.data)),
  };
}

function record(world: World, request: StandInRequest): StandInAnswer {
  const org = world.orgs.get(request.url.searchParams.get('org') ?? '');
  const found = org?.tables.get(request.params['type'] ?? '')?.get(request.params['id'] ?? '');
  if (!org || !found) return { status: 404, body: { message: 'gone' } };
  return { status: 200, body: recordView(org, found) };
}

/** What was published after the event of a number; without one only the number is told. */
function events(world: World, { url }: StandInRequest): StandInAnswer {
  const all = world.orgs.get(url.searchParams.get('org') ?? '')?.events ?? [];
  const after = url.searchParams.get('after');
  return { status: 200, body: { events: after === null ? [] : all.slice(Number(after)), next: all.length } };
}

function list(world: World, { url, params }: StandInRequest, { lists }: HostLayout): StandInAnswer {
  const org = world.orgs.get(url.searchParams.get('org') ?? '');
  const view = lists.find(({ type, name }) => type === params['type'] && name === params['view']);
  if (!org || !view) return { status: 404, body: { message: 'There is no such list view.' } };
  const fields = (url.searchParams.get('fields') ?? '').split(',').filter(Boolean);
  const pageSize = Number(url.searchParams.get('pageSize') ?? 50);
  return { status: 200, body: listRecords({ org, now: world.clock.now() }, view, { fields, pageSize }) };
}

async function apex(world: World, request: StandInRequest): Promise<StandInAnswer> {
  const query = request.url.searchParams;
  const org = world.orgs.get(query.get('org') ?? '');
  const user = org && findUser(org, query.get('user') ?? undefined);
  if (!org || !user) return { status: 404, body: { message: 'Nobody is signed in.' } };
  const method = (request.params['method'] ?? '').replace('PaysideController.', '');
  const params: unknown = JSON.parse(request.raw.toString('utf8') || '{}');
  const returnValue = await controller({ world, org, userId: user.id }, method, params);
  if (returnValue === undefined) return { status: 500, body: { message: `Apex has no ${method}.` } };
  return { status: 200, body: { returnValue } };
}
