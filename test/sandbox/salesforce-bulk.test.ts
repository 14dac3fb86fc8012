// The Salesforce stand-in's Bulk API 2.0: the life of a job, tables read by the letter, failures row by row, what goes wrong as a whole.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrgDoor } from '../../sandbox/salesforce/start.ts';
import { ADMIN, api, install, ORG, startRig, type Answered, type Rig } from './salesforce-rig.ts';

let rig: Rig;
let org: OrgDoor;
let token: string;
beforeAll(async () => {
  rig = await startRig();
  org = rig.salesforce.org(ORG);
  token = (await install(rig)).access;
});
afterAll(() => rig.close());

const INVOICES = {
  object: 'Payside_Invoice__c',
  operation: 'upsert',
  externalIdFieldName: 'Payside_Id__c',
  contentType: 'CSV',
  lineEnding: 'LF',
};

const errorOf = ({ status, body }: Answered): object => ({ status, ...(body as unknown as object[])[0] });

const create = async (change: object = {}): Promise<string> => {
  const { status, body } = await api(rig, token, '/jobs/ingest', {
    method: 'POST',
    body: { ...INVOICES, ...change },
  });
  expect({ status, ...body }).toMatchObject({ status: 200, state: 'Open', createdById: ADMIN });
  return String(body['id']);
};

