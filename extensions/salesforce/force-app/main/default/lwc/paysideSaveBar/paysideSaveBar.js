// The foot of every settings form: what went wrong, and the button.
import { LightningElement, api } from 'lwc';

export default class PaysideSaveBar extends LightningElement {
  @api text = '';
  @api message = '';
  @api saving = false;
  @api disabled = false;

  get isOff() {
    return this.saving || this.disabled;
  }

  save() {
    this.dispatchEvent(new CustomEvent('save'));
  }
}
