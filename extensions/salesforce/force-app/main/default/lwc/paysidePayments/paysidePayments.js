// The payments card of a record: shows what the connector sends, and asks again when told to.
import { LightningElement, api } from 'lwc';
import view from '@salesforce/apex/PaysideController.view';

export default class PaysidePayments extends LightningElement {
  @api recordId;

  answer = null;
  isLoading = true;

  connectedCallback() {
    this.refresh();
  }

  get card() {
    return this.answer?.ok ? this.answer.view : null;
  }

  get problem() {
    return this.answer && !this.answer.ok ? this.answer.message : null;
  }

  async refresh() {
    this.isLoading = true;
    try {
      this.answer = JSON.parse(await view({ recordId: this.recordId, next: null }));
    } catch {
      this.answer = { ok: false, message: 'The payments could not be loaded. Try again in a minute.' };
    }
    this.isLoading = false;
  }
}
