// Bulk API 2.0 for upserts: a job is made, its table uploaded, closed or aborted, looked at, and its failures read.
import type { StandInAnswer } from '../stand-in/server.ts';
import { jsonOf, type ApiCall } from './api.ts';
import { failuresOf, hasEnded, moveOn, type Job } from './bulk-jobs.ts';
import { makeId } from './ids.ts';
import { noSuchField, notFound, Refusal } from './refusal.ts';
import type { ApiRoute } from './routes.ts';
import { definitionOf } from './world.ts';

const JOB = '/jobs/ingest/:job';

export const bulkRoutes: readonly ApiRoute[] = [
  { method: 'POST', path: '/jobs/ingest', handler: create },
  { method: 'GET', path: '/jobs/ingest', handler: listed },
  { method: 'PUT', path: `${JOB}/batches`, handler: upload },
  { method: 'PATCH', path: JOB, handler: change },
  { method: 'GET', path: JOB, handler: look },
  { method: 'GET', path: `${JOB}/failedResults`, handler: failed },
];

const refuse = (code: string, message: string): Refusal => new Refusal(400, code, message);

function create(call: ApiCall): StandInAnswer {
  const { org, world, session } = call;
  if (org.seed.bulk === false)
    throw new Refusal(403, 'FUNCTIONALITY_NOT_ENABLED', 'Bulk API is not enabled for this org');
  const { object, operation, externalIdFieldName, contentType, lineEnding, ...more } = jsonOf(call.request);
  if (Object.keys(more).length > 0)
    throw refuse('INVALIDJOB', `Unrecognized field "${Object.keys(more)[0]}"`);
  if (operation !== 'upsert' || contentType !== 'CSV')
    throw refuse('STAND_IN_LIMIT', 'The product upserts tables of CSV; nothing else is played');
  if (lineEnding !== 'LF' && lineEnding !== 'CRLF') throw refuse('INVALIDJOB', 'lineEnding is LF or CRLF');
  const type = String(object);
  const externalId = String(externalIdFieldName);
  // By `Id` other apps write; the product never does.
  const isKey = externalId === 'Id' || definitionOf(org, type).fields.get(externalId)?.externalId;
  if (!isKey) throw noSuchField(externalId, type);
  const job: Job = {
    id: makeId('750', world.nextNumber()),
    object: type,
    externalId,
    lineEnding,
    apiVersion: Number(call.version.slice(1)),
    createdById: session.userId,
    createdAt: world.clock.now().toISOString(),
    state: 'Open',
    processed: 0,
    failures: [],
  };
  org.jobs.set(job.id, job);
  return { status: 200, body: { ...shown(job), contentUrl: contentUrl(call, job) } };
}

const contentUrl = ({ version }: ApiCall, { id }: Job): string =>
  `services/data/${version}/jobs/ingest/${id}/batches`;

const shown = ({ id, object, externalId, state, createdById, createdAt, ...job }: Job): object => ({
  id,
  operation: 'upsert',
  object,
  createdById,
  createdDate: createdAt,
  systemModstamp: createdAt,
  state,
  concurrencyMode: 'Parallel',
  contentType: 'CSV',
  apiVersion: job.apiVersion,
  jobType: 'V2Ingest',
  lineEnding: job.lineEnding,
  columnDelimiter: 'COMMA',
  externalIdFieldName: externalId,
});

const counted = (job: Job): object => ({
  ...shown(job),
  retries: 0,
  numberRecordsProcessed: job.processed,
  numberRecordsFailed: job.failures.length,
  ...(job.errorMessage === undefined ? {} : { errorMessage: job.errorMessage }),
});

function jobOf({ org, request }: ApiCall): Job {
  const job = org.jobs.get(request.params['job'] ?? '');
  if (!job) throw notFound();
  return job;
}

/** One table a job, at once. */
function upload(call: ApiCall): StandInAnswer {
  const job = jobOf(call);
  const { headers, raw } = call.request;
  if (!/^text\/csv\b/i.test(headers['content-type'] ?? ''))
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The table must be text/csv');
  if (job.state !== 'Open' || job.raw !== undefined)
    throw refuse('INVALIDJOBSTATE', `The job has state ${job.state} and takes no table`);
  job.raw = raw;
  return { status: 201 };
}

function change(call: ApiCall): StandInAnswer {
  const job = jobOf(call);
  const { state } = jsonOf(call.request);
  const isOpen = job.state === 'Open' && job.raw !== undefined;
  if (state === 'UploadComplete' ? !isOpen : state !== 'Aborted' || hasEnded(job))
    throw refuse('INVALIDJOBSTATE', `A job with state ${job.state} cannot become ${String(state)}`);
  job.state = state === 'Aborted' ? 'Aborted' : 'UploadComplete';
  return { status: 200, body: shown(job) };
}

function look(call: ApiCall): StandInAnswer {
  const job = jobOf(call);
  moveOn(call.place, job);
  return { status: 200, body: counted(job) };
}

function listed({ org }: ApiCall): StandInAnswer {
  return {
    status: 200,
    body: { done: true, records: [...org.jobs.values()].map(shown), nextRecordsUrl: null },
  };
}

function failed(call: ApiCall): StandInAnswer {
  const job = jobOf(call);
  if (!hasEnded(job)) throw refuse('INVALIDJOBSTATE', `A job with state ${job.state} has no results yet`);
  return { status: 200, headers: { 'content-type': 'text/csv' }, body: failuresOf(job) };
}
