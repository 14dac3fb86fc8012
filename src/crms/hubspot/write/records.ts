// Writes summary fields in batches of one object type, with an outcome for each record.
import { z } from 'zod';
import type { CrmConnection, RecordWrite, WriteOutcome } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import { readBatches } from '../read.ts';
import { propertyNames } from '../schema.ts';

export const BATCH = 100;

/** Properties of a record by HubSpot's names; an empty text clears one. */
export function recordProperties({ fields }: Pick<RecordWrite, 'fields'>): Record<string, string> {
  const properties = Object.entries(fields).flatMap(([field, value]) => {
    const name = propertyNames.get(field);
    return name ? [[name, value ?? ''] as const] : [];
  });
  return Object.fromEntries(properties);
}

/** A 207 resolves in the SDK: what failed stands beside what worked. */
const answerShape = z.object({
  results: z.array(
    z.object({ id: z.string(), properties: z.record(z.string(), z.string().nullable()).nullish() }),
  ),
  errors: z
    .array(
      z.object({
        category: z.string().nullish(),
        message: z.string().nullish(),
        context: z.record(z.string(), z.array(z.string())).nullish(),
      }),
    )
    .nullish(),
});

type Answer = z.infer<typeof answerShape>;

export const createWrite =
  (askFor: AskFor) =>
  async (connection: CrmConnection, objectType: string, writes: RecordWrite[]): Promise<WriteOutcome[]> => {
    const ask = askFor(connection);
    const inputs = writes.map((write) => ({
      id: write.record.recordId,
      properties: recordProperties(write),
    }));
    const answer = await ask(async (client) =>
      answerShape.parse(await client.crm.objects.batchApi.update(objectType, { inputs })),
    );
    const done = new Set(answer.results.map(({ id }) => id));
    const lost = new Set(
      (answer.errors ?? []).filter(isMissing).flatMap((error) => error.context?.['ids'] ?? []),
    );
    const unsure = writes.filter(({ record }) => !done.has(record.recordId));
    const merged = await mergedInto(ask, objectType, unsure);
    return writes.map((write) => outcomeOf(write, { done, lost, merged, answer }));
  };

/** Survivors by old id: a merged record answers a read under its old id with its new one. */
async function mergedInto(ask: Ask, objectType: string, unsure: RecordWrite[]): Promise<Map<string, string>> {
  const ids = unsure.map(({ record }) => record.recordId);
  const found = await readBatches(ask, objectType, ids, { properties: ['hs_merged_object_ids'] });
  return new Map(
    found.flatMap(({ id, properties }) =>
      (properties['hs_merged_object_ids'] ?? '').split(';').map((old) => [old, id] as const),
    ),
  );
}

const isMissing = (error: NonNullable<Answer['errors']>[number]): boolean =>
  error.category === 'OBJECT_NOT_FOUND';

type Seen = { done: Set<string>; lost: Set<string>; merged: Map<string, string>; answer: Answer };

function outcomeOf(write: RecordWrite, seen: Seen): WriteOutcome {
  const id = write.record.recordId;
  if (seen.done.has(id)) return { key: write.key, outcome: 'written' };
  const target = seen.merged.get(id);
  if (target) return { key: write.key, outcome: 'moved', recordId: target };
  if (seen.lost.has(id)) return { key: write.key, outcome: 'gone' };
  const reason = (seen.answer.errors ?? []).find((error) => error.context?.['ids']?.includes(id));
  if (reason)
    return { key: write.key, outcome: 'refused', reason: reason.message ?? reason.category ?? 'refused' };
  // An answer that leaves a record out says nothing about it.
  return { key: write.key, outcome: 'unknown' };
}
