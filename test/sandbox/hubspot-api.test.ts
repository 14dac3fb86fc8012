// The HubSpot stand-in's CRM API, driven by the vendor's own client on the dated paths.
import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpec.js';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
  type PropertyCreate,
} from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import type { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { arm, call, clientFor, install, OTHER_PORTAL, PORTAL, startRig, type Rig } from './hubspot-rig.ts';

let rig: Rig;
let token: string;
let client: Client;
beforeAll(async () => void (rig = await startRig()));
afterAll(() => rig.close());
beforeEach(async () => {
  await fetch(`${rig.hubspot.url}/_sandbox/reset`, { method: 'POST' });
  token = (await install(rig)).accessToken;
  client = clientFor(rig, token);
});

const ref = (word: string): string => rig.hubspot.portal(PORTAL).ref(word);
const post = (path: string, body: unknown) => call(rig, token, ['POST', path], body);

const property = (name: string, more: Partial<PropertyCreate> = {}): PropertyCreate => ({
  name,
  label: name,
  groupName: 'contactinformation',
  type: PropertyCreateTypeEnum.String,
  fieldType: PropertyCreateFieldTypeEnum.Text,
  ...more,
});

describe('properties', () => {
  it('does not know a property that nobody created', async () => {
    const body = { inputs: [{ id: ref('ada'), properties: { payside_owed: '12.50' } }] };
    const refused = await post('/crm/objects/2026-03/contacts/batch/update', body);
    expect(refused).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR', errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] },
    });
  });

  it('creates groups and properties once, and answers 409 the second time', async () => {
    const group = { name: 'payside', label: 'Payside', displayOrder: -1 };
    await client.crm.properties.groupsApi.create('contacts', group);
    await expect(client.crm.properties.groupsApi.create('contacts', group)).rejects.toMatchObject({
      code: 409,
    });
    const wish = property('payside_link', { groupName: 'payside' });
    await client.crm.properties.coreApi.create('contacts', wish);
    await expect(client.crm.properties.coreApi.create('contacts', wish)).rejects.toMatchObject({ code: 409 });
    const again = await client.crm.properties.batchApi.create('contacts', {
      inputs: [wish, property('payside_other', { groupName: 'payside' })],
    });
    expect(again.results.map(({ name }) => name)).toEqual(['payside_other']);
    expect(again).toMatchObject({ numErrors: 1, errors: [{ category: 'OBJECT_ALREADY_EXISTS' }] });
  });

  it('refuses a group that does not exist and the eleventh unique property', async () => {
    await expect(
      client.crm.properties.coreApi.create('deals', property('x', { groupName: 'nowhere' })),
    ).rejects.toMatchObject({ code: 400 });
    const unique = (n: number) =>
      property(`key_${n}`, { hasUniqueValue: true, groupName: 'dealinformation' });
    for (let n = 0; n < 10; n += 1) await client.crm.properties.coreApi.create('deals', unique(n));
    await expect(client.crm.properties.coreApi.create('deals', unique(10))).rejects.toMatchObject({
      code: 400,
    });
  });

  it.each([
    ['number', { amount: '12,50' }, 'INVALID_INTEGER'],
    ['enumeration', { dealstage: 'won' }, 'INVALID_OPTION'],
    ['datetime', { closedate: 'tomorrow' }, 'INVALID_DATE'],
    ['read-only', { hs_object_id: '1' }, 'READ_ONLY_VALUE'],
  ])('refuses a wrong %s value', async (_type, properties, code) => {
    const refused = await call(rig, token, ['PATCH', `/crm/objects/2026-03/deals/${ref('stairs')}`], {
      properties,
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ code }] } });
  });
});

