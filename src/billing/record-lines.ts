// The lines of an invoice from the products of its deal; or why they cannot be billed as they stand.
import type { DealLine } from '../crms/crm.ts';
import { reauthRequired } from '../errors.ts';
import type { NewInvoiceLine } from '../gateways/gateway.ts';
import { textRefusal, totalRefusal } from './checks.ts';
import type { Bench, Refusal } from './operation.ts';

/** A type alias, as what a step keeps has to be plain JSON. */
export type Lines = { lines: NewInvoiceLine[]; refusal: Refusal | null };

export const NO_LINES: Refusal = {
  code: 'no_lines',
  message: 'This record has no line items to bill. Type the lines in, or add products to the deal.',
};

type Wish = { currency: string; taxRateId?: string | undefined };

/** An invoice has all of the deal's products or is not made: one left out would ask for a wrong amount. */
export async function recordLines(wish: Wish, bench: Bench): Promise<Lines> {
  const products = await productsOf(bench);
  const billable = products.filter((product) => 'unit' in product);
  const refusal =
    textRefusal(products.map(({ description }) => description)) ??
    problemRefusal(products) ??
    currencyRefusal(billable, wish.currency) ??
    (billable.some(({ unit }) => unit.amountMinor > 0) ? null : NO_LINES) ??
    totalRefusal(billable);
  if (refusal) return { lines: [], refusal };
  const lines = billable.map(({ description, quantity, unit }) => ({
    description: nameOf(description),
    quantity,
    unit,
    taxRateId: wish.taxRateId,
  }));
  return { lines, refusal: null };
}

/** The currency a rep has chosen says nothing about a price: what names none is in that of the CRM. */
async function productsOf({ crm, crmConnection, installation, record }: Bench): Promise<DealLine[]> {
  const installed = await installation(record.installationId);
  if (!installed) throw reauthRequired({ context: { installation: record.installationId } });
  return crm.dealLines(await crmConnection(installed.id), record.recordId, installed.currency);
}

type Billable = Extract<DealLine, { unit: unknown }>;

const nameOf = (description: string): string => description || 'Item';

const PROBLEMS = { negative: 'is below zero', unreadable: 'has no amount that can be read' };
/** More would not be read; the deal shows them all. */
const NAMED = 3;

function problemRefusal(products: readonly DealLine[]): Refusal | null {
  const faults = products.flatMap((product) =>
    'problem' in product ? [`“${nameOf(product.description)}” ${PROBLEMS[product.problem]}`] : [],
  );
  if (faults.length === 0) return null;
  const more = faults.length > NAMED ? `, and ${faults.length - NAMED} more like these` : '';
  const message = `${faults.slice(0, NAMED).join(', ')}${more}. Correct this on the deal, or type the lines in.`;
  return { code: 'lines_not_billable', message };
}

function currencyRefusal(billable: readonly Billable[], currency: string): Refusal | null {
  const found = [...new Set(billable.map(({ unit }) => unit.currency))].sort();
  if (found.every((code) => code === currency)) return null;
  const message =
    found.length === 1
      ? `The deal’s line items are in ${found.join()}. Choose that currency, or type the lines in.`
      : `The deal has line items in ${found.join(' and ')}. An invoice has one currency: type the lines in.`;
  return { code: 'lines_other_currency', message };
}
