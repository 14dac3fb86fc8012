// Reads people, accounts, opportunities and their products.
import { z } from 'zod';
import type { RecordRef } from '../../ledger/entities.ts';
import { pricedLine } from '../../money/priced-line.ts';
import type { Crm, CrmConnection, CrmRecord, DealLine } from '../crm.ts';
import type { AskFor } from './client.ts';
import type { OrgOf } from './schema/org.ts';
import { id, ids, queried, queriedInParts } from './read/soql.ts';

export const TYPES = { person: 'Contact', company: 'Account', deal: 'Opportunity' } as const;

/** Salesforce's names are the canonical ones; in another case they would name the same objects a second time. */
export const objectType = (name: string): string | null =>
  Object.values<string>(TYPES).includes(name) ? name : null;

/** People of one record; whoever has more of them chooses on the card. */
const MOST_PEOPLE = 50;
/** Products of one opportunity. */
const MOST_LINES = 200;

export const contactRow = z.object({
  Id: z.string(),
  Name: z.string().nullish(),
  Email: z.string().nullish(),
  AccountId: z.string().nullish(),
});

export const CONTACT_FIELDS = 'Id, Name, Email, AccountId';

export function toContact(
  { installationId }: CrmConnection,
  { Id, Name, Email, AccountId }: z.infer<typeof contactRow>,
): CrmRecord {
  return {
    record: { installationId, objectType: TYPES.person, recordId: Id },
    name: Name || null,
    emails: Email ? [Email.trim().toLowerCase()] : [],
    primaryCompanyId: AccountId ?? null,
  };
}

const namedRow = z.object({ Id: z.string(), Name: z.string().nullish() });

/** An account or an opportunity. */
export const toNamed = (
  { installationId }: CrmConnection,
  type: string,
  { Id, Name }: z.infer<typeof namedRow>,
): CrmRecord => ({
  record: { installationId, objectType: type, recordId: Id },
  name: Name || null,
  emails: [],
  primaryCompanyId: null,
});

const roleRow = z.object({
  ContactId: z.string(),
  IsPrimary: z.boolean(),
  Contact: z.object({
    Name: z.string().nullish(),
    Email: z.string().nullish(),
    AccountId: z.string().nullish(),
  }),
});

const lineRow = z.object({
  Product2: z.object({ Name: z.string().nullish() }).nullish(),
  Description: z.string().nullish(),
  Quantity: z.number(),
  UnitPrice: z.number().nullish(),
  TotalPrice: z.number().nullish(),
  CurrencyIsoCode: z.string().nullish(),
});

type Reading = Pick<Crm, 'read' | 'dealLines' | 'payersOf'>;

export const createRead = (askFor: AskFor, orgOf: OrgOf): Reading => ({
  async read(connection, type, recordIds) {
    const ask = askFor(connection);
    if (type === TYPES.person) {
      const found = await queriedInParts(ask, recordIds, (part) => ({
        soql: `SELECT ${CONTACT_FIELDS} FROM Contact WHERE Id IN ${ids(part)}`,
        row: contactRow,
      }));
      return found.map((row) => toContact(connection, row));
    }
    const known = objectType(type);
    if (!known) return [];
    const found = await queriedInParts(ask, recordIds, (part) => ({
      soql: `SELECT Id, Name FROM ${known} WHERE Id IN ${ids(part)}`,
      row: namedRow,
    }));
    return found.map((row) => toNamed(connection, known, row));
  },

  async dealLines(connection, recordId) {
    const org = await orgOf(connection);
    const own = org.multiCurrency ? ', CurrencyIsoCode' : '';
    const rows = await queried(askFor(connection), {
      soql: `SELECT Product2.Name, Description, Quantity, UnitPrice, TotalPrice${own} FROM OpportunityLineItem WHERE OpportunityId = ${id(recordId)} ORDER BY SortOrder, CreatedDate LIMIT ${MOST_LINES}`,
      row: lineRow,
    });
    return rows.flatMap((row) => productLine(row, org.currency) ?? []);
  },

  async payersOf(connection, record) {
    const ask = askFor(connection);
    if (record.objectType === TYPES.deal) return peopleOfDeal(connection, ask, record);
    const field = record.objectType === TYPES.person ? 'Id' : 'AccountId';
    const found = await queried(ask, {
      soql: `SELECT ${CONTACT_FIELDS} FROM Contact WHERE ${field} = ${id(record.recordId)} ORDER BY CreatedDate LIMIT ${MOST_PEOPLE}`,
      row: contactRow,
    });
    return found.map((row) => toContact(connection, row));
  },
});

/** Who is primary on the opportunity pays; the others are asked only where nobody is. */
async function peopleOfDeal(
  connection: CrmConnection,
  ask: ReturnType<AskFor>,
  record: RecordRef,
): Promise<CrmRecord[]> {
  const roles = await queried(ask, {
    soql: `SELECT ContactId, IsPrimary, Contact.Name, Contact.Email, Contact.AccountId FROM OpportunityContactRole WHERE OpportunityId = ${id(record.recordId)} ORDER BY IsPrimary DESC, CreatedDate LIMIT ${MOST_PEOPLE}`,
    row: roleRow,
  });
  const primary = roles.filter(({ IsPrimary }) => IsPrimary);
  const paying = primary.length > 0 ? primary : roles;
  const people = new Map(paying.map(({ ContactId, Contact }) => [ContactId, { Id: ContactId, ...Contact }]));
  return [...people.values()].map((row) => toContact(connection, row));
}

/** Products of an opportunity are in its currency, which is the org's own unless it uses several. */
function productLine(row: z.infer<typeof lineRow>, orgCurrency: string): DealLine | null {
  return pricedLine({
    description: row.Product2?.Name || row.Description || '',
    quantity: String(row.Quantity),
    price: String(row.UnitPrice ?? ''),
    total: String(row.TotalPrice ?? ''),
    currency: row.CurrencyIsoCode ?? orgCurrency,
  });
}