describe('records', () => {
  it('reads what was asked for, null where nothing is set, and nothing of unknown names', async () => {
    const read = await client.crm.contacts.basicApi.getById(ref('ada'), ['email', 'phone', 'no_such']);
    expect(read.properties).toMatchObject({ email: 'ada@example.com', phone: null });
    expect(read.properties).not.toHaveProperty('no_such');
  });

  it('creates, updates and archives one record', async () => {
    const { id } = await client.crm.deals.basicApi.create({
      properties: { dealname: 'Bench', amount: '80' },
    });
    expect(id).toMatch(/^\d+$/);
    const updated = await client.crm.deals.basicApi.update(id, {
      properties: { closedate: '1790000000000' },
    });
    expect(updated.properties['closedate']).toBe('2026-09-21T14:13:20.000Z');
    await client.crm.deals.basicApi.archive(id);
    await expect(client.crm.deals.basicApi.getById(id)).rejects.toMatchObject({ code: 404 });
  });

  it('pages through the list', async () => {
    const first = await client.crm.contacts.basicApi.getPage(1);
    expect(first.results).toHaveLength(1);
    const second = await client.crm.contacts.basicApi.getPage(1, first.paging?.next?.after);
    expect(second.results[0]?.id).not.toBe(first.results[0]?.id);
    expect(second.paging).toBeUndefined();
  });

  it('refuses the same email twice, naming the record that has it', async () => {
    const refused = await post('/crm/objects/2026-03/contacts', { properties: { email: 'ADA@example.com' } });
    expect(refused).toMatchObject({ status: 409, body: { category: 'CONFLICT' } });
    expect(refused.body['message']).toContain(ref('ada'));
  });

  it('refuses payments in an account that is not set up for them', async () => {
    const other = (await install(rig, OTHER_PORTAL)).accessToken;
    const refused = await call(rig, other, ['GET', '/crm/objects/2026-03/commerce_payments']);
    expect(refused.status).toBe(403);
    const body = { properties: { hs_initial_amount: '10', hs_initiated_date: '2026-11-01' } };
    expect((await post('/crm/objects/2026-03/commerce_payments', body)).status).toBe(201);
  });

  it('knows no undated paths', async () => {
    expect((await call(rig, token, ['GET', '/crm/v3/objects/contacts'])).status).toBe(404);
  });
});

describe('batches', () => {
  const update = '/crm/objects/2026-03/contacts/batch/update';

  it('answers 207 when some ids do not exist, and writes the others', async () => {
    const answer = await client.crm.contacts.batchApi.update({
      inputs: [
        { id: ref('ada'), properties: { firstname: 'Augusta' } },
        { id: '999', properties: { firstname: 'Nobody' } },
      ],
    });
    expect(answer.results).toHaveLength(1);
    expect(answer).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['999'] } }],
    });
    expect(rig.hubspot.portal(PORTAL).properties('contacts', ref('ada'))).toMatchObject({
      firstname: 'Augusta',
    });
  });

  it('refuses a record twice in a batch, wrong shapes and more than a hundred', async () => {
    const input = { id: ref('ada'), properties: { firstname: 'A' } };
    const twice = await post(update, { inputs: [input, input] });
    expect(twice.status).toBe(400);
    expect(twice.body['message']).toContain('Duplicate IDs');
    expect((await post(update, { inputs: [{ ...input, properties: { amount: 5 } }] })).status).toBe(400);
    expect((await post(update, { inputs: [{ ...input, associations: [] }] })).status).toBe(400);
    const many = Array.from({ length: 101 }, (_, n) => ({ id: String(n), properties: {} }));
    expect((await post(update, { inputs: many })).status).toBe(400);
  });

  it('upserts by a unique property, first new and then not', async () => {
    const unique = property('payside_id', { hasUniqueValue: true, groupName: 'invoiceinformation' });
    await client.crm.properties.coreApi.create('invoices', unique);
    const input = { idProperty: 'payside_id', id: 'in_1', properties: { hs_currency: 'EUR' } };
    const upsert = () => client.crm.objects.batchApi.upsert('invoices', { inputs: [input] });
    const [first] = (await upsert()).results;
    const [second] = (await upsert()).results;
    expect(first).toMatchObject({ _new: true, properties: { payside_id: 'in_1' } });
    expect(second).toMatchObject({ _new: false, id: first?.id });
    const byKey = await client.crm.objects.batchApi.read('invoices', {
      idProperty: 'payside_id',
      inputs: [{ id: 'in_1' }, { id: 'in_2' }],
      properties: ['hs_currency'],
      propertiesWithHistory: [],
    });
    expect(byKey).toMatchObject({ results: [{ id: first?.id }], numErrors: 1 });
  });

  it('refuses an upsert by a property whose values are not unique', async () => {
    const inputs = [{ idProperty: 'firstname', id: 'Ada', properties: {} }];
    expect((await post('/crm/objects/2026-03/contacts/batch/upsert', { inputs })).status).toBe(400);
  });

  it('refuses every batch write, or fails one record of it, when told to', async () => {
    const inputs = ['ada', 'grace'].map((word) => ({ id: ref(word), properties: { lastname: 'New' } }));
    arm(rig, 'crm-refuses');
    expect(await post(update, { inputs })).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR' },
    });
    arm(rig, 'partial-207');
    const partial = await post(update, { inputs });
    expect(partial).toMatchObject({
      status: 207,
      body: { numErrors: 1, errors: [{ context: { ids: [ref('grace')] } }] },
    });
    expect((await post(update, { inputs })).status).toBe(200);
  });
});

