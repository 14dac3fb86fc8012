// Routes for many records at a time: read, create, update, upsert, archive; partial failures answer 207.
import { z } from 'zod';
import type { Route, StandInAnswer } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, type ApiCall, type ApiRoom } from './api.ts';
import { applyLinks, checkedLinks, linkSchema } from './associations.ts';
import type { KindInfo } from './kinds.ts';
import {
  envelope,
  historyShown,
  readScopes,
  requireComplete,
  shownProperties,
  writeScopes,
  written,
} from './objects.ts';
import { archiveRecord, createRecord, findBy, requireUniqueProperty, updateRecord } from './records.ts';
import { batchProblem, invalid, Refusal, type BatchProblem } from './refusal.ts';
import { checkedProperties } from './values.ts';
import type { CrmRecord } from './world.ts';

const BASE = '/crm/objects/2026-03/:objectType/batch';
const MOST = 100;

const values = z.record(z.string(), z.string());
const traced = { objectWriteTraceId: z.string().optional() };
const inputsOf = <T>(item: z.ZodType<T>) => z.strictObject({ inputs: z.array(item).min(1).max(MOST) });

const createSchema = inputsOf(
  z.strictObject({ properties: values, associations: z.array(linkSchema).optional(), ...traced }),
);
const changeSchema = inputsOf(
  z.strictObject({ id: z.string(), idProperty: z.string().optional(), properties: values, ...traced }),
);
const idsSchema = inputsOf(z.strictObject({ id: z.string() }));
const readSchema = z.strictObject({
  inputs: z
    .array(z.strictObject({ id: z.string() }))
    .min(1)
    .max(MOST),
  properties: z.array(z.string()),
  propertiesWithHistory: z.array(z.string()),
  idProperty: z.string().optional(),
});

type Change = { id: string; idProperty?: string | undefined; objectWriteTraceId?: string | undefined };

export function batchRoutes(room: ApiRoom): Route[] {
  const read = { needs: readScopes };
  const write = { needs: writeScopes };
  return [
    { method: 'POST', path: `${BASE}/read`, handler: api(room, read, readMany) },
    { method: 'POST', path: `${BASE}/create`, handler: api(room, write, writes(createMany)) },
    { method: 'POST', path: `${BASE}/update`, handler: api(room, write, writes(updateMany)) },
    { method: 'POST', path: `${BASE}/upsert`, handler: api(room, write, writes(upsertMany)) },
    { method: 'POST', path: `${BASE}/archive`, handler: api(room, write, writes(archiveMany)) },
  ];
}

/** The frame of a batch answer: the usual status when all went well, 207 with errors when some did not. */
export function batchAnswer(
  call: ApiCall,
  status: number,
  results: readonly object[],
  problems: readonly BatchProblem[],
): StandInAnswer {
  const now = call.world.clock.now().toISOString();
  const frame = { status: 'COMPLETE', results, startedAt: now, completedAt: now };
  if (problems.length === 0) return { status, body: frame };
  return { status: 207, body: { ...frame, numErrors: problems.length, errors: problems } };
}

function writes(handler: (call: ApiCall) => StandInAnswer): (call: ApiCall) => StandInAnswer {
  return (call) => {
    if (call.world.faults.take('crm-refuses')) throw invalid('The request was refused by a validation rule.');
    const answer = handler(call);
    return call.world.faults.take('left-out') ? withoutLast(answer) : answer;
  };
}

/** The armed fault: an answer that says nothing about the last record it wrote. */
function withoutLast(answer: StandInAnswer): StandInAnswer {
  const body = answer.body as { results: readonly object[] };
  return { ...answer, body: { ...body, results: body.results.slice(0, -1) } };
}

/** The armed fault: splits off the last input of a batch, to fail alone. */
function splitFailing<T extends { id?: string; objectWriteTraceId?: string | undefined }>(
  call: ApiCall,
  inputs: readonly T[],
): { good: readonly T[]; problems: BatchProblem[] } {
  const failing = inputs.at(-1);
  if (!failing || !call.world.faults.take('partial-207')) return { good: inputs, problems: [] };
  const problem = batchProblem(
    'VALIDATION_ERROR',
    'A validation rule refused this record.',
    contextOf(failing),
  );
  return { good: inputs.slice(0, -1), problems: [problem] };
}

const contextOf = (input: {
  id?: string;
  objectWriteTraceId?: string | undefined;
}): Record<string, string[]> => ({
  ...(input.id === undefined ? {} : { ids: [input.id] }),
  ...(input.objectWriteTraceId === undefined ? {} : { objectWriteTraceId: [input.objectWriteTraceId] }),
});

const traceOf = (input: { objectWriteTraceId?: string | undefined }): object =>
  input.objectWriteTraceId === undefined ? {} : { objectWriteTraceId: input.objectWriteTraceId };

function requireDistinct(inputs: readonly Change[]): void {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const { id, idProperty = '' } of inputs) {
    const key = `${idProperty}\u0000${id.toLowerCase()}`;
    if (seen.has(key)) doubled.add(id);
    seen.add(key);
  }
  if (doubled.size > 0)
    throw invalid(`Duplicate IDs found in batch input: [${[...doubled].join(', ')}]. IDs must be unique`);
}

