// Seals anew under the first key of the ring what an older one sealed: persons, and the keys by which erased addresses are known.
import type { Secrets } from '../secrets/secrets.ts';
import type { PersonRow, Store } from '../store/store.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { placeOfTombstones } from './addresses.ts';
import { erasureShape } from './request.ts';
import { placeOfPerson, type StoredPerson } from './sealed-persons.ts';

export type Resealing = {
  /** @returns how many rows were sealed anew */
  reseal(): Promise<number>;
  /** All texts that a key of the ring seals. */
  sealed(): Promise<string[]>;
};

type Person = PersonRow<StoredPerson>;

const PAGE = 200;

/** @param store as it keeps persons, sealed */
export function createResealing(store: Store<StoredPerson>, secrets: Secrets): Resealing {
  return {
    async reseal() {
      let count = 0;
      for (const { id } of await store.workspaces()) {
        count += await resealTombstones(store, secrets, id);
        for await (const persons of pagesOf(store, id))
          count += await resealPersons(store, secrets, id, persons);
      }
      return count;
    },
    async sealed() {
      const found: string[] = [];
      for (const { id, tombstoneKey } of await store.workspaces()) {
        if (tombstoneKey !== undefined) found.push(tombstoneKey);
        for await (const persons of pagesOf(store, id)) found.push(...persons.flatMap(keyOf));
        // What is being erased is done within minutes: nothing to seal anew, and something to wait for.
        found.push(...(await addressesOf(store, id)));
      }
      return found;
    },
  };
}

const keyOf = ({ personal }: Person): string[] => ('erased' in personal ? [] : [personal.key]);

async function* pagesOf(store: Store<StoredPerson>, workspaceId: string): AsyncGenerator<Person[]> {
  let last = '';
  for (;;) {
    const persons = await store.personsAfter(workspaceId, last, PAGE);
    const end = persons.at(-1);
    if (!end) return;
    yield persons;
    last = end.customerId;
  }
}

/** One that changes meanwhile has a higher number, and stays. */
async function resealPersons(
  store: Store<StoredPerson>,
  secrets: Secrets,
  workspaceId: string,
  persons: readonly Person[],
): Promise<number> {
  const personal = persons.flatMap(({ personal: stored, ...row }): Person[] => {
    if ('erased' in stored || !secrets.isOutdated(stored.key)) return [];
    const place = placeOfPerson(workspaceId, row.customerId);
    return [{ ...row, personal: secrets.sealApart(secrets.openApart(stored, place), place) }];
  });
  if (personal.length === 0) return 0;
  await store.commit({
    workspaceId,
    facts: [],
    rows: [],
    desired: [],
    personal,
    versions: {},
    scopes: [],
    finish: { events: [], work: [] },
    work: [],
    at: new Date(0).toISOString(),
  });
  return personal.length;
}

/** It is sealed anew, never made anew: marks of another key would be those of nobody. */
const resealTombstones = (store: Store<StoredPerson>, secrets: Secrets, id: string): Promise<number> =>
  store.lock(`workspace:${id}`, async () => {
    const workspace = (await store.workspaces()).find((one): one is Workspace => one.id === id);
    const sealed = workspace?.tombstoneKey;
    if (!workspace || sealed === undefined || !secrets.isOutdated(sealed)) return 0;
    const place = placeOfTombstones(id);
    await store.saveWorkspace({
      ...workspace,
      tombstoneKey: secrets.seal(secrets.open(sealed, place), place),
    });
    return 1;
  });

async function addressesOf(store: Store<StoredPerson>, workspaceId: string): Promise<string[]> {
  const waiting = await store.waitingWork(workspaceId, 'erase');
  return waiting.flatMap(({ payload }) => erasureShape.parse(payload).addresses ?? []);
}