describe('associations', () => {
  it('makes the first company the primary one and shows both sides', async () => {
    const read = await client.crm.associations.v4.batchApi.getPage('contacts', 'companies', {
      inputs: [{ id: ref('ada') }],
    });
    const [link] = read.results[0]?.to ?? [];
    expect(link?.toObjectId).toBe(ref('mill'));
    expect(link?.associationTypes.map(({ typeId }) => typeId).sort()).toEqual([1, 279]);
    const company = await client.crm.companies.basicApi.getById(ref('mill'), [], [], ['contacts']);
    expect(company.associations?.['contacts']?.results).toEqual([
      { id: ref('ada'), type: 'company_to_contact' },
    ]);
  });

  it('moves the primary label to another company', async () => {
    const { id } = await client.crm.companies.basicApi.create({ properties: { name: 'New Mill' } });
    const types = [
      { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 1 },
    ];
    const made = await client.crm.associations.v4.batchApi.create('contacts', 'companies', {
      inputs: [{ _from: { id: ref('ada') }, to: { id }, types }],
    });
    expect(made.results[0]).toMatchObject({ fromObjectId: ref('ada'), toObjectId: id, labels: ['Primary'] });
    const page = await client.crm.associations.v4.basicApi.getPage(
      'contacts',
      Number(ref('ada')) as never,
      'companies',
    );
    const old = page.results.find(({ toObjectId }) => toObjectId === ref('mill'));
    expect(old?.associationTypes.map(({ typeId }) => typeId)).toEqual([279]);
  });

  it('associates by default one at a time and in batches', async () => {
    const deal = ref('stairs');
    await client.crm.associations.v4.batchApi.createDefault('deals', 'contacts', {
      inputs: [{ _from: { id: deal }, to: { id: ref('grace') } }],
    });
    const put = [
      'PUT',
      `/crm/objects/2026-03/deals/${deal}/associations/default/contacts/${ref('ada')}`,
    ] as const;
    expect((await call(rig, token, put)).status).toBe(200);
    const read = await client.crm.deals.basicApi.getById(deal, [], [], ['contacts']);
    expect(read.associations?.['contacts']?.results).toHaveLength(2);
  });

  it('says 207 for a record that has no such association', async () => {
    const path = '/crm/associations/2026-03/contacts/deals/batch/read';
    const answer = await post(path, { inputs: [{ id: ref('ada') }] });
    expect(answer).toMatchObject({ status: 207, body: { results: [], numErrors: 1 } });
  });
});

