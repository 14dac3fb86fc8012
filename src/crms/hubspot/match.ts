// Finds contacts by e-mail, primary or additional, without HubSpot's search, whose index lags behind.
import type { CrmConnection, CrmRecord } from '../crm.ts';
import type { AskFor } from './client.ts';
import { propertiesOf, readBatches, toRecord, withPrimaryCompany } from './read.ts';

export const createFindByEmail =
  (askFor: AskFor) =>
  async (connection: CrmConnection, emails: string[]): Promise<CrmRecord[]> => {
    const ask = askFor(connection);
    // Reading by e-mail finds additional addresses as well, and an unknown one is an error beside the others.
    const found = await readBatches(ask, 'contacts', emails, {
      idProperty: 'email',
      properties: propertiesOf('contacts'),
    });
    // Two addresses may lead to one person.
    const people = new Map(found.map((one) => [one.id, toRecord(connection, 'contacts', one)]));
    return withPrimaryCompany(ask, [...people.values()]);
  };
