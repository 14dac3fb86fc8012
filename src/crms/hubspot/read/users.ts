// Lists the people of a portal who may own records, by the user id that signed calls carry.
import type { CrmConnection, CrmUser } from '../../crm.ts';
import type { AskFor } from '../client.ts';

const PAGE = 100;
/** Beyond this an admin types the user id. */
const MOST_PAGES = 5;

export const createUsers =
  (askFor: AskFor) =>
  async (connection: CrmConnection): Promise<CrmUser[]> => {
    const ask = askFor(connection);
    const users: CrmUser[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const cursor = after;
      const { results, paging } = await ask((client) =>
        client.crm.owners.ownersApi.getPage(undefined, cursor, PAGE, false),
      );
      for (const { userId, firstName, lastName, email } of results) {
        const name = [firstName, lastName].filter(Boolean).join(' ');
        if (userId !== undefined)
          users.push({ id: String(userId), name: name || null, email: email ?? null });
      }
      after = paging?.next?.after;
      if (after === undefined) break;
    }
    return users;
  };
