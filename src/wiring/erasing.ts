// How the house comes to erase somebody: an operator names them, or a CRM tells that it did.
import type { RecordRef } from '../ledger/entities.ts';
import type { EraseWhom, Whom } from '../control/command.ts';
import { eraseContact, erasePayer } from '../forgetting/request.ts';
import { payersOfContact } from '../forgetting/whom.ts';
import type { WorkItem } from '../store/store.ts';
import type { House } from './house.ts';

const OPERATOR = 'operator';

type Places = Pick<House, 'store' | 'clock' | 'crms'>;

/** Looks an id up in every workspace, or in one. What is begun is a row of work: whoever runs the connector does it. */
export const eraseWhomOf = (house: Places, wake: () => void = () => undefined): EraseWhom => ({
  async find(whom, only) {
    const ids = (await house.store.workspaces())
      .map(({ id }) => id)
      .filter((id) => only === null || id === only);
    const found = await Promise.all(
      ids.map(async (workspaceId) => ({ workspaceId, items: await itemsFor(house, workspaceId, whom) })),
    );
    return found
      .filter(({ items }) => items.length > 0)
      .map(({ workspaceId, items }) => ({ workspaceId, items, names: items.map(({ key }) => key) }));
  },
  async begin({ items }) {
    await house.store.addWork(items);
    wake();
  },
});

async function itemsFor(house: Places, workspaceId: string, { kind, id }: Whom): Promise<WorkItem[]> {
  const asked = { workspaceId, actor: OPERATOR, at: house.clock.now() };
  if (kind === 'payer') {
    const rows = await house.store.findRows(workspaceId, 'customer', [id]);
    return rows.map(({ account }) => erasePayer(asked, { account, customerId: id }));
  }
  const contacts = await contactsCalled(house, workspaceId, id);
  const known = await Promise.all(
    contacts.map(async (record) =>
      (await payersOfContact(house.store, workspaceId, record)).length > 0 ? [record] : [],
    ),
  );
  return known.flat().map((record) => eraseContact(asked, record, false));
}

async function contactsCalled(
  { store, crms }: Places,
  workspaceId: string,
  recordId: string,
): Promise<RecordRef[]> {
  const installed = (await store.installations()).filter((one) => one.workspaceId === workspaceId);
  return installed.flatMap(({ id: installationId, crm }) => {
    const objectType = crms.all.find(({ name }) => name === crm)?.types.person;
    return objectType ? [{ installationId, objectType, recordId }] : [];
  });
}
