// Jobs of the Bulk API 2.0: made, filled, closed, looked at until they end, and called off when nobody waits for them any more.
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { isWithin, type Span } from '../../../clock.ts';
import { asConnectorError, crmRejected, crmUnavailable, type ConnectorError } from '../../../errors.ts';
import type { CrmConnection, JobWait } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import type { LooseJobs } from './loose-jobs.ts';

const POLL_MS = 5_000;
const MOST_POLL_MS = 60_000;
/** A table of ten thousand records has some megabytes. */
const UPLOAD_MS = 60_000;
/** After a job that did not end in time, batches get done what waits. */
const OFF_MS = 3_600_000;
/** An edition without the Bulk API will hardly get it within a day. */
const NOT_OFFERED_MS = 24 * 3_600_000;

const jobShape = z.object({
  id: z.string().regex(/^750\w{12,15}$/),
  state: z.string(),
  numberRecordsProcessed: z.int().default(0),
  numberRecordsFailed: z.int().default(0),
  errorMessage: z.string().nullish(),
});
type Job = z.infer<typeof jobShape>;

export type Upsert = { object: string; externalId: string; csv: string; records: number };

export type Jobs = {
  /**
   * Runs a job to its end. @returns its table of failures, or null where the org takes no job now and nothing was sent
   * @throws crm_rejected for a job that failed before it wrote anything, crm_unavailable where something may be written
   */
  run(connection: CrmConnection, upsert: Upsert, wait: JobWait): Promise<string | null>;
};

type JobDeps = { askFor: AskFor; loose: LooseJobs; now: () => Date; pollMs?: number | undefined };

export function createJobs({ askFor, loose, now, pollMs = POLL_MS }: JobDeps): Jobs {
  const off = new Map<string, Span>();
  const turnOff = (id: string, ms: number): void => {
    const from = now().getTime();
    off.set(id, { from, until: from + ms });
  };
  return {
    async run(connection, upsert, wait) {
      const { installationId } = connection;
      if (isWithin(off.get(installationId), now().getTime())) return null;
      await loose.ended(connection);
      const ask = askFor(connection);
      const made = await create(ask, upsert).catch((error: unknown) => refusalOf(error));
      if (!('id' in made)) {
        turnOff(installationId, NOT_OFFERED_MS);
        return null;
      }
      const ended = await loose.during(connection, made.id, async () => {
        await fill(ask, made.id, upsert.csv);
        return watch(() => look(ask, made.id), wait, { now, pollMs });
      });
      if ('job' in ended) return failuresOf(ask, ended.job, upsert.records);
      if (isSlowOrFailed(ended.error) && !wait.signal.aborted) turnOff(installationId, OFF_MS);
      throw ended.error;
    },
  };
}

const isSlowOrFailed = ({ context }: ConnectorError): boolean =>
  context['code'] === 'job_unfinished' || context['code'] === 'job_failed';

/** What would meet every job of this org; anything else is thrown on. */
function refusalOf(error: unknown): { refused: ConnectorError } {
  const known = asConnectorError(error);
  if (['access_denied', 'crm_rejected', 'not_found'].includes(known.code)) return { refused: known };
  throw known;
}

async function create(ask: Ask, { object, externalId }: Upsert): Promise<Job> {
  const answer = await ask({
    method: 'POST',
    path: '/jobs/ingest',
    body: {
      object,
      operation: 'upsert',
      externalIdFieldName: externalId,
      contentType: 'CSV',
      lineEnding: 'LF',
    },
    background: true,
  });
  return read(answer);
}

async function fill(ask: Ask, id: string, csv: string): Promise<void> {
  await ask({ method: 'PUT', path: `/jobs/ingest/${id}/batches`, csv, timeoutMs: UPLOAD_MS });
  await ask({ method: 'PATCH', path: `/jobs/ingest/${id}`, body: { state: 'UploadComplete' } });
}

const look = async (ask: Ask, id: string): Promise<Job> =>
  read(await ask({ method: 'GET', path: `/jobs/ingest/${id}` }));

function read(answer: unknown): Job {
  const job = jobShape.safeParse(answer);
  if (!job.success) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
  return job.data;
}

/** A look that got no answer is made again, as the job goes on all the same. */
async function watch(
  lookOnce: () => Promise<Job>,
  { until, signal }: JobWait,
  { now, pollMs }: { now: () => Date; pollMs: number },
): Promise<Job> {
  for (let pause = pollMs; ; pause = Math.min(pause * 2, MOST_POLL_MS)) {
    await setTimeout(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || now() >= until) throw unfinished();
    const job = await lookOnce().catch(unlessEnded);
    if (job?.state === 'JobComplete') return job;
    if (job) requireAlive(job);
  }
}

/** No look of this session will ever be answered. */
function unlessEnded(error: unknown): null {
  if (asConnectorError(error).code === 'reauth_required')
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'cut_off' } });
  return null;
}

function requireAlive(job: Job): void {
  if (job.state === 'Failed' && job.numberRecordsProcessed === 0) throw failed(job);
  if (job.state === 'Failed' || job.state === 'Aborted') throw unfinished();
}

const unfinished = (): ConnectorError =>
  crmUnavailable({ context: { vendor: 'salesforce', code: 'job_unfinished' } });

const failed = ({ errorMessage }: Job): ConnectorError =>
  crmRejected({
    publicMessage: `Salesforce refused this: ${errorMessage ?? 'the job failed'}`,
    context: { vendor: 'salesforce', code: 'job_failed' },
  });

/** Everything else of a complete job is written, so that the long table of successes is not asked for. */
async function failuresOf(ask: Ask, job: Job, records: number): Promise<string> {
  if (job.numberRecordsProcessed !== records)
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'left_out' } });
  if (job.numberRecordsFailed === 0) return '';
  const path = `/jobs/ingest/${job.id}/failedResults`;
  return z.string().parse(await ask({ method: 'GET', path, asText: true, timeoutMs: UPLOAD_MS }));
}
