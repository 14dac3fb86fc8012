// The Salesforce adapter over the stand-in: one org that people work in, an install made through OAuth, a token in its credential.
import { createHash, randomBytes } from 'node:crypto';
import objects from '../../../manifests/salesforce-objects.json' with { type: 'json' };
import scopes from '../../../manifests/scopes.json' with { type: 'json' };
import { createSandboxClock, type SandboxClock } from '../../../sandbox/clock.ts';
import { makeId } from '../../../sandbox/salesforce/ids.ts';
import {
  startSalesforce,
  type Fields,
  type OrgDoor,
  type OrgSeed,
  type SalesforceStandIn,
} from '../../../sandbox/salesforce/start.ts';
import type { Crm, CrmConnection, Grant, MirrorKind } from '../../../src/crms/crm.ts';
import { createSalesforceCrm } from '../../../src/crms/salesforce/index.ts';
import { createLog, type Log } from '../../../src/log.ts';
import type { CrmPortal, CrmRig } from '../../contract/crm.contract.ts';

export const PACKAGE = 'extensions/salesforce/force-app/main/default';
export const ORG = makeId('00D', 11);
export const USER = makeId('005', 11);
export const REP = makeId('005', 12);
const CALLBACK = 'https://payside.example.com/oauth/salesforce/callback';

export type SalesforceRig = CrmRig & {
  salesforce: SalesforceStandIn;
  clock: SandboxClock;
  clientSecret: string;
  grant: Grant;
  crm: Crm;
  /** The adapter of another process. */
  another(): Crm;
  org: OrgDoor;
};

export const orgSeed = (change: Partial<OrgSeed> = {}): OrgSeed => ({
  id: ORG,
  name: 'Alder & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  sandbox: true,
  users: [
    { id: USER, email: 'uma@alder.test', firstName: 'Uma', lastName: 'Vale' },
    { id: REP, email: 'rep@alder.test', firstName: 'Rip', lastName: 'Vale' },
  ],
  ...change,
});

export async function startSalesforceRig(
  options: { org?: Partial<OrgSeed>; timeoutMs?: number; log?: Log } = {},
): Promise<SalesforceRig> {
  const clock = createSandboxClock();
  const clientSecret = randomBytes(18).toString('hex');
  const seed = orgSeed(options.org);
  const salesforce = await startSalesforce({
    port: 0,
    clock,
    app: {
      clientId: 'payside-test',
      clientSecret,
      scopes: scopes.salesforce.required,
      redirectUrls: [CALLBACK],
    },
    orgs: [seed],
    packageFolder: PACKAGE,
  });
  const make = (): Crm =>
    createSalesforceCrm(
      {
        loginBase: salesforce.url,
        clientId: 'payside-test',
        clientSecret,
        redirectUri: CALLBACK,
        pollMs: 5,
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      },
      clock,
      options.log ?? createLog('silent'),
    );
  const crm = make();
  const grant = await installIn(salesforce, crm, seed.id);
  const token = randomBytes(32).toString('base64url');
  const org = salesforce.org(seed.id);
  return {
    salesforce,
    clock,
    crm,
    another: make,
    clientSecret,
    grant,
    org,
    connection: connectionOf(grant),
    portal: portalOf(org, seed.namespace),
    currency: 'EUR',
    holds: async (portalId, given) => portalId === seed.id && given === token,
    sign: ({ method, pathAndQuery, body }) => ({
      method,
      pathAndQuery,
      raw: Buffer.from(body),
      headers: { authorization: `Bearer ${token}`, 'x-payside-org': seed.id, 'x-payside-user': REP },
    }),
    close: () => salesforce.close(),
  };
}

export const connectionOf = (grant: Grant, installationId = `inst_${grant.portalId}`): CrmConnection => ({
  installationId,
  crm: 'salesforce',
  portalId: grant.portalId,
  accessToken: grant.tokens.access,
  apiBase: grant.tokens.apiBase,
});

export async function installIn(
  salesforce: SalesforceStandIn,
  crm: Crm,
  orgId: string,
  userId = USER,
): Promise<Grant> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const location = await salesforce.approve(crm.authorizeUrl('a-state', challenge), { orgId, userId });
  return crm.exchange(new URL(location).searchParams.get('code') ?? '', verifier);
}

type Named = { field: string; name: string; type: string };

/** As the screen shows a value: amounts with two decimals, times as the connector writes them, '' where nothing is set. */
function shown({ type }: Named, value: Fields[string] | undefined): string {
  if (value === null || value === undefined) return '';
  if (type === 'Currency' && typeof value === 'number') return value.toFixed(2);
  return type === 'DateTime' ? new Date(String(value)).toISOString() : String(value);
}

function portalOf(org: OrgDoor, namespace: string | undefined): CrmPortal {
  const apiName = (name: string): string =>
    namespace && name.endsWith('__c') ? `${namespace}__${name}` : name;
  const canonical = (fields: readonly Named[], values: Fields): Record<string, string> =>
    Object.fromEntries(fields.map((field) => [field.field, shown(field, values[apiName(field.name)])]));
  const productOf = (name: string): string => org.create('Product2', { Name: name });
  const never = async (): Promise<never> => {
    throw new Error('the package brings the fields');
  };
  return {
    contact({ name, email }) {
      const [FirstName = '', LastName] = name.split(/ (.*)/s);
      const named = LastName ? { FirstName, LastName } : { LastName: FirstName };
      return org.create('Contact', { ...named, Email: email ?? null });
    },
    company: (name) => org.create('Account', { Name: name }),
    deal: (name) =>
      org.create('Opportunity', { Name: name, StageName: 'Prospecting', CloseDate: '2031-06-30' }),
    link(from, to) {
      const [Contact, Account, Opportunity] = ['Contact', 'Account', 'Opportunity'].map(
        (type) => [from, to].find(({ objectType }) => objectType === type)?.id,
      );
      if (Contact && Account && !org.fields('Contact', Contact)?.['AccountId'])
        org.update('Contact', Contact, { AccountId: Account });
      if (Contact && Opportunity)
        org.create('OpportunityContactRole', { OpportunityId: Opportunity, ContactId: Contact });
    },
    line: (dealId, { name, quantity, price }) =>
      void org.create('OpportunityLineItem', {
        OpportunityId: dealId,
        Product2Id: productOf(name),
        Quantity: Number(quantity),
        UnitPrice: Number(price),
      }),
    fields(objectType, id) {
      const values = org.fields(objectType, id);
      return values && canonical(objects.summary.fields, values);
    },
    remove: (objectType, id) => org.remove(objectType, id),
    merge(objectType, primary, other, { oldIdsResolve }) {
      org.merge(objectType, primary, other);
      if (!oldIdsResolve) org.purge();
      return primary;
    },
    statusOptions: { add: never, remove: never, all: never },
    typeOf: never,
    mirrored: async (kind: MirrorKind) => {
      const { name, fields } = objects.objects.find((one) => one.kind === kind)!;
      const lookups = fields.filter(({ type }) => type === 'Lookup' || type === 'MasterDetail');
      return org.all(apiName(name)).map((values) => ({
        paysideId: String(values[apiName('Payside_Id__c')]),
        fields: canonical(fields, values),
        links: lookups.filter((field) => values[apiName(field.name)] !== null).length,
      }));
    },
  };
}
