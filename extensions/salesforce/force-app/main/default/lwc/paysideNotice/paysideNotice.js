// A note that stands out: its tone, a title, and what to know or do.
import { LightningElement, api } from 'lwc';

/** @type {Record<string, { icon: string, box: string, role: 'alert' | 'status' }>} */
const looks = {
  danger: { icon: 'utility:error', box: 'box danger', role: 'alert' },
  warning: { icon: 'utility:warning', box: 'box warning', role: 'status' },
  success: { icon: 'utility:success', box: 'box success', role: 'status' },
};
const plain = /** @type {const} */ ({ icon: 'utility:info', box: 'box', role: 'status' });

export default class PaysideNotice extends LightningElement {
  @api tone = 'info';
  @api title = '';
  @api text = '';

  get look() {
    return looks[this.tone] ?? plain;
  }
}
