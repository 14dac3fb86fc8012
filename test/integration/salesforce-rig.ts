// The small world with a Salesforce org: an install by its admin, and calls as the package's Apex makes them.
import { randomUUID } from 'node:crypto';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import type { Fields, OrgDoor, OrgSeed } from '../../sandbox/salesforce/start.ts';
import { installOrg } from '../../sandbox/world/admin.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import type { CardView, OperationAnswer, OperationKind } from '../../src/views/card-schema.ts';
import { startRig, type Answer, type Rig, type RigOptions } from './rig.ts';

export const ORG = makeId('00D', 21);
export const ADMIN = makeId('005', 21);
export const FINANCE = makeId('005', 22);
export const REP = makeId('005', 23);
export const VIEWER = makeId('005', 24);

const user = (id: string, firstName: string) => ({
  id,
  firstName,
  lastName: 'Example',
  email: `${firstName.toLowerCase()}@brightwell.example`,
});

export const orgSeed = (change: Partial<OrgSeed> = {}): OrgSeed => ({
  id: ORG,
  name: 'Brightwell Joinery',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  sandbox: true,
  users: [user(ADMIN, 'Ines'), user(FINANCE, 'Farid'), user(REP, 'Rosa'), user(VIEWER, 'Vito')],
  records: [
    { ref: 'mill', type: 'Account', fields: { Name: 'Old Mill' } },
    {
      ref: 'grace',
      type: 'Contact',
      fields: { FirstName: 'Grace', LastName: 'Murray', Email: 'grace@example.com' },
      lookups: { AccountId: 'mill' },
    },
    {
      ref: 'ada',
      type: 'Contact',
      fields: { FirstName: 'Ada', LastName: 'Byron', Email: 'ada@example.com' },
    },
    {
      ref: 'stairs',
      type: 'Opportunity',
      fields: { Name: 'Oak stairs', StageName: 'Proposal/Price Quote', CloseDate: '2031-06-30' },
      lookups: { AccountId: 'mill' },
    },
    {
      type: 'OpportunityContactRole',
      fields: { IsPrimary: true },
      lookups: { OpportunityId: 'stairs', ContactId: 'grace' },
    },
    { ref: 'step', type: 'Product2', fields: { Name: 'Oak step' } },
    {
      type: 'OpportunityLineItem',
      fields: { Quantity: 12, UnitPrice: 80.5, SortOrder: 1 },
      lookups: { OpportunityId: 'stairs', Product2Id: 'step' },
    },
  ],
  ...change,
});

export type At = { type: string; id: string };

export type OrgRig = Rig & {
  org: OrgDoor;
  at(type: string, ref: string): At;
  installOrg(userId?: string): Promise<string>;
  /** A call as Apex makes it for an LWC on a record's page. */
  apex<T = Record<string, unknown>>(path: string, options?: ApexOptions): Promise<Answer<T>>;
  cardOf(record: At, userId?: string): Promise<CardView>;
  act(
    kind: OperationKind,
    record: At,
    body: Record<string, unknown>,
    userId?: string,
  ): Promise<Answer<OperationAnswer>>;
};

export type ApexOptions = { userId?: string; body?: unknown; record?: At };

/** @param isSetUp false leaves the install and the keys to the test */
export async function startOrgRig(options: RigOptions = {}, isSetUp = true): Promise<OrgRig> {
  const rig = await startRig({ orgs: [orgSeed()], portals: [], ...options });
  const orgId = options.orgs?.[0]?.id ?? ORG;
  const org = rig.salesforce.org(orgId);
  const apex: OrgRig['apex'] = async (path, { userId = ADMIN, body, record } = {}) => {
    const answer = await org.apex({
      userId,
      path,
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body }),
      ...(record ? { record } : {}),
    });
    return { status: answer.status, body: JSON.parse(answer.body) };
  };
  const made: OrgRig = {
    ...rig,
    org,
    apex,
    at: (type, ref) => ({ type, id: org.ref(ref) }),
    installOrg: (userId = ADMIN) => installOrg(rig, orgId, userId),
    async cardOf(record, userId = ADMIN) {
      const path = `/api/v1/records/${record.type}/${record.id}`;
      const { status, body } = await apex<{ view: CardView }>(path, { userId, record });
      if (status !== 200) throw new Error(`the card of ${record.id} ended with ${status}`);
      return body.view;
    },
    act: (kind, { type, id }, body, userId = ADMIN) =>
      apex(`/api/v1/records/${type}/${id}/operations/${kind}`, {
        userId,
        body: { operationId: randomUUID(), ...body },
      }),
  };
  if (isSetUp) await made.connect(await made.installOrg());
  return made;
}

/** Waits until a record's fields are what `fits` wants, and answers them. */
export const fieldsWhen = (
  { org }: Pick<OrgRig, 'org'>,
  { type, id }: At,
  fits: (fields: Fields) => boolean,
): Promise<Fields> =>
  waitFor(`fields of ${type} ${id}`, () => {
    const fields = org.fields(type, id);
    return fields && fits(fields) ? fields : undefined;
  });

/** Waits until an org has so many records of a type that fit. */
export const recordsWhen = (
  { org }: Pick<OrgRig, 'org'>,
  type: string,
  fits: (records: Fields[]) => boolean,
): Promise<Fields[]> =>
  waitFor(`records of ${type}`, () => {
    const records = org.all(type);
    return fits(records) ? records : undefined;
  });
