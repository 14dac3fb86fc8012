// Routes about the account itself: its details, its owners, and our leaving it.
import type { Route } from '../stand-in/server.ts';
import { api, numberIn, revokeInstallation, type ApiCall, type ApiRoom } from './api.ts';
import { notFound } from './refusal.ts';
import type { PortalUser } from './types.ts';
import { ownerIdOf } from './world.ts';

const OWNERS = '/crm/v3/owners';

export function accountRoutes(room: ApiRoom): Route[] {
  const owners = { needs: () => [['crm.objects.owners.read']] };
  const anyone = { needs: () => [['oauth']] };
  return [
    { method: 'GET', path: '/account-info/2026-03/details', handler: api(room, anyone, details) },
    { method: 'DELETE', path: '/appinstalls/2026-03/external-install', handler: api(room, {}, leave) },
    { method: 'GET', path: OWNERS, handler: api(room, owners, listOwners) },
    { method: 'GET', path: `${OWNERS}/`, handler: api(room, owners, listOwners) },
    { method: 'GET', path: `${OWNERS}/:ownerId`, handler: api(room, owners, readOwner) },
  ];
}

function details({ portal, request, world }: ApiCall) {
  const { id, currency, timeZone, testAccount } = portal.seed;
  const offset = utcOffset(timeZone, world.clock.now());
  return {
    status: 200,
    body: {
      portalId: id,
      accountType: testAccount ? 'DEVELOPER_TEST' : 'STANDARD',
      timeZone,
      companyCurrency: currency,
      additionalCurrencies: [],
      utcOffset: offset,
      utcOffsetMilliseconds: offsetMs(offset),
      uiDomain: request.headers.host ?? '127.0.0.1',
      dataHostingLocation: 'eu1',
    },
  };
}

/** For example `+02:00`. */
function utcOffset(timeZone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? '+00:00' : name.replace('GMT', '');
}

function offsetMs(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function leave(call: ApiCall) {
  revokeInstallation(call.world, call.portal.seed.id);
  return { status: 204 };
}

function ownerShown(user: PortalUser): object {
  return {
    id: ownerIdOf(user),
    email: user.email,
    type: 'PERSON',
    firstName: user.firstName,
    lastName: user.lastName,
    userId: user.id,
    userIdIncludingInactive: user.id,
    createdAt: '2026-01-05T09:00:00.000Z',
    updatedAt: '2026-01-05T09:00:00.000Z',
    archived: false,
  };
}

function listOwners({ portal, request }: ApiCall) {
  const query = request.url.searchParams;
  const email = query.get('email');
  const limit = numberIn(request, 'limit', 100, 500);
  const start = Number(query.get('after') ?? 0);
  const all = portal.seed.users.filter((user) => email === null || user.email === email);
  const next = start + limit;
  const more = next < all.length ? { paging: { next: { after: String(next) } } } : {};
  return { status: 200, body: { results: all.slice(start, next).map(ownerShown), ...more } };
}

function readOwner({ portal, request }: ApiCall) {
  const id = request.params['ownerId'];
  const byUser = request.url.searchParams.get('idProperty') === 'userId';
  const user = portal.seed.users.find((one) => (byUser ? String(one.id) : ownerIdOf(one)) === id);
  if (!user) throw notFound(`No owner with id ${id}`);
  return { status: 200, body: ownerShown(user) };
}
