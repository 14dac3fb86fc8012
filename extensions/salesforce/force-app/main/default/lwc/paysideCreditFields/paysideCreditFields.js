// Fields to give credit back to the customer: an amount up to what they have.
import { LightningElement, api } from 'lwc';
import { choices, isSending, sayAll, sayAt } from 'c/paysideFields';

export default class PaysideCreditFields extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  @api locked = false;

  amount = '';
  currency = '';

  get credit() {
    return this.view?.credit ?? [];
  }

  get chosenCurrency() {
    return this.currency || (this.credit[0]?.currency ?? this.view?.composer.currency ?? '');
  }

  get currencies() {
    return choices(
      this.credit.length > 0 ? this.credit.map(({ currency }) => currency) : [this.chosenCurrency],
    );
  }

  get available() {
    const held = this.credit.find(({ currency }) => currency === this.chosenCurrency);
    return held ? `Credit: ${held.text}` : '';
  }

  /** The request's body; null while the amount is missing, which the field then says. */
  @api body() {
    const amount = this.amount.trim();
    const isWhole = sayAll(this.template, { amount: amount === '' ? 'Type the amount.' : '' });
    return isWhole ? { currency: this.chosenCurrency, amount } : null;
  }

  /** @param {CustomEvent<{ value: string }> & { target: HTMLElement }} event */
  type({ target, detail: { value } }) {
    this.amount = value;
    sayAt(target, '');
  }

  /** @param {CustomEvent<{ value: string }>} event */
  chooseCurrency({ detail: { value } }) {
    this.currency = value;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (isSending(event)) this.dispatchEvent(new CustomEvent('send'));
  }
}