describe('search', () => {
  const byEmail = (value: string) => ({
    filterGroups: [{ filters: [{ propertyName: 'email', operator: FilterOperatorEnum.Eq, value }] }],
    sorts: [],
    properties: ['email'],
    limit: 10,
    after: '0',
  });

  it('finds by filter, but only what the index has seen', async () => {
    const lagging = await startRig({ searchLagMs: 3_000 });
    try {
      const late = clientFor(lagging, (await install(lagging)).accessToken);
      await late.crm.contacts.basicApi.create({ properties: { email: 'new@example.com' } });
      expect((await late.crm.contacts.searchApi.doSearch(byEmail('ada@example.com'))).total).toBe(1);
      expect((await late.crm.contacts.searchApi.doSearch(byEmail('new@example.com'))).total).toBe(0);
      lagging.clock.advance(3_001);
      expect((await late.crm.contacts.searchApi.doSearch(byEmail('new@example.com'))).total).toBe(1);
    } finally {
      await lagging.close();
    }
  });

  it('allows four a second and never pages beyond ten thousand', async () => {
    rig.clock.advance(2_000);
    const path = '/crm/objects/2026-03/contacts/search';
    expect((await post(path, { ...byEmail('x'), limit: 200, after: '9900' })).status).toBe(400);
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await post(path, byEmail('x'))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    rig.clock.advance(1_001);
    expect((await post(path, byEmail('x'))).status).toBe(200);
  });
});

describe('limits', () => {
  it('lets 110 requests through in ten seconds and says how many are left', async () => {
    rig.clock.advance(11_000);
    const get = ['GET', '/crm/objects/2026-03/contacts?limit=1'] as const;
    const first = await call(rig, token, get);
    expect(first.headers.get('x-hubspot-ratelimit-remaining')).toBe('109');
    for (let n = 1; n < 110; n += 1) await call(rig, token, get);
    const refused = await call(rig, token, get);
    expect(refused).toMatchObject({
      status: 429,
      body: { policyName: 'TEN_SECONDLY_ROLLING', errorType: 'RATE_LIMIT' },
    });
    rig.clock.advance(10_001);
    expect((await call(rig, token, get)).status).toBe(200);
  });

  it('answers 429 with the wait when told to', async () => {
    arm(rig, 'rate-limited', 1, 7_000);
    const refused = await call(rig, token, ['GET', '/crm/objects/2026-03/contacts']);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('7');
  });

  it('does so to one account alone', async () => {
    arm(rig, `rate-limited-${OTHER_PORTAL}`, 1, 7_000);
    const other = (await install(rig, OTHER_PORTAL)).accessToken;
    const get = ['GET', '/crm/objects/2026-03/contacts?limit=1'] as const;
    expect((await call(rig, token, get)).status).toBe(200);
    expect((await call(rig, other, get)).status).toBe(429);
  });
});

describe('merges', () => {
  it('gives the survivor a new id and leaves the old ones behind', async () => {
    const account = rig.hubspot.portal(PORTAL);
    const [ada, grace] = [ref('ada'), ref('grace')];
    const survivor = account.merge('contacts', ada, grace);
    expect([ada, grace]).not.toContain(survivor);
    const read = await client.crm.contacts.basicApi.getById(
      survivor,
      ['email', 'hs_merged_object_ids'],
      [],
      ['companies'],
    );
    expect(read.properties).toMatchObject({
      email: 'ada@example.com',
      hs_merged_object_ids: `${ada};${grace}`,
    });
    expect(read.associations?.['companies']?.results.map(({ id }) => id)).toEqual([ref('mill')]);
    await expect(client.crm.contacts.basicApi.getById(ada)).rejects.toMatchObject({ code: 404 });
  });

  it('keeps old ids alive when the merge redirects', async () => {
    const survivor = rig.hubspot
      .portal(PORTAL)
      .merge('contacts', ref('ada'), ref('grace'), { redirect: true });
    expect((await client.crm.contacts.basicApi.getById(ref('grace'))).id).toBe(survivor);
  });
});

describe('owners', () => {
  it('lists the people of the account', async () => {
    const page = await client.crm.owners.ownersApi.getPage();
    expect(page.results).toMatchObject([{ email: 'rae+ops@brightwell.test', userId: 31 }]);
  });
});
