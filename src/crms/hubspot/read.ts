// Reads people, companies, deals and their line items.
import type { RecordRef } from '../../ledger/entities.ts';
import { pricedLine } from '../../money/priced-line.ts';
import type { CrmConnection, CrmRecord, DealLine } from '../crm.ts';
import type { Ask, AskFor } from './client.ts';

const PROPERTIES = new Map([
  ['contacts', ['firstname', 'lastname', 'email', 'hs_additional_emails']],
  ['companies', ['name', 'domain']],
  ['deals', ['dealname', 'amount']],
]);

const LINE = ['name', 'quantity', 'price', 'amount', 'hs_line_item_currency_code'];

/** Most records one batch read takes. */
const BATCH = 100;
/** HubSpot's own type of the link from a contact to its primary company; its label is in the portal's language. */
const PRIMARY_COMPANY = 1;
const TYPE_IDS = new Map([
  ['0-1', 'contacts'],
  ['0-2', 'companies'],
  ['0-3', 'deals'],
]);

/** HubSpot names object types by word and by id; both mean the same record. */
export function objectType(name: string): string | null {
  const word = TYPE_IDS.get(name) ?? name;
  return PROPERTIES.has(word) ? word : null;
}

export const isRecordId = (text: string): boolean => /^\d{1,20}$/.test(text);

type Simple = { id: string; properties: Record<string, string | null> };

/** Contact properties as a record; the company link is read apart. */
export function toRecord(connection: CrmConnection, type: string, found: Simple): CrmRecord {
  const value = (name: string): string => found.properties[name] ?? '';
  const person = `${value('firstname')} ${value('lastname')}`.trim();
  const names: Record<string, string> = {
    contacts: person,
    companies: value('name'),
    deals: value('dealname'),
  };
  const emails = [value('email'), ...value('hs_additional_emails').split(';')].map((email) =>
    email.trim().toLowerCase(),
  );
  return {
    record: { installationId: connection.installationId, objectType: type, recordId: found.id },
    name: names[type] || null,
    emails: emails.filter((email) => email !== ''),
    primaryCompanyId: null,
  };
}

export const propertiesOf = (type: string): string[] => PROPERTIES.get(type) ?? [];

/** Fills in the primary company of contacts: one call for up to 1,000. */
export async function withPrimaryCompany(ask: Ask, contacts: CrmRecord[]): Promise<CrmRecord[]> {
  if (contacts.length === 0) return contacts;
  const inputs = contacts.map(({ record }) => ({ id: record.recordId }));
  const page = await ask((client) =>
    client.crm.associations.v4.batchApi.getPage('contacts', 'companies', { inputs }),
  );
  const primary = new Map<string, string>();
  for (const result of page.results) {
    const found = result.to.find((link) =>
      link.associationTypes.some(
        ({ category, typeId }) => category === 'HUBSPOT_DEFINED' && typeId === PRIMARY_COMPANY,
      ),
    );
    if (found) primary.set(String(result._from.id), String(found.toObjectId));
  }
  return contacts.map((contact) => ({
    ...contact,
    primaryCompanyId: primary.get(contact.record.recordId) ?? null,
  }));
}

export function createRead(askFor: AskFor) {
  return {
    async read(connection: CrmConnection, type: string, recordIds: string[]): Promise<CrmRecord[]> {
      const ask = askFor(connection);
      const found = await readBatches(ask, type, recordIds, { properties: propertiesOf(type) });
      const records = found.map((one) => toRecord(connection, type, one));
      return type === 'contacts' ? withPrimaryCompany(ask, records) : records;
    },

    async dealLines(connection: CrmConnection, recordId: string, currency: string): Promise<DealLine[]> {
      const ask = askFor(connection);
      const ids = await associated(ask, { from: 'deals', to: 'line_items' }, recordId);
      const items = await readBatches(ask, 'line_items', ids, { properties: LINE });
      const isSaid = items.every(({ properties }) => properties['hs_line_item_currency_code']);
      const usual = isSaid ? currency : ((await dealCurrency(ask, recordId)) ?? currency);
      return items.flatMap((item) => productLine(item, usual) ?? []);
    },

    async payersOf(connection: CrmConnection, record: RecordRef): Promise<CrmRecord[]> {
      const ask = askFor(connection);
      const ids =
        record.objectType === 'contacts'
          ? [record.recordId]
          : await associated(ask, { from: record.objectType, to: 'contacts' }, record.recordId);
      const found = await readBatches(ask, 'contacts', ids, { properties: propertiesOf('contacts') });
      return withPrimaryCompany(
        ask,
        found.map((one) => toRecord(connection, 'contacts', one)),
      );
    },
  };
}

const productLine = ({ properties }: Simple, currency: string): DealLine | null =>
  pricedLine({
    description: properties['name'] ?? '',
    quantity: properties['quantity'] ?? '',
    price: properties['price'] ?? '',
    total: properties['amount'] ?? '',
    currency: properties['hs_line_item_currency_code'] || currency,
  });

/** The currency a deal is in; null where the portal has only one and does not say so. */
async function dealCurrency(ask: Ask, recordId: string): Promise<string | null> {
  const [deal] = await readBatches(ask, 'deals', [recordId], { properties: ['deal_currency_code'] });
  return deal?.properties['deal_currency_code'] || null;
}

type Wanted = { properties: string[]; idProperty?: string };

/** Reads records by id, or by a property with unique values; those that do not exist are left out. */
export async function readBatches(ask: Ask, type: string, ids: string[], wanted: Wanted): Promise<Simple[]> {
  const found: Simple[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    const inputs = ids.slice(start, start + BATCH).map((id) => ({ id }));
    const read = await ask((client) =>
      client.crm.objects.batchApi.read(type, { inputs, ...wanted, propertiesWithHistory: [] }),
    );
    found.push(...read.results);
  }
  return found;
}

async function associated(ask: Ask, way: { from: string; to: string }, recordId: string): Promise<string[]> {
  const page = await ask((client) =>
    client.crm.associations.v4.batchApi.getPage(way.from, way.to, { inputs: [{ id: recordId }] }),
  );
  return page.results.flatMap((result) => result.to.map((link) => String(link.toObjectId)));
}
