// The Salesforce stand-in's API: fields of the package alone, records one by one and in collections, SOQL, limits, and errors as Salesforce words them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullId, makeId } from '../../sandbox/salesforce/ids.ts';
import type { OrgDoor } from '../../sandbox/salesforce/start.ts';
import { ADMIN, api, install, ORG, query, REP, startRig, type Answered, type Rig } from './salesforce-rig.ts';

let rig: Rig;
let org: OrgDoor;
let token: string;
beforeAll(async () => {
  rig = await startRig();
  org = rig.salesforce.org(ORG);
  token = (await install(rig)).access;
});
afterAll(() => rig.close());

type Result = {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: { statusCode: string; message: string }[];
};

const collection = async (path: string, records: object[], method = 'PATCH'): Promise<Result[]> => {
  const answer = await api(rig, token, `/composite/sobjects${path}`, {
    method,
    body: { records, allOrNone: false },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Result[];
};
const invoice = (paysideId: string, more: object = {}): object => ({
  attributes: { type: 'Payside_Invoice__c' },
  Payside_Id__c: paysideId,
  ...more,
});
const upsert = (...records: object[]): Promise<Result[]> =>
  collection('/Payside_Invoice__c/Payside_Id__c', records);
const codesOf = (results: Result[]): (string | undefined)[] =>
  results.map(({ errors }) => errors[0]?.statusCode);
const errorOf = ({ status, body }: Answered): object => ({ status, ...(body as unknown as object[])[0] });
const rows = async (soql: string, path?: string): Promise<Record<string, unknown>[]> => {
  const answer = await query(rig, token, soql, path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body['records'] as Record<string, unknown>[];
};

describe('ids', () => {
  it('have a suffix that says which letters are capitals', () => {
    expect(makeId('003', 5)).toMatch(/^003gK0{9}5[A-Z0-5]{3}$/);
    expect(fullId('0015000000Gv7qJ')).toBe('0015000000Gv7qJAAR');
    expect(fullId('too short')).toBeUndefined();
  });
});

describe('what an org has', () => {
  it('are the package’s objects and fields, and nothing the package does not have', async () => {
    const { body } = await api(rig, token, '/sobjects');
    const names = (body['sobjects'] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Contact', 'Payside_Invoice__c', 'Payside_Update__e']));
    const contact = await api(rig, token, '/sobjects/Contact/describe');
    const fields = (contact.body['fields'] as { name: string }[]).map(({ name }) => name);
    expect(fields).toEqual(expect.arrayContaining(['Email', 'Payside_Owed__c']));
    expect(fields).not.toContain('Payside_Nothing__c');
    expect(errorOf(await api(rig, token, '/sobjects/Payside_Nothing__c/describe'))).toMatchObject({
      status: 404,
    });
  });

  it('is told as one currency, or as several without a default', async () => {
    expect((await api(rig, token, '/connect/organization')).body).toMatchObject({
      orgId: ORG,
      features: { multiCurrency: false, defaultCurrencyIsoCode: 'EUR' },
    });
  });

  it.each(['v50.0', 'v61.0', 'v99.0', 'v66'])('is not told under version %s', async (version) => {
    expect((await api(rig, token, '/sobjects', { version })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a collection', () => {
  it('updates records by id, and says of each what became of it', async () => {
    const [here, gone] = [org.ref('ada'), org.create('Contact', { LastName: 'Gone' })];
    org.remove('Contact', gone);
    const contact = (id: string, more: object): object => ({ attributes: { type: 'Contact' }, id, ...more });
    const results = await collection('', [
      contact(here, { Payside_Owed__c: 12.5, Payside_Status__c: 'open' }),
      contact(gone, { Payside_Owed__c: 1 }),
      contact(makeId('003', 999_999), { Payside_Owed__c: 1 }),
      contact(org.ref('grace'), { Payside_Status__c: 'no such word' }),
      contact('003', { Payside_Owed__c: 1 }),
    ]);
    expect(codesOf(results)).toEqual([
      undefined,
      'ENTITY_IS_DELETED',
      'INVALID_CROSS_REFERENCE_KEY',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'MALFORMED_ID',
    ]);
    expect(org.fields('Contact', here)).toMatchObject({ Payside_Owed__c: 12.5, Payside_Status__c: 'open' });
  });

  it('makes a record of an external id once, and changes it from then on', async () => {
    const [first] = await upsert(invoice('ga_1:in_1', { Status__c: 'open', Contact__c: org.ref('ada') }));
    expect(first).toMatchObject({ success: true, created: true });
    expect(await upsert(invoice('ga_1:in_1', { Status__c: 'paid' }))).toEqual([
      { id: first?.id, success: true, created: false, errors: [] },
    ]);
    const [other] = await upsert(invoice('GA_1:IN_1'));
    expect(other?.id).not.toBe(first?.id);
  });

  it('finds a parent by its external id, and says which it did not find', async () => {
    const line = (id: string, parent: string, more: object = {}): object => ({
      attributes: { type: 'Payside_Invoice_Line__c' },
      Payside_Id__c: id,
      Invoice__r: { Payside_Id__c: parent },
      ...more,
    });
    await upsert(invoice('ga_1:in_7'));
    const path = '/Payside_Invoice_Line__c/Payside_Id__c';
    const results = await collection(path, [
      line('ga_1:il_1', 'ga_1:in_7'),
      line('ga_1:il_2', 'ga_1:in_none'),
    ]);
    expect(codesOf(results)).toEqual([undefined, 'INVALID_FIELD']);
    expect(results[1]?.errors[0]?.message).toContain('ga_1:in_none not found for field Payside_Id__c');
    expect(
      codesOf(await collection(path, [line('ga_1:il_1', 'ga_1:in_7', { Description__c: 'Oak' })])),
    ).toEqual([undefined]);
    expect(
      codesOf(
        await collection(path, [{ attributes: { type: 'Payside_Invoice_Line__c' }, Payside_Id__c: 'x' }]),
      ),
    ).toEqual(['REQUIRED_FIELD_MISSING']);
  });

  it.each([
    ['a column that is not in the package', { Payside_Total__c: 1 }, 'INVALID_FIELD'],
    ['text in place of a number', { Total_Minor__c: 'much' }, 'JSON_PARSER_ERROR'],
    ['a day that is none', { Due_Date__c: '2031-02-31T' }, 'JSON_PARSER_ERROR'],
  ])('is refused as a whole with %s', async (_what, fields, errorCode) => {
    const body = { records: [invoice('ga_1:in_8', fields)], allOrNone: false };
    const answer = await api(rig, token, '/composite/sobjects/Payside_Invoice__c/Payside_Id__c', {
      method: 'PATCH',
      body,
    });
    expect(errorOf(answer)).toMatchObject({ status: 400, errorCode });
  });

  it.each([
    ['a computed field', { Overdue__c: true }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['a text that is too long', { Currency_Code__c: 'EURO' }, 'STRING_TOO_LONG'],
    ['a number that is too large', { Total_Minor__c: 1e19 }, 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['an id of another type', { Contact__c: ADMIN }, 'MALFORMED_ID'],
  ])('refuses the record with %s', async (_what, fields, code) => {
    expect(codesOf(await upsert(invoice('ga_1:in_9', fields), invoice('ga_1:in_10')))).toEqual([
      code,
      undefined,
    ]);
  });

  it('takes 200 records and not one more', async () => {
    const many = Array.from({ length: 201 }, (_, nth) => invoice(`ga_2:in_${nth}`));
    expect(await upsert(...many.slice(1))).toHaveLength(200);
    const answer = await api(rig, token, '/composite/sobjects/Payside_Invoice__c/Payside_Id__c', {
      method: 'PATCH',
      body: { records: many, allOrNone: false },
    });
    expect(errorOf(answer)).toMatchObject({ status: 400, errorCode: 'INVALID_BATCH_SIZE' });
  });

  it('plays a locked row and a duplicate value', async () => {
    await upsert(invoice('ga_1:in_11'));
    rig.salesforce.faults.arm('unable-to-lock-row', 1, 0);
    rig.salesforce.faults.arm('duplicate-value', 1, 0);
    expect(codesOf(await upsert(invoice('ga_1:in_11'), invoice('ga_1:in_12')))).toEqual([
      'UNABLE_TO_LOCK_ROW',
      'DUPLICATE_VALUE',
    ]);
  });

  it('publishes platform events', async () => {
    const [result] = await collection(
      '',
      [{ attributes: { type: 'Payside_Update__e' }, Record_Id__c: org.ref('ada'), Kind__c: 'payment' }],
      'POST',
    );
    expect(result).toMatchObject({ success: true });
    expect(org.events().at(-1)).toMatchObject({
      fields: { Record_Id__c: org.ref('ada'), Kind__c: 'payment' },
    });
    const page = await fetch(`${rig.salesforce.url}/_host/events/${ORG}?after=${org.events().length - 1}`);
    expect(await page.json()).toMatchObject({
      next: org.events().length,
      events: [{ type: 'Payside_Update__e' }],
    });
  });
});

describe('a query', () => {
  it('reads fields, also over a relationship, by conditions and in order', async () => {
    const found = await rows(
      "SELECT Id, Name, Account.Name FROM Contact WHERE Email IN ('ADA@example.com', 'grace@example.com') ORDER BY Name DESC LIMIT 2",
    );
    expect(found.map(({ Name, Account }) => [Name, Account])).toEqual([
      ['Murray', null],
      ['Ada Byron', { attributes: { type: 'Account' }, Name: 'Old Mill' }],
    ]);
    expect(
      await rows(`SELECT Id FROM Contact WHERE AccountId = '${org.ref('mill').slice(0, 15)}'`),
    ).toHaveLength(1);
    expect(
      await rows("SELECT Id FROM Contact WHERE Name = 'x' AND (Email = 'ada@example.com' OR Email = null)"),
    ).toEqual([]);
  });

  it('keeps quotes and backslashes of a literal together', async () => {
    const id = org.create('Contact', { LastName: String.raw`O'Hara \ Sons` });
    expect(await rows(String.raw`SELECT Id FROM Contact WHERE LastName = 'O\'Hara \\ Sons'`)).toMatchObject([
      { Id: id },
    ]);
    expect(
      errorOf(
        await query(rig, token, String.raw`SELECT Id FROM Contact WHERE LastName = 'x\' OR Id != null`),
      ),
    ).toMatchObject({
      errorCode: 'MALFORMED_QUERY',
    });
  });

  it.each([
    ['SELECT Nothing FROM Contact', 'INVALID_FIELD'],
    ['SELECT Id FROM Nothing', 'INVALID_TYPE'],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Contact WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Contact WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Boss.Name FROM Contact', 'INVALID_FIELD'],
    ['DELETE FROM Contact', 'MALFORMED_QUERY'],
  ])('%s is refused as %s', async (soql, errorCode) => {
    expect(errorOf(await query(rig, token, soql))).toMatchObject({ status: 400, errorCode });
  });

  it('of the recycle bin shows what was removed, and into what a record was merged', async () => {
    const [kept, other, lost] = ['A', 'B', 'C'].map((LastName) => org.create('Contact', { LastName }));
    org.merge('Contact', kept!, other!);
    org.remove('Contact', lost!);
    const soql = `SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id IN ('${other}', '${lost}')`;
    expect(await rows(soql)).toEqual([]);
    expect(await rows(soql, '/queryAll')).toMatchObject([
      { Id: other, IsDeleted: true, MasterRecordId: kept },
      { Id: lost, IsDeleted: true, MasterRecordId: null },
    ]);
  });

  it('with a long answer goes on under an address of its own', async () => {
    for (let nth = 0; nth < 2_001; nth += 1) org.create('Account', { Name: `Branch ${nth}` });
    const first = await query(rig, token, "SELECT Id FROM Account WHERE Name != 'Old Mill'");
    expect(first.body).toMatchObject({ totalSize: 2_001, done: false });
    const path = String(first.body['nextRecordsUrl']).replace('/services/data/v66.0', '');
    expect(await api(rig, token, path)).toMatchObject({ body: { done: true, records: [{}] } });
  });

  it('about access says who may read what', async () => {
    org.share(REP, org.ref('grace'), false);
    const soql = (user: string): string =>
      `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${user}' AND RecordId IN ('${org.ref('ada')}', '${org.ref('grace')}')`;
    const flags = async (user: string) => (await rows(soql(user))).map(({ HasReadAccess }) => HasReadAccess);
    expect(await flags(REP)).toEqual([true, false]);
    expect(await flags(ADMIN)).toEqual([true, true]);
    expect(await flags(makeId('005', 77))).toEqual([false, false]);
    expect(errorOf(await query(rig, token, 'SELECT RecordId FROM UserRecordAccess'))).toMatchObject({
      errorCode: 'MALFORMED_QUERY',
    });
  });
});

describe('a composite request', () => {
  const part = (url: string, referenceId: string, more: object = {}): object => ({
    method: 'GET',
    url: `/services/data/v66.0${url}`,
    referenceId,
    ...more,
  });
  const composite = (compositeRequest: object[]): Promise<Answered> =>
    api(rig, token, '/composite', { method: 'POST', body: { compositeRequest, allOrNone: false } });

  it('answers each part, counts once, and lets one fail beside the others', async () => {
    const before = org.usage();
    const records = [invoice('ga_3:in_1')];
    const answer = await composite([
      part('/composite/sobjects/Payside_Invoice__c/Payside_Id__c', 'made', {
        method: 'PATCH',
        body: { records, allOrNone: false },
      }),
      part(`/query?q=${encodeURIComponent('SELECT Nothing FROM Contact')}`, 'wrong'),
      part('/sobjects/Contact/describe', 'described'),
    ]);
    expect(answer.body['compositeResponse']).toMatchObject([
      { referenceId: 'made', httpStatusCode: 200, body: [{ success: true }] },
      { referenceId: 'wrong', httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD' }] },
      { referenceId: 'described', httpStatusCode: 200, body: { name: 'Contact' } },
    ]);
    expect(org.usage()).toBe(before + 1);
  });

  it('has at most 25 parts, and at most five collections or queries', async () => {
    const many = (count: number, url: string) =>
      Array.from({ length: count }, (_, nth) => part(url, `p${nth}`));
    expect((await composite(many(26, '/sobjects'))).status).toBe(400);
    expect((await composite(many(6, '/query?q=x'))).status).toBe(400);
    expect((await composite(many(25, '/sobjects'))).status).toBe(200);
  });
});

describe('a credential', () => {
  const write = (method: string, change: object = {}): Promise<Answered> =>
    api(rig, token, '/named-credentials/credential', {
      method,
      body: {
        externalCredential: 'Payside_Connector',
        authenticationProtocol: 'Custom',
        principalName: 'Payside_Org',
        principalType: 'NamedPrincipal',
        credentials: { Token: { value: 'a token', encrypted: true } },
        ...change,
      },
    });

  it('is made once, replaced from then on, and never read back', async () => {
    expect((await write('PUT')).status).toBe(400);
    const made = await write('POST');
    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body)).not.toContain('a token');
    expect((await write('POST')).status).toBe(400);
    expect((await write('PUT')).status).toBe(200);
    expect((await write('PUT', { principalName: 'Somebody' })).status).toBe(404);
  });
});

describe('the daily limit', () => {
  it('is told with every answer, and refuses the call beyond it', async () => {
    const small = await startRig({ dailyCalls: 2 });
    const { access } = await install(small);
    expect((await api(small, access, '/sobjects')).headers.get('sforce-limit-info')).toBe('api-usage=1/2');
    expect((await api(small, access, '/sobjects')).headers.get('sforce-limit-info')).toBe('api-usage=2/2');
    expect(errorOf(await api(small, access, '/sobjects'))).toMatchObject({
      status: 403,
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
    });
    small.clock.advance(24 * 3_600_000 + 1);
    expect((await api(small, (await install(small)).access, '/sobjects')).status).toBe(200);
    await small.close();
  });
});

describe('a managed package', () => {
  it('has its namespace before every name of its own', async () => {
    const managed = await startRig({ namespace: 'pay' });
    const { access } = await install(managed);
    const soql = 'SELECT pay__Payside_Owed__c FROM Contact LIMIT 1';
    expect((await query(managed, access, soql)).status).toBe(200);
    expect((await query(managed, access, soql.replace('pay__', ''))).status).toBe(400);
    const { body } = await api(managed, access, '/sobjects/pay__Payside_Invoice_Line__c/describe');
    expect(body['fields']).toContainEqual(
      expect.objectContaining({ name: 'pay__Invoice__c', relationshipName: 'pay__Invoice__r' }),
    );
    await managed.close();
  });
});
