// The latest payments: when, how, what became of them, how much.
import { LightningElement, api } from 'lwc';
import { badgeClass } from 'c/paysideWords';

export default class PaysideRecentPayments extends LightningElement {
  /** @type {import('payside/view').PaymentView[]} */
  @api payments = [];
  @api compact = false;

  get rows() {
    return this.payments.map(({ id, dateText, methodText, tone, statusText, amount, note }) => ({
      id,
      dateText,
      methodText,
      statusText,
      statusClass: badgeClass(tone),
      amount: amount.text,
      note,
    }));
  }

  get hasRows() {
    return this.rows.length > 0;
  }
}
