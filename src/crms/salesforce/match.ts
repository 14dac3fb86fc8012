// Finds contacts by their e-mail address, in any case.
import type { Crm } from '../crm.ts';
import type { AskFor } from './client.ts';
import { CONTACT_FIELDS, contactRow, toContact } from './read.ts';
import { queriedInParts, texts } from './read/soql.ts';

export const createFindByEmail =
  (askFor: AskFor): Crm['findByEmail'] =>
  async (connection, emails) => {
    const asked = emails.filter((email) => !/\p{Cc}/u.test(email));
    const found = await queriedInParts(askFor(connection), asked, (part) => ({
      soql: `SELECT ${CONTACT_FIELDS} FROM Contact WHERE Email IN ${texts(part)}`,
      row: contactRow,
    }));
    return found.map((row) => toContact(connection, row));
  };
