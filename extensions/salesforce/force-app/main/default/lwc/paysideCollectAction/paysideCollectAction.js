// The quick action “Payment link” of a record.
import { LightningElement, api } from 'lwc';
import { CloseActionScreenEvent } from 'lightning/actions';

export default class PaysideCollectAction extends LightningElement {
  /** @type {string | null} */
  @api recordId = null;

  leave() {
    this.dispatchEvent(new CloseActionScreenEvent());
  }
}
