// What contact, company and deal records should say, from the rows of everyone who shares them.
import { hash } from 'node:crypto';
import { balanceOf } from '../ledger/balance.ts';
import { parseRecordKey, recordKey, type Row } from '../ledger/facts.ts';
import type { Entry } from '../ledger/fold.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import { canonical } from '../canonical-json.ts';
import type { DesiredState, SummaryState } from './desired-state.ts';

export type SummaryContext = {
  asOf: Date;
  zone: string;
  /** Whether money of this account may be shown on records of this installation. */
  counts: (account: string, installationId: string) => boolean;
};

/** Keys of the records that counted rows point at; a record with nothing but test money is not even emptied. */
export const recordsOf = (rows: readonly Row[], context: SummaryContext): string[] =>
  rows.flatMap((row) => {
    const record = row.record === null ? null : parseRecordKey(row.record);
    return row.record && record && context.counts(row.account, record.installationId) ? [row.record] : [];
  });

/**
 * What records should say; all rows that decide it must be among `rows`.
 * @param keys `recordKey`s of the records asked for
 */
export function desiredStates(
  rows: readonly Row[],
  context: SummaryContext,
  keys: Iterable<string> = recordsOf(rows, context),
): SummaryState[] {
  const counted = new Map<string, IndexedRows>();
  const countedIn = (installationId: string): IndexedRows => {
    const known =
      counted.get(installationId) ??
      indexed(rows.filter((row) => context.counts(row.account, installationId)));
    counted.set(installationId, known);
    return known;
  };
  return [...new Set(keys)].sort().flatMap((key) => {
    const record = parseRecordKey(key);
    if (!record) return [];
    const { own } = rowsOfRecord(key, countedIn(record.installationId));
    return [desiredState(record, ledgerOf(own), context)];
  });
}

function desiredState(record: SummaryState['record'], ledger: Ledger, context: SummaryContext): SummaryState {
  const balance = balanceOf(ledger, context.asOf, context.zone);
  const next = balance.figures.find((figure) => figure.id === balance.nextInvoiceId);
  return {
    record,
    presence: 'present',
    values: {
      owed: balance.owed,
      overdue: balance.overdue,
      collected: balance.collected,
      status: balance.state,
      lastPaymentAt: balance.lastPaymentAt,
      nextDue: balance.nextDue,
      nextInvoice: next ? { account: next.account, id: next.id } : null,
    },
  };
}

/** Rows by who they belong to and links by where they lead: found once, however many records are asked for. */
type IndexedRows = {
  rows: readonly Row[];
  links: ReadonlyMap<string, Entry<'link'>[]>;
  ofPayer: ReadonlyMap<string, Row[]>;
};

const indexed = (rows: readonly Row[]): IndexedRows => ({
  rows,
  links: Map.groupBy(ledgerOf(ofKind(rows, 'link')).link, ({ body }) => recordKey(body.record)),
  ofPayer: Map.groupBy(rows, payerOf),
});

/** What counts at a record, and everything of those who pay there: the same list where they are linked to it. */
export type RecordRows = { own: Row[]; payers: Row[] };

export const recordRows = (key: string, rows: readonly Row[]): RecordRows => rowsOfRecord(key, indexed(rows));

function rowsOfRecord(key: string, { rows, links, ofPayer }: IndexedRows): RecordRows {
  const here = links.get(key) ?? [];
  const owners = payersOf(here.filter(({ body }) => body.active));
  if (owners.size > 0) {
    const linked = [...owners].flatMap((payer) => ofPayer.get(payer) ?? []);
    return { own: linked, payers: linked };
  }
  // Of a payer whom a person took off this record, not even what was made from it belongs here.
  const released = payersOf(here.filter(({ body }) => body.released));
  const invoices = ofKind(rows, 'invoice').filter((row) => row.record === key && !released.has(payerOf(row)));
  const paying = new Set(invoices.filter(({ owner }) => owner !== null).map(payerOf));
  return {
    own: rowsOfInvoices(namesOf(invoices), rows),
    payers: rows.filter((row) => paying.has(payerOf(row))),
  };
}

/** Where nobody is linked (a deal), the invoices made from it count, and what was paid for them. */
function rowsOfInvoices(invoices: ReadonlySet<string>, rows: readonly Row[]): Row[] {
  const onInvoices = rows.filter((row) => isOn(row, invoices));
  const { allocation } = ledgerOf(ofKind(rows, 'allocation'));
  const paying = allocation.filter(({ account, body }) => invoices.has(`${account}|${body.invoiceId}`));
  const payments = new Set(paying.map(({ account, body }) => `${account}|${body.paymentId}`));
  const onPayments = rows.filter((row) => isOn(row, payments));
  // The other invoices of the same payments take their part of what was refunded or disputed.
  const siblings = namesOf(
    allocation.filter(({ account, body }) => payments.has(`${account}|${body.paymentId}`)),
  );
  const others = rows.filter(
    (row) => row.entity === 'allocation' && siblings.has(nameOf(row)) && !isOn(row, invoices),
  );
  return [...onInvoices, ...onPayments, ...others];
}

/** Reading rows of the other kinds as well, once for each record, would be most of the work. */
const ofKind = (rows: readonly Row[], kind: Row['entity']): Row[] =>
  rows.filter(({ entity }) => entity === kind);

const payerOf = ({ account, owner }: Pick<Row, 'account' | 'owner'>): string => `${account}|${owner}`;

const payersOf = (links: readonly Entry<'link'>[]): Set<string> =>
  new Set(links.map(({ account, body }) => payerOf({ account, owner: body.customerId })));

type Named = { account: string; id: string };

const nameOf = ({ account, id }: Named): string => `${account}|${id}`;
const namesOf = (list: Named[]): Set<string> => new Set(list.map(nameOf));

const isOn = (row: Row, names: ReadonlySet<string>): boolean =>
  names.has(nameOf(row)) || names.has(`${row.account}|${row.parent}`);

/** Equal digests mean that there is nothing to write. */
export const digestOf = (state: DesiredState): string =>
  hash('sha256', canonical({ presence: state.presence, values: state.values }), 'base64url');
