// What changed in a CRM reaches the ledger: merged and deleted records are followed, people who moved take their payers along, and payers without a record are looked for again.
import { z } from 'zod';
import type { CrmRecord, RecordNow } from '../crms/crm.ts';
import { recordKey, type Row } from '../ledger/facts.ts';
import { isOfKind } from '../ledger/record-types.ts';
import type { Post } from '../posting/post.ts';
import type { Clock } from '../clock.ts';
import type { Store, WorkItem } from '../store/store.ts';
import type { Follow } from './follow.ts';
import { movedCompanies } from './moved-companies.ts';

export type ApplyDeps = { store: Store; clock: Clock; post: Post; follow: Follow };

/** @param number drawn before the CRM was asked: what a person says meanwhile comes later, and wins */
export type ApplyChanges = (workspaceId: string, changes: RecordNow[], number: number) => Promise<void>;

/** Records whose payers are loaded at once. */
const AT_A_TIME = 50;
/** Payers whose addresses are loaded at once. */
const PEOPLE_AT_A_TIME = 500;

/** Applying the same once more changes nothing. */
export const createApplyChanges =
  (deps: ApplyDeps): ApplyChanges =>
  async (workspaceId, changes, number) => {
    // First, as a record that took another in has its payers only then.
    await followLost(deps, workspaceId, changes);
    for (const part of inParts(changes, AT_A_TIME)) await followPeople(deps, workspaceId, part, number);
    await matchAgain(deps, workspaceId, changes);
  };

export const recordOf = (change: RecordNow): CrmRecord['record'] =>
  change.now === 'there' ? change.found.record : change.record;

/** One after the other, as they happened: a record may have gone into one that went into a third. */
async function followLost(deps: ApplyDeps, workspaceId: string, changes: RecordNow[]): Promise<void> {
  const lost = changes.filter((change) => change.now !== 'there');
  const known = new Set<string | null>();
  for (const part of inParts(lost, AT_A_TIME))
    for (const { record } of await rowsAt(deps, workspaceId, part.map(recordOf))) known.add(record);
  for (const change of lost) {
    if (!known.has(recordKey(change.record))) continue;
    const elsewhere = change.now === 'moved' ? change.elsewhere : null;
    await deps.follow(workspaceId, change.record, elsewhere);
    if (elsewhere !== null) known.add(recordKey({ ...change.record, recordId: elsewhere }));
  }
}

async function followPeople(
  deps: ApplyDeps,
  workspaceId: string,
  changes: RecordNow[],
  number: number,
): Promise<void> {
  const people = peopleAmong(changes);
  const rows = await rowsAt(
    deps,
    workspaceId,
    people.map(({ record }) => record),
  );
  const facts = movedCompanies(rows, people, number);
  if (facts.length > 0) await deps.post(workspaceId, facts);
}

const peopleAmong = (changes: RecordNow[]): CrmRecord[] =>
  changes.flatMap((change) =>
    change.now === 'there' && isOfKind(change.found.record, 'person') ? [change.found] : [],
  );

async function rowsAt(
  { store }: ApplyDeps,
  workspaceId: string,
  records: readonly CrmRecord['record'][],
): Promise<Row[]> {
  if (records.length === 0) return [];
  const touched = { owners: [], ids: [], records: records.map(recordKey) };
  return (await store.loadCluster(workspaceId, touched)).rows;
}

const waitingShape = z.object({
  id: z.string(),
  candidates: z
    .array(z.object({ installationId: z.string(), objectType: z.string(), recordId: z.string() }))
    .default([]),
});

/** Payers whom one of these people could be by their address now, or could have been before. */
async function matchAgain(deps: ApplyDeps, workspaceId: string, changes: RecordNow[]): Promise<void> {
  const { store, clock } = deps;
  const people = changes.filter((change) => isOfKind(recordOf(change), 'person'));
  const waiting = people.length > 0 ? await store.waitingWork(workspaceId, 'match') : [];
  const changed = new Set(people.map((change) => recordKey(recordOf(change))));
  const emails = new Set(peopleAmong(changes).flatMap((person) => person.emails));
  const nextAt = clock.now().toISOString();
  for (const part of inParts(waiting, PEOPLE_AT_A_TIME)) {
    const personal = await store.loadPersonal(workspaceId, part.flatMap(payerIn));
    const isMeant = (item: WorkItem): boolean =>
      candidatesIn(item).some((candidate) => changed.has(recordKey(candidate))) ||
      payerIn(item).some((id) => emails.has(personal[id]?.email?.toLowerCase() ?? ''));
    await store.addWork(part.filter(isMeant).map((item) => ({ ...item, nextAt })));
  }
}

const payerIn = ({ payload }: WorkItem): string[] => {
  const { id } = waitingShape.safeParse(payload).data ?? {};
  return id === undefined ? [] : [id];
};
const candidatesIn = ({ payload }: WorkItem) => waitingShape.safeParse(payload).data?.candidates ?? [];

function inParts<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += size) parts.push(all.slice(start, start + size));
  return parts;
}
