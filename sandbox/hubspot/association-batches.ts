// Associations many at a time: create, create default, read, archive.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { api, bodyOf, type ApiCall, type ApiRoom } from './api.ts';
import {
  defaultShown,
  linkByDefault,
  linkedIds,
  linkRecords,
  pairOf,
  pairScopes,
  pairShown,
  separate,
  specsSchema,
  typeOf,
  typesShown,
} from './associations.ts';
import { batchAnswer } from './batch.ts';
import type { KindInfo } from './kinds.ts';
import { findRecord } from './records.ts';
import { batchProblem, type BatchProblem } from './refusal.ts';
import type { CrmRecord } from './world.ts';

const BASE = '/crm/associations/2026-03/:fromType/:toType/batch';
const MOST_WRITES = 2_000;
const MOST_READS = 1_000;

const endSchema = z.strictObject({ id: z.string() });
const inputsOf = <T>(item: z.ZodType<T>, most: number) =>
  z.strictObject({ inputs: z.array(item).min(1).max(most) });

const createSchema = inputsOf(
  z.strictObject({ from: endSchema, to: endSchema, types: specsSchema }),
  MOST_WRITES,
);
const defaultSchema = inputsOf(z.strictObject({ from: endSchema, to: endSchema }), MOST_WRITES);
const readSchema = inputsOf(z.strictObject({ id: z.string(), after: z.string().optional() }), MOST_READS);
const archiveSchema = inputsOf(z.strictObject({ from: endSchema, to: z.array(endSchema) }), MOST_WRITES);

export function associationBatchRoutes(room: ApiRoom): Route[] {
  const write = { needs: pairScopes('write') };
  const read = { needs: pairScopes('read') };
  return [
    { method: 'POST', path: `${BASE}/create`, handler: api(room, write, create) },
    { method: 'POST', path: `${BASE}/associate/default`, handler: api(room, write, createDefault) },
    { method: 'POST', path: `${BASE}/read`, handler: api(room, read, readMany) },
    { method: 'POST', path: `${BASE}/archive`, handler: api(room, write, archive) },
  ];
}

type Ends = { from: { id: string }; to: { id: string } };

/** Both records of an input, or the problem that stands in the answer instead. */
function endsOf(call: ApiCall, input: Ends): { from: CrmRecord; to: CrmRecord } | { problem: BatchProblem } {
  const kinds = pairOf(call);
  const from = findRecord(call.portal, kinds.from.kind, input.from.id);
  const to = findRecord(call.portal, kinds.to.kind, input.to.id);
  if (from && to) return { from, to };
  const context = { fromObjectId: [input.from.id], toObjectId: [input.to.id] };
  return { problem: batchProblem('OBJECT_NOT_FOUND', 'One of the records does not exist', context) };
}

function create(call: ApiCall) {
  const { inputs } = bodyOf(call.request, createSchema);
  const { from, to } = pairOf(call);
  const typed = inputs.map((input) => ({
    input,
    types: input.types.map((spec) => typeOf(from.kind, to.kind, spec)),
  }));
  const results: object[] = [];
  const problems: BatchProblem[] = [];
  for (const { input, types } of typed) {
    const ends = endsOf(call, input);
    if ('problem' in ends) {
      problems.push(ends.problem);
      continue;
    }
    for (const type of types) linkRecords(call.place, ends.from, ends.to, type);
    results.push(pairShown(ends.from, ends.to, types));
  }
  return batchAnswer(call, 201, results, problems);
}

function createDefault(call: ApiCall) {
  const { inputs } = bodyOf(call.request, defaultSchema);
  const results: object[] = [];
  const problems: BatchProblem[] = [];
  for (const input of inputs) {
    const ends = endsOf(call, input);
    if ('problem' in ends) {
      problems.push(ends.problem);
      continue;
    }
    linkByDefault(call.place, ends.from, ends.to);
    results.push(defaultShown(ends.from, ends.to), defaultShown(ends.to, ends.from));
  }
  const answer = batchAnswer(call, 200, results, problems);
  return { ...answer, status: 200 };
}

function readMany(call: ApiCall) {
  const { inputs } = bodyOf(call.request, readSchema);
  const kinds = pairOf(call);
  const missing = inputs.filter(({ id }) => linksOf(call, id).length === 0);
  const results = inputs
    .filter((input) => !missing.includes(input))
    .map(({ id }) => ({
      from: { id },
      to: linksOf(call, id).map((link) => ({
        toObjectId: link.id,
        associationTypes: typesShown(link.typeIds),
      })),
    }));
  const problems = missing.map(({ id }) => nothingLinked(kinds, id));
  return batchAnswer(call, 200, results, problems);
}

function nothingLinked({ from, to }: { from: KindInfo; to: KindInfo }, id: string): BatchProblem {
  const message = `No ${to.kind} is associated with ${from.kind} ${id}.`;
  const context = { fromObjectId: [id], fromObjectType: [from.typeId], toObjectType: [to.typeId] };
  return {
    ...batchProblem('OBJECT_NOT_FOUND', message, context),
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
  };
}

function linksOf(call: ApiCall, id: string): { id: string; typeIds: number[] }[] {
  const kinds = pairOf(call);
  const record = findRecord(call.portal, kinds.from.kind, id);
  return record ? linkedIds(record, kinds.to.kind) : [];
}

function archive(call: ApiCall) {
  const { inputs } = bodyOf(call.request, archiveSchema);
  for (const { from, to } of inputs)
    for (const target of to) {
      const ends = endsOf(call, { from, to: target });
      if ('problem' in ends) continue;
      separate(ends.from, ends.to);
    }
  return { status: 204 };
}
