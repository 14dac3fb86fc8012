// Persons at rest: each sealed under a key of its own, opened when somebody looks; one that was erased has nothing to open.
import { z } from 'zod';
import type { Personal } from '../ledger/entities.ts';
import { ERASED_PERSON } from '../ledger/erasure.ts';
import type { SealedApart, Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';

export type StoredPerson = SealedApart | { erased: true };

const nullable = z.string().nullable();
const personShape = z.object({ name: nullable, email: nullable, phone: nullable });

type Sealing = {
  seal: (workspaceId: string, customerId: string, person: Personal) => StoredPerson;
  open: (workspaceId: string, customerId: string, stored: StoredPerson) => Personal;
};

/** What is moved to another payer or workspace does not open there. */
export const placeOfPerson = (workspaceId: string, customerId: string) => ({
  workspaceId,
  column: `person ${customerId}`,
});

const sealing = (secrets: Secrets): Sealing => {
  return {
    seal(workspaceId, customerId, { erased, ...person }) {
      return erased
        ? { erased }
        : secrets.sealApart(JSON.stringify(person), placeOfPerson(workspaceId, customerId));
    },
    open: (workspaceId, customerId, stored) =>
      'erased' in stored
        ? ERASED_PERSON
        : personShape.parse(JSON.parse(secrets.openApart(stored, placeOfPerson(workspaceId, customerId)))),
  };
};

/** The same store for everybody who reads and writes persons in the open. */
export function withPersonsSealed(store: Store<StoredPerson>, secrets: Secrets): Store {
  const { seal, open } = sealing(secrets);
  return {
    ...store,
    commit: (wish) =>
      store.commit({
        ...wish,
        personal: wish.personal.map((one) => ({
          ...one,
          personal: seal(wish.workspaceId, one.customerId, one.personal),
        })),
      }),
    async loadPersonal(workspaceId, customerIds) {
      const found = Object.entries(await store.loadPersonal(workspaceId, customerIds));
      return Object.fromEntries(found.map(([id, stored]) => [id, open(workspaceId, id, stored)]));
    },
    async personsAfter(workspaceId, after, limit) {
      const found = await store.personsAfter(workspaceId, after, limit);
      return found.map((one) => ({ ...one, personal: open(workspaceId, one.customerId, one.personal) }));
    },
  };
}
