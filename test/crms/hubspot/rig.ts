// The HubSpot adapter over the stand-in: one portal that people work in, an install made through OAuth, calls signed as HubSpot does.
import { createHash, randomBytes } from 'node:crypto';
import fields from '../../../manifests/crm-fields.json' with { type: 'json' };
import scopes from '../../../manifests/scopes.json' with { type: 'json' };
import { createSandboxClock, type SandboxClock } from '../../../sandbox/clock.ts';
import { signatureHeaders } from '../../../sandbox/hubspot/signature.ts';
import { startHubspot, type HubspotStandIn, type PortalSeed } from '../../../sandbox/hubspot/start.ts';
import type { Crm, CrmConnection, Grant } from '../../../src/crms/crm.ts';
import { createHubspotCrm } from '../../../src/crms/hubspot/index.ts';
import { mirrorType } from '../../../src/crms/hubspot/write/mirror.ts';
import { recordingFile } from '../../conformance/recordings.ts';
import type { CrmPortal, CrmRig } from '../../contract/crm.contract.ts';

export const PORTAL = 4_311_001;
export const PUBLIC_URL = 'https://payside.example.com';
export const USER = 77;

export type HubspotRig = CrmRig & {
  hubspot: HubspotStandIn;
  clock: SandboxClock;
  clientSecret: string;
  grant: Grant;
  crm: Crm;
};

export const portalSeed = (id: number, more: Partial<PortalSeed> = {}): PortalSeed => ({
  id,
  name: 'Alder & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  commercePayments: true,
  users: [{ id: USER, email: 'uma@alder.test', firstName: 'Uma', lastName: 'Vale' }],
  ...more,
});

export async function startHubspotRig(
  options: { portals?: PortalSeed[]; timeoutMs?: number } = {},
): Promise<HubspotRig> {
  const clock = createSandboxClock();
  const clientSecret = randomBytes(18).toString('hex');
  const redirectUri = `${PUBLIC_URL}/oauth/hubspot/callback`;
  const hubspot = await startHubspot({
    port: 0,
    clock,
    app: {
      clientId: 'payside-test',
      clientSecret,
      appId: 7_001,
      requiredScopes: scopes.hubspot.required,
      optionalScopes: scopes.hubspot.optional,
      redirectUrls: [redirectUri],
      permittedFetch: [PUBLIC_URL],
    },
    portals: options.portals ?? [portalSeed(PORTAL)],
    searchLagMs: 0,
    recordTo: recordingFile('hubspot'),
  });
  const crm = createHubspotCrm(
    {
      apiBase: hubspot.url,
      appBase: hubspot.url,
      clientId: 'payside-test',
      clientSecret,
      redirectUri,
      publicBaseUrl: PUBLIC_URL,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    },
    clock,
  );
  const first = (options.portals ?? [portalSeed(PORTAL)])[0]?.id ?? PORTAL;
  const grant = await installIn(hubspot, crm, first);
  return {
    hubspot,
    clock,
    crm,
    clientSecret,
    grant,
    connection: connectionOf(grant),
    portal: portalOf(hubspot, first, grant.tokens.access),
    currency: 'EUR',
    holds: async () => false,
    sign: ({ method, pathAndQuery, body }, at) => {
      const signedPath = `${pathAndQuery}?userId=${USER}&portalId=${first}&userEmail=uma%40alder.test&appId=7001`;
      const signed = { method, url: PUBLIC_URL + signedPath, body, timestamp: at.getTime() };
      return {
        method,
        pathAndQuery: signedPath,
        raw: Buffer.from(body),
        headers: signatureHeaders(clientSecret, signed),
      };
    },
    close: () => hubspot.close(),
  };
}

export const connectionOf = (grant: Grant, installationId = `inst_${grant.portalId}`): CrmConnection => ({
  installationId,
  crm: 'hubspot',
  portalId: grant.portalId,
  accessToken: grant.tokens.access,
});

export async function installIn(hubspot: HubspotStandIn, crm: Crm, portalId: number): Promise<Grant> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const location = await hubspot.approve(crm.authorizeUrl('a-state', challenge), { portalId });
  return crm.exchange(new URL(location).searchParams.get('code') ?? '', verifier);
}

type Property = { type: string; options: { label: string; value: string; hidden: boolean }[] };
type Shown = { properties: Record<string, string>; associations: Record<string, object[]> };
type Kind = Parameters<ReturnType<HubspotStandIn['portal']>['create']>[0];

const STATUS = 'payside_status';

function portalOf(hubspot: HubspotStandIn, id: number, accessToken: string): CrmPortal {
  const door = hubspot.portal(id);
  const properties = async (method: string, name: string, change?: object): Promise<Property> => {
    const response = await fetch(`${hubspot.url}/crm/properties/2026-03/contacts/${name}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      ...(change ? { body: JSON.stringify(change) } : {}),
    });
    return (await response.json()) as Property;
  };
  const statusOptions = async () => (await properties('GET', STATUS)).options;
  return {
    contact: ({ name, email, more = [] }) => {
      const [firstname = '', lastname = ''] = name.split(/ (.*)/s);
      return door.create('contacts', {
        firstname,
        lastname,
        ...(email ? { email } : {}),
        ...(more.length > 0 ? { hs_additional_emails: more.join(';') } : {}),
      });
    },
    company: (name) => door.create('companies', { name }),
    deal: (dealname) => door.create('deals', { dealname }),
    link: (from, to) =>
      door.associate(
        { kind: from.objectType as Kind, id: from.id },
        { kind: to.objectType as Kind, id: to.id },
      ),
    line(dealId, { name, quantity, price, currency }) {
      const line = door.create('line_items', {
        name,
        quantity,
        price,
        ...(currency ? { hs_line_item_currency_code: currency } : {}),
      });
      door.associate({ kind: 'deals', id: dealId }, { kind: 'line_items', id: line });
    },
    fields(objectType, recordId) {
      const properties = door.properties(objectType as Kind, recordId);
      return (
        properties &&
        Object.fromEntries(fields.summary.map(({ field, name }) => [field, properties[name] ?? '']))
      );
    },
    remove: (objectType, recordId) => door.archive(objectType as Kind, recordId),
    merge: (objectType, primary, other, { oldIdsResolve }) =>
      door.merge(objectType as Kind, primary, other, { redirect: oldIdsResolve }),
    statusOptions: {
      add: async (value) => {
        const options = await statusOptions();
        await properties('PATCH', STATUS, { options: [...options, { label: value, value, hidden: false }] });
      },
      remove: async (value) => {
        const options = await statusOptions();
        await properties('PATCH', STATUS, { options: options.filter((option) => option.value !== value) });
      },
      all: async () => (await statusOptions()).map(({ value }) => value),
    },
    mirrored: async (kind) => {
      const response = await fetch(`${hubspot.url}/_sandbox/objects/${mirrorType(kind)}`);
      const found = (await response.json()) as Shown[];
      return found.map(({ properties: shown, associations }) => ({
        paysideId: shown[fields.owned.name] ?? '',
        fields: Object.fromEntries(fields.invoice.map(({ field, name }) => [field, shown[name] ?? ''])),
        links: Object.values(associations).flat().length,
      }));
    },
    typeOf: async (field) => {
      const name = fields.summary.find((one) => one.field === field)?.name ?? '';
      return (await properties('GET', name)).type;
    },
  };
}
