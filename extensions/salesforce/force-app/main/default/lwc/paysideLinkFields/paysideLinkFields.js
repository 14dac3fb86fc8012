// Fields of a payment link: an amount, and what it is for.
import { LightningElement, api } from 'lwc';
import { choices, isSending, sayAll, sayAt } from 'c/paysideFields';
import { payerText } from 'c/paysideWords';

export default class PaysideLinkFields extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  @api locked = false;

  amount = '';
  description = '';
  currency = '';

  get payerText() {
    const text = payerText(this.view?.composer.payer ?? null);
    return `For ${text || 'the contact of this record'}`;
  }

  get currencies() {
    return choices(this.view?.composer.currencies ?? []);
  }

  get chosenCurrency() {
    return this.currency || (this.view?.composer.currency ?? '');
  }

  /** The request's body; null while something is missing, which the fields then say. */
  @api body() {
    const amount = this.amount.trim();
    const description = this.description.trim();
    const isWhole = sayAll(this.template, {
      amount: amount === '' ? 'Type the amount.' : '',
      description: description === '' ? 'The payer sees this: say what it is for.' : '',
    });
    return isWhole ? { currency: this.chosenCurrency, amount, description } : null;
  }

  /** @param {CustomEvent<{ value: string }> & { target: HTMLElement }} event */
  type({ target, detail: { value } }) {
    if (target.dataset.field === 'amount') this.amount = value;
    else this.description = value;
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
