// The one view of an error: what went wrong in words, and a way to try again where that helps.
import { LightningElement, api } from 'lwc';

export default class PaysideProblem extends LightningElement {
  /** @type {import('c/paysideConnector').Failure | null} */
  @api failure = null;

  /** What could not be shown: “Payments”, “Settings”. */
  @api subject = 'Payments';

  get canRetry() {
    return this.failure !== null && this.failure.retry !== 'never';
  }

  get title() {
    return this.canRetry ? `${this.subject} could not be loaded` : `${this.subject} are not available`;
  }

  get icon() {
    return this.canRetry ? 'utility:warning' : 'utility:lock';
  }

  get text() {
    return this.failure?.message ?? '';
  }

  retry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
