// Keeps jobs from landing late: one that nobody waits for is called off before anything newer is written or read.
import { z } from 'zod';
import { asConnectorError, crmUnavailable, type ConnectorError } from '../../../errors.ts';
import type { CrmConnection } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import { MIRRORED } from '../schema.ts';
import type { OrgOf } from '../schema/org.ts';

/** Jobs that another process left behind are looked for again after so long, before anything is read back. */
const LOOK_AGAIN_MS = 60_000;
/** Salesforce keeps jobs for a week, a thousand to a page. */
const MOST_PAGES = 20;
/** A connector that stops has ten seconds for everything. */
const CALL_OFF_MS = 5_000;

export type Ended<T> = { job: T } | { error: ConnectorError };

export type LooseJobs = {
  /** Runs what a job is waited for with; where that fails the job is called off, now or before the next write. */
  during<T>(connection: CrmConnection, id: string, work: () => Promise<T>): Promise<Ended<T>>;
  /**
   * Resolves once no job of ours runs that nobody waits for. The org itself says which there are, once in the life of a
   * process: one that was killed could tell nobody.
   * @param again looks once more, as another process may have been killed meanwhile
   */
  ended(connection: CrmConnection, again?: boolean): Promise<void>;
};

type LooseDeps = { askFor: AskFor; orgOf: OrgOf; now: () => Date };

export function createLooseJobs({ askFor, orgOf, now }: LooseDeps): LooseJobs {
  const loose = new Map<string, Set<string>>();
  const waitedFor = new Set<string>();
  const lookedAt = new Map<string, number>();
  const looseOf = (id: string): Set<string> => {
    const found = loose.get(id) ?? new Set();
    loose.set(id, found);
    return found;
  };
  const lookFor = async (connection: CrmConnection): Promise<void> => {
    const { names } = await orgOf(connection);
    const ours = new Set(MIRRORED.map((kind) => names.mirror(kind).name));
    const running = await openJobs(askFor(connection));
    for (const { id, object } of running)
      if (ours.has(object) && !waitedFor.has(id)) looseOf(connection.installationId).add(id);
    lookedAt.set(connection.installationId, now().getTime());
  };
  const ended: LooseJobs['ended'] = async (connection, again = false) => {
    const { installationId } = connection;
    const last = lookedAt.get(installationId);
    const isOld = last !== undefined && last + LOOK_AGAIN_MS <= now().getTime();
    if (last === undefined || (again && isOld)) await lookFor(connection);
    for (const id of looseOf(installationId)) {
      await callOff(askFor(connection), id);
      looseOf(installationId).delete(id);
    }
  };
  return {
    ended,
    async during(connection, id, work) {
      waitedFor.add(id);
      try {
        return { job: await work() };
      } catch (error) {
        looseOf(connection.installationId).add(id);
        await ended(connection).catch(() => undefined);
        return { error: asConnectorError(error) };
      } finally {
        waitedFor.delete(id);
      }
    },
  };
}

const jobShape = z.object({ id: z.string(), state: z.string(), object: z.string() });
const stateShape = jobShape.pick({ state: true });
const pageShape = z.object({
  done: z.boolean(),
  records: z.array(jobShape),
  nextRecordsUrl: z
    .string()
    .regex(/^\/services\/data\/v\d+\.0\/jobs\/ingest\?[\w=&%-]+$/)
    .nullish(),
});
type Listed = z.infer<typeof jobShape>;

const hasEnded = ({ state }: Pick<Listed, 'state'>): boolean =>
  state === 'JobComplete' || state === 'Failed' || state === 'Aborted';

/** An org without the Bulk API refuses, and has no jobs. */
async function openJobs(ask: Ask): Promise<Listed[]> {
  const found: Listed[] = [];
  let path: string | null | undefined = '/jobs/ingest?jobType=V2Ingest';
  for (let page = 0; path && page < MOST_PAGES; page += 1) {
    const answer = await ask({ method: 'GET', path }).catch((error: unknown) => {
      if (isRefusal(error)) return { done: true, records: [] };
      throw error;
    });
    const listed = pageShape.safeParse(answer);
    if (!listed.success) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
    found.push(...listed.data.records.filter((job) => !hasEnded(job)));
    path = listed.data.done ? null : listed.data.nextRecordsUrl;
  }
  return found;
}

const isRefusal = (error: unknown): boolean =>
  ['access_denied', 'crm_rejected', 'not_found'].includes(asConnectorError(error).code);

/** A job that has ended by itself refuses, and is as good. @throws where it is not known to have ended */
async function callOff(ask: Ask, id: string): Promise<void> {
  const path = `/jobs/ingest/${id}`;
  const refused = await ask({
    method: 'PATCH',
    path,
    body: { state: 'Aborted' },
    timeoutMs: CALL_OFF_MS,
  }).then(
    () => null,
    (error: unknown) => asConnectorError(error),
  );
  if (refused === null || refused.code === 'not_found') return;
  if (!isRefusal(refused)) throw refused;
  const job = stateShape.safeParse(await ask({ method: 'GET', path }));
  if (!job.success || !hasEnded(job.data))
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'job_goes_on' } });
}
