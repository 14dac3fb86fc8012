// Customers of the gateway that belong to no record yet, for a person to assign.
import { LightningElement, api } from 'lwc';
import { askUnmatched } from 'c/paysideConnector';

/** @typedef {import('payside/view').UnmatchedPayer} UnmatchedPayer */

export default class PaysideUnmatched extends LightningElement {
  /** @type {UnmatchedPayer[] | null} */
  payers = null;
  /** How many there are, also those that are not in the list. */
  total = 0;
  problem = '';

  connectedCallback() {
    this.load();
  }

  @api async load() {
    const answer = await askUnmatched();
    if (answer.ok) {
      this.payers = answer.payers;
      this.total = answer.total;
      this.problem = '';
    } else this.problem = answer.message;
  }

  get isLoading() {
    return this.payers === null && this.problem === '';
  }

  get isEmpty() {
    return this.payers !== null && this.total === 0;
  }

  get moreText() {
    const shown = this.payers?.length ?? 0;
    return this.total > shown ? `Here are the first ${shown} of ${this.total}.` : '';
  }

  /** @param {CustomEvent<{ customerId: string, message: string }>} event */
  assigned({ detail: { customerId, message } }) {
    const hadMore = this.moreText !== '';
    this.payers = (this.payers ?? []).filter((payer) => payer.customerId !== customerId);
    this.total -= 1;
    this.dispatchEvent(new CustomEvent('assigned', { detail: message }));
    if (hadMore) this.load();
  }
}
