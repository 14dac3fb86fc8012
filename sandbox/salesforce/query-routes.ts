// SOQL over HTTP: query, queryAll with what lies in the recycle bin, and the pages of long answers.
import { randomBytes } from 'node:crypto';
import type { StandInAnswer } from '../stand-in/server.ts';
import type { ApiCall, ApiHandler } from './api.ts';
import { entitiesOf } from './entity-definition.ts';
import type { ApiRoute } from './routes.ts';
import { Refusal } from './refusal.ts';
import { parseSoql, type Condition } from './soql-parse.ts';
import { runQuery } from './soql-run.ts';
import { accessOf } from './user-record-access.ts';
import type { Org } from './world.ts';

const PAGE = 2_000;

/** What is no table of records. */
const OTHERS: Record<string, (org: Org, where: Condition | undefined) => object[]> = {
  UserRecordAccess: accessOf,
  EntityDefinition: entitiesOf,
};

export const queryRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: '/query', handler: query(false) },
  { method: 'GET', path: '/queryAll', handler: query(true) },
  { method: 'GET', path: '/query/:locator', handler: more },
];

function query(bin: boolean): ApiHandler {
  return (call) => {
    const soql = call.request.url.searchParams.get('q') ?? '';
    const parsed = parseSoql(soql);
    const ask = OTHERS[parsed.from];
    const records = ask
      ? ask(call.org, parsed.where)
      : runQuery(call.org, parsed, { bin, version: call.version });
    return page(call, { records, total: records.length, start: 0 });
  };
}

type Answer = { records: object[]; total: number; start: number };

function page(call: ApiCall, { records, total, start }: Answer): StandInAnswer {
  const shown = records.slice(0, PAGE);
  const rest = records.slice(PAGE);
  const base = { totalSize: total, done: rest.length === 0, records: shown };
  if (rest.length === 0) return { status: 200, body: base };
  const locator = `01g${randomBytes(6).toString('hex')}-${start + PAGE}`;
  call.world.cursors.set(locator, { records: rest, orgId: call.org.seed.id });
  return {
    status: 200,
    body: { ...base, nextRecordsUrl: `/services/data/${call.version}/query/${locator}` },
  };
}

function more(call: ApiCall): StandInAnswer {
  const locator = call.request.params['locator'] ?? '';
  const cursor = call.world.cursors.get(locator);
  if (!cursor || cursor.orgId !== call.org.seed.id)
    throw new Refusal(400, 'INVALID_QUERY_LOCATOR', `invalid query locator: ${locator}`);
  const start = Number(locator.split('-')[1]);
  return page(call, { records: cursor.records, total: start + cursor.records.length, start });
}
