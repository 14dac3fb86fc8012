// Another CRM in the same workspace: who is there, who asks to be, and the code by which one may ask.
import { LightningElement, api } from 'lwc';
import { askOtherCrm } from 'c/paysideConnector';
import { badgeClass } from 'c/paysideWords';

/** @typedef {import('payside/view').OtherCrm} OtherCrm */

export default class PaysideOtherCrm extends LightningElement {
  /** @type {OtherCrm | null} */
  @api otherCrm = null;

  typed = '';
  /** What went wrong with the last step. */
  message = '';
  isSending = false;
  /** Shown until the page is left. @type {import('payside/view').JoinCode | null} */
  code = null;

  get joined() {
    return (this.otherCrm?.joined ?? []).map((one) => ({ ...one, statusClass: badgeClass(one.tone) }));
  }

  get requests() {
    return this.otherCrm?.requests ?? [];
  }

  get asked() {
    return this.otherCrm?.asked ?? null;
  }

  get mayInvite() {
    return this.otherCrm?.mayInvite ?? false;
  }

  /** A code that was used has become a request. */
  get shownCode() {
    return this.mayInvite && this.requests.length === 0 ? this.code : null;
  }

  get inviteLabel() {
    return this.code ? 'Make another code' : 'Make a code';
  }

  get mayAsk() {
    return Boolean(this.otherCrm?.mayAsk) && this.asked === null;
  }

  get askText() {
    return this.asked === null ? (this.otherCrm?.askText ?? null) : null;
  }

  get cannotAsk() {
    return this.isSending || this.typed.trim() === '';
  }

  /** @param {CustomEvent<{ value: string }>} event */
  type({ detail: { value } }) {
    this.typed = value;
  }

  makeCode() {
    return this.send({ step: 'make-code' });
  }

  async ask() {
    if (await this.send({ step: 'ask', code: this.typed.trim() })) this.typed = '';
  }

  takeBack() {
    return this.send({ step: 'take-back' });
  }

  /** @param {Event & { target: HTMLElement }} event */
  confirm({ target }) {
    return this.send({ step: 'confirm', requestId: String(target.dataset.request) });
  }

  /** @param {Event & { target: HTMLElement }} event */
  decline({ target }) {
    return this.send({ step: 'decline', requestId: String(target.dataset.request) });
  }

  async copy() {
    const text = this.code?.text ?? '';
    try {
      await navigator.clipboard.writeText(text);
      this.message = '';
      this.dispatchEvent(new CustomEvent('word', { detail: 'Code copied.' }));
    } catch {
      this.message = `The browser did not allow copying. Copy it from here: ${text}`;
    }
  }

  /**
   * @param {import('c/paysideConnector').OtherCrmStep} step
   * @returns {Promise<boolean>} whether it was done
   */
  async send(step) {
    this.isSending = true;
    const answer = await askOtherCrm({ ...step, operationId: crypto.randomUUID() });
    this.isSending = false;
    if (!answer.ok) {
      this.message = answer.message;
      // What was asked for may have been answered by somebody else meanwhile.
      this.dispatchEvent(new CustomEvent('look'));
      return false;
    }
    this.message = '';
    this.code = answer.code ?? this.code;
    this.dispatchEvent(new CustomEvent('done', { detail: answer }));
    return true;
  }
}