async function sent(path: string, method: string, body?: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${rig.salesforce.url}/services/data/v66.0/jobs/ingest/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

const upload = (id: string, table: string) => sent(`${id}/batches`, 'PUT', table);
const become = (id: string, state: string) =>
  api(rig, token, `/jobs/ingest/${id}`, { method: 'PATCH', body: { state } });
const look = async (id: string) => (await api(rig, token, `/jobs/ingest/${id}`)).body;

async function closed(table: string, change: object = {}): Promise<string> {
  const id = await create(change);
  expect((await upload(id, table)).status).toBe(201);
  expect((await become(id, 'UploadComplete')).status).toBe(200);
  return id;
}

async function ended(id: string): Promise<Record<string, unknown>> {
  for (let looks = 0; looks < 20; looks += 1) {
    const job = await look(id);
    if (['JobComplete', 'Failed', 'Aborted'].includes(String(job['state']))) return job;
  }
  throw new Error('the job does not end');
}

const invoice = (paysideId: string) =>
  org.all('Payside_Invoice__c').find((one) => one['Payside_Id__c'] === paysideId);

describe('a job', () => {
  it('takes a table, is closed, is under way for a look, and has written every record', async () => {
    const id = await closed(
      'Payside_Id__c,Name,Status__c,Total_Minor__c\nb:1,"One, ""and"" only",open,1200\n',
    );
    expect(invoice('b:1')).toBeUndefined();
    expect(await look(id)).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 0 });
    expect(await look(id)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 1,
      numberRecordsFailed: 0,
    });
    expect(invoice('b:1')).toMatchObject({
      Name: 'One, "and" only',
      Status__c: 'open',
      Total_Minor__c: 1200,
    });
  });

  it('leaves what an empty cell stands for, and empties what #N/A stands for', async () => {
    const contact = org.ref('ada');
    await ended(await closed(`Payside_Id__c,Status__c,Contact__c\nb:2,open,${contact}\n`));
    await ended(await closed('Payside_Id__c,Status__c,Contact__c\nb:2,,#N/A\n'));
    expect(invoice('b:2')).toMatchObject({ Status__c: 'open', Contact__c: null });
  });

  it('finds a parent by its key, and says row by row what failed', async () => {
    await ended(await closed('Payside_Id__c\nb:3\n'));
    const table =
      'Payside_Id__c,Invoice__r.Payside_Id__c,Description__c\nl:1,b:3,Oak\nl:2,b:none,"Elm; ash"\n';
    const id = await closed(table, { object: 'Payside_Invoice_Line__c' });
    expect(await ended(id)).toMatchObject({ state: 'JobComplete', numberRecordsFailed: 1 });
    const { text } = await sent(`${id}/failedResults`, 'GET');
    expect(text.split('\n')).toEqual([
      '"sf__Id","sf__Error","Payside_Id__c","Invoice__r.Payside_Id__c","Description__c"',
      expect.stringMatching(
        /^"","INVALID_FIELD:Foreign key external ID: b:none not found .*","l:2","b:none","Elm; ash"$/,
      ),
      '',
    ]);
  });

  it('that is aborted writes nothing more, and is left alone once it has ended', async () => {
    const rows = Array.from({ length: 450 }, (_, nth) => `s:${nth}\n`).join('');
    const id = await closed(`Payside_Id__c\n${rows}`);
    rig.salesforce.faults.arm('slow-job', 1, 0);
    await look(id);
    expect(await look(id)).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 200 });
    expect((await become(id, 'Aborted')).body).toMatchObject({ state: 'Aborted' });
    org.runJobs();
    expect(invoice('s:199')).toBeDefined();
    expect(invoice('s:200')).toBeUndefined();
    expect(errorOf(await become(id, 'Aborted'))).toMatchObject({ status: 400, errorCode: 'INVALIDJOBSTATE' });
    const { body } = await api(rig, token, '/jobs/ingest?jobType=V2Ingest');
    expect(body['records']).toEqual(
      expect.arrayContaining([expect.objectContaining({ id, state: 'Aborted' })]),
    );
  });

  it.each([
    ['an unknown column', 'Payside_Id__c,Nothing__c\nx:1,1\n', 'Field name not found : Nothing__c'],
    ['rows of other lengths', 'Payside_Id__c,Status__c\nx:1\n', 'InvalidBatch'],
    ['a quote in the middle of a cell', 'Payside_Id__c,Name\nx:1,a "b" c\n', 'InvalidBatch'],
    ['line ends it was not made for', 'Payside_Id__c\r\nx:1\r\n', 'LineEnding is invalid'],
    ['no row at all', 'Payside_Id__c\n', 'InvalidBatch'],
    ['a column twice', 'Payside_Id__c,Status__c,Status__c\nx:1,open,open\n', 'Duplicate field name'],
    ['no column for the key', 'Status__c\nopen\n', 'InvalidBatch'],
  ])('fails as a whole with %s', async (_what, table, words) => {
    expect(await ended(await closed(table))).toMatchObject({
      state: 'Failed',
      errorMessage: expect.stringContaining(words),
      numberRecordsProcessed: 0,
    });
    expect(invoice('x:1')).toBeUndefined();
  });
});

describe('what a job does not allow', () => {
  it('is a second table, closing without one, and results before the end', async () => {
    const id = await create();
    expect(errorOf(await become(id, 'UploadComplete'))).toMatchObject({ errorCode: 'INVALIDJOBSTATE' });
    expect((await upload(id, 'Payside_Id__c\ny:1\n')).status).toBe(201);
    expect((await upload(id, 'Payside_Id__c\ny:2\n')).status).toBe(400);
    expect((await sent(`${id}/failedResults`, 'GET')).status).toBe(400);
  });

  it.each([
    ['a field that is no key', { externalIdFieldName: 'Status__c' }, 'INVALID_FIELD'],
    ['an object that is not there', { object: 'Payside_Nothing__c' }, 'INVALID_TYPE'],
    ['a word it does not know', { allOrNone: true }, 'INVALIDJOB'],
    ['other line ends', { lineEnding: 'CR' }, 'INVALIDJOB'],
  ])('is %s', async (_what, change, errorCode) => {
    const answer = await api(rig, token, '/jobs/ingest', {
      method: 'POST',
      body: { ...INVOICES, ...change },
    });
    expect(errorOf(answer)).toMatchObject({ status: 400, errorCode });
  });
});
