// Summary fields on contacts, accounts and opportunities.
import { z } from 'zod';
import type { RecordWrite } from '../../crm.ts';
import type { Ask } from '../client.ts';
import { ids, queriedInParts } from '../read/soql.ts';
import type { Org } from '../schema/org.ts';
import { valueFor, type Value } from './values.ts';

export type SummaryRecord = { attributes: { type: string }; id: string } & Record<string, unknown>;

export function summaryRecord({ names }: Org, { record, fields }: RecordWrite): SummaryRecord {
  const values = Object.entries(fields).flatMap(([field, value]): [string, Value][] => {
    const spec = names.summary.fields.get(field);
    return spec ? [[spec.name, valueFor(spec, value)]] : [];
  });
  return { attributes: { type: record.objectType }, id: record.recordId, ...Object.fromEntries(values) };
}

const currencyRow = z.object({ Id: z.string(), CurrencyIsoCode: z.string() });

/**
 * Where an org uses several currencies, an amount on a record is in that record's own: amounts in the org's currency stand
 * only on records that have it as well, and everywhere in the text.
 */
export async function keepCurrencies(ask: Ask, org: Org, records: SummaryRecord[]): Promise<SummaryRecord[]> {
  if (!org.multiCurrency) return records;
  const rows: z.infer<typeof currencyRow>[] = [];
  for (const [type, own] of Map.groupBy(records, ({ attributes }) => attributes.type))
    rows.push(...(await currenciesOf(ask, type, own)));
  const own = new Set(
    rows.flatMap(({ Id, CurrencyIsoCode }) => (CurrencyIsoCode === org.currency ? [Id] : [])),
  );
  const amounts = [...org.names.summary.fields.values()].filter(({ type }) => type === 'Currency');
  const none = Object.fromEntries(amounts.map(({ name }) => [name, null]));
  return records.map((record) => (own.has(record.id) ? record : { ...record, ...none }));
}

const currenciesOf = (ask: Ask, type: string, records: SummaryRecord[]) =>
  queriedInParts(
    ask,
    records.map(({ id }) => id),
    (part) => ({
      soql: `SELECT Id, CurrencyIsoCode FROM ${type} WHERE Id IN ${ids(part)}`,
      row: currencyRow,
    }),
  );
