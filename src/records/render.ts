// A desired state as the fields of one installation: its currency, its schema version, text that CRMs take.
import { majorUnits, plainAmount } from '../money/format-amount.ts';
import type { Money } from '../money/money.ts';
import type { SummaryState } from './desired-state.ts';

export type RenderFor = {
  currency: string;
  schemaVersion: number;
  /** Pay page of an invoice, or null where the admin does not allow links on records. */
  linkTo: (invoice: { account: string; id: string }) => string | null;
};

/** Fields by canonical name; null clears a field. Amounts of other currencies stand in the text field only. */
export function render(state: Omit<SummaryState, 'kind'>, target: RenderFor): Record<string, string | null> {
  const { values } = state;
  const inCurrency = (amounts: Money[]): string =>
    majorUnits(
      amounts.find((one) => one.currency === target.currency) ?? {
        amountMinor: 0,
        currency: target.currency,
      },
    );
  return {
    owed: inCurrency(values.owed),
    overdue: inCurrency(values.overdue),
    lifetime_collected: inCurrency(values.collected),
    owed_text: values.owed.length > 0 ? values.owed.map(plainAmount).join(' · ') : null,
    status: values.status,
    last_payment_at: values.lastPaymentAt,
    next_due: values.nextDue,
    link: values.nextInvoice ? target.linkTo(values.nextInvoice) : null,
  };
}