function missing(info: KindInfo, inputs: readonly Change[]): BatchProblem[] {
  if (inputs.length === 0) return [];
  const traces = inputs.flatMap((input) => input.objectWriteTraceId ?? []);
  return [
    batchProblem(
      'OBJECT_NOT_FOUND',
      `Could not get some ${info.singular.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
      { ids: inputs.map(({ id }) => id), ...(traces.length > 0 ? { objectWriteTraceId: traces } : {}) },
    ),
  ];
}

function readMany(call: ApiCall): StandInAnswer {
  const info = kindIn(call);
  const body = bodyOf(call.request, readSchema);
  const ids = [...new Set(body.inputs.map(({ id }) => id))];
  const found = ids.map((id) => ({ id, record: findBy(call.portal, info.kind, body.idProperty, id) }));
  const results = found.flatMap(({ record }) => (record ? [readShown(call, info, record, body)] : []));
  const absent = found.filter(({ record }) => !record);
  return batchAnswer(call, 200, results, missing(info, absent));
}

function readShown(
  call: ApiCall,
  info: KindInfo,
  record: CrmRecord,
  { properties, propertiesWithHistory }: z.infer<typeof readSchema>,
): object {
  return {
    ...envelope(record),
    properties: shownProperties(call.portal, info, record, properties),
    ...historyShown(record, propertiesWithHistory),
  };
}

function createMany(call: ApiCall): StandInAnswer {
  const info = kindIn(call);
  const { inputs } = bodyOf(call.request, createSchema);
  const clean = checkedProperties(
    call.portal,
    info.kind,
    inputs.map((input) => input.properties),
  );
  const prepared = inputs.map((input, index) => {
    const properties = clean[index] ?? {};
    requireComplete(info, properties);
    return { input, properties, links: checkedLinks(call.portal, info.kind, input.associations ?? []) };
  });
  const { good, problems } = splitFailing(call, inputs);
  const results: object[] = [];
  for (const { input, properties, links } of prepared.slice(0, good.length)) {
    const record = createRecord(call.place, info.kind, properties);
    applyLinks(call.place, record, links);
    results.push({ ...written(record), ...traceOf(input) });
  }
  return batchAnswer(call, 201, results, problems);
}

function updateMany(call: ApiCall): StandInAnswer {
  const info = kindIn(call);
  const { inputs } = bodyOf(call.request, changeSchema);
  requireDistinct(inputs);
  const clean = checkedProperties(
    call.portal,
    info.kind,
    inputs.map((input) => input.properties),
  );
  const { good, problems } = splitFailing(call, inputs);
  const results: object[] = [];
  const absent: Change[] = [];
  for (const [index, input] of good.entries()) {
    const record = findBy(call.portal, info.kind, input.idProperty, input.id);
    if (!record) {
      absent.push(input);
      continue;
    }
    const problem = changed(call, record, input, clean[index] ?? {});
    if (problem) problems.push(problem);
    else results.push({ ...written(record), ...traceOf(input) });
  }
  return batchAnswer(call, 200, results, [...missing(info, absent), ...problems]);
}

/** Applies a change; a value that another record holds is this input's own problem. */
function changed(
  call: ApiCall,
  record: CrmRecord,
  input: Change,
  properties: Record<string, string>,
): BatchProblem | undefined {
  try {
    updateRecord(call.place, record, properties);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return batchProblem('CONFLICT', error.message, contextOf(input));
  }
}

function upsertMany(call: ApiCall): StandInAnswer {
  const info = kindIn(call);
  const { inputs } = bodyOf(call.request, changeSchema);
  requireDistinct(inputs);
  for (const input of inputs) {
    if (input.idProperty === undefined) throw invalid('idProperty is required for upsert');
    requireUniqueProperty(call.portal, info.kind, input.idProperty);
  }
  const given = inputs.map((input) => ({ ...input.properties, [input.idProperty ?? '']: input.id }));
  const clean = checkedProperties(call.portal, info.kind, given);
  const planned = inputs.map((input, index) => ({
    input,
    properties: clean[index] ?? {},
    record: findBy(call.portal, info.kind, input.idProperty, input.id),
  }));
  for (const { record, properties } of planned) if (!record) requireComplete(info, properties);
  const { good, problems } = splitFailing(call, inputs);
  const results: object[] = [];
  for (const { input, properties, record } of planned.slice(0, good.length)) {
    const problem = record && changed(call, record, input, properties);
    if (problem) problems.push(problem);
    else {
      const kept = record ?? createRecord(call.place, info.kind, properties);
      results.push({ ...written(kept), ...traceOf(input), new: !record });
    }
  }
  return batchAnswer(call, 200, results, problems);
}

function archiveMany(call: ApiCall): StandInAnswer {
  const info = kindIn(call);
  const { inputs } = bodyOf(call.request, idsSchema);
  for (const { id } of inputs) {
    const record = findBy(call.portal, info.kind, undefined, id);
    if (record) archiveRecord(call.place, record);
  }
  return { status: 204 };
}
