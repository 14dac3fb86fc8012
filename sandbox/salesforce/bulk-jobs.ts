// Jobs of Bulk API 2.0: a table is taken at once and worked off in portions, a portion each time somebody looks.
import type { Failure, Table } from './bulk-csv.ts';
import { failedTable, givenOf, readTable, TableRefusal } from './bulk-csv.ts';
import { upsertRecord, type Place } from './records.ts';
import { RecordRefusal, Refusal } from './refusal.ts';
import { definitionOf } from './world.ts';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export type Job = {
  id: string;
  object: string;
  externalId: string;
  lineEnding: 'LF' | 'CRLF';
  apiVersion: number;
  createdById: string;
  createdAt: string;
  state: JobState;
  raw?: Buffer;
  table?: Table;
  processed: number;
  failures: Failure[];
  errorMessage?: string;
};

/** Records of one transaction; what a slow job gets done while somebody looks once. */
const CHUNK = 200;

export const hasEnded = ({ state }: Job): boolean =>
  state === 'JobComplete' || state === 'Failed' || state === 'Aborted';

/** Moves a job on by what is done between two looks. */
export function moveOn(place: Place, job: Job): void {
  const { faults } = place.world;
  if (job.state === 'UploadComplete') {
    if (faults.take('job-queued')) return;
    job.state = 'InProgress';
  } else if (job.state === 'InProgress') {
    const isSlow = faults.take('slow-job') !== undefined;
    work(place, job, isSlow ? CHUNK : Number.POSITIVE_INFINITY);
  }
}

/** Works a job off to its end, as an org does that nobody looks at. */
export function finish(place: Place, job: Job): void {
  if (job.state === 'UploadComplete') job.state = 'InProgress';
  if (job.state === 'InProgress') work(place, job, Number.POSITIVE_INFINITY);
}

function work(place: Place, job: Job, most: number): void {
  try {
    if (place.world.faults.take('job-fails')) throw new TableRefusal('InternalServerError : the job failed');
    const table = (job.table ??= checkedTable(place, job));
    const portion = table.rows.slice(job.processed, job.processed + most);
    for (const row of portion) upsertRow(place, job, table, row);
    job.processed += portion.length;
    if (job.processed === table.rows.length) job.state = 'JobComplete';
  } catch (error) {
    if (!(error instanceof TableRefusal)) throw error;
    job.state = 'Failed';
    job.errorMessage = error.message;
  }
}

/** Names are looked at once for the whole table: one that is unknown fails the job before any record is written. */
function checkedTable({ org }: Place, job: Job): Table {
  const table = readTable(job.raw ?? Buffer.alloc(0), job.lineEnding);
  const { fields } = definitionOf(org, job.object);
  const parents = new Map([...fields.values()].map((field) => [field.relationshipName, field]));
  for (const column of table.columns) {
    const [name = '', key] = column.split('.');
    const target = parents.get(name)?.referenceTo ?? '';
    const isKnown = key === undefined ? fields.has(name) : org.definitions.get(target)?.fields.has(key);
    if (!isKnown) throw new TableRefusal(`InvalidBatch : Field name not found : ${column}`);
  }
  if (!table.columns.includes(job.externalId))
    throw new TableRefusal(`InvalidBatch : Missing external id : ${job.externalId}`);
  return table;
}

function upsertRow(place: Place, job: Job, { columns }: Table, row: string[]): void {
  try {
    upsertRecord(place, job.object, job.externalId, givenOf(columns, row));
  } catch (error) {
    job.failures.push({ row, error: errorText(error) });
  }
}

/** `CODE:message:fields --` */
function errorText(error: unknown): string {
  if (error instanceof RecordRefusal)
    return `${error.statusCode}:${error.message}:${error.fields.join(',')} --`;
  if (error instanceof Refusal) return `INVALID_TYPE_ON_FIELD_IN_RECORD:${error.message}: --`;
  throw error;
}

export const failuresOf = ({ table, failures }: Job): string => failedTable(table?.columns ?? [], failures);
