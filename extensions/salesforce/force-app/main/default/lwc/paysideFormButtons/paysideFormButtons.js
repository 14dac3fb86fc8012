// The buttons under a form: send, send again as it was, leave.
import { LightningElement, api } from 'lwc';

/** @type {Partial<Record<import('payside/view').OperationKind, string>>} */
const texts = {
  'create-link': 'Create payment link',
  'create-invoice': 'Create invoice',
  'return-credit': 'Give back',
  'send-invoice': 'Send',
  'void-invoice': 'Void invoice',
  'release-payer': 'Take off',
};

/** @type {Record<string, string>} */
const underWay = { sending: 'Sending …', checking: 'Checking …' };

export default class PaysideFormButtons extends LightningElement {
  /** @type {import('c/paysideOperation').Operation | null} */
  @api operation = null;
  /** @type {import('c/paysideOperation').OperationState} */
  @api state = { status: 'idle' };
  /** The form's own wording, where it has one. */
  @api submitText = '';

  /** The operation left a link to pass on, or nothing to do. */
  get isOver() {
    const { operation, state } = this;
    return (
      operation === null || state.status === 'done' || (state.status === 'failed' && state.payUrl !== null)
    );
  }

  get closeText() {
    return this.isOver ? 'Close' : 'Cancel';
  }

  get canRepeat() {
    return !this.isOver && this.state.status === 'failed' && Boolean(this.operation?.isInDoubt);
  }

  get canSend() {
    return !this.isOver && !this.canRepeat;
  }

  get isBusy() {
    return this.state.status in underWay;
  }

  get sendText() {
    const { operation, state, submitText } = this;
    const busy = underWay[state.status];
    if (busy !== undefined) return busy;
    return submitText || (operation && texts[operation.kind]) || 'Send';
  }

  get isFinal() {
    return this.operation?.kind === 'void-invoice' || this.operation?.kind === 'release-payer';
  }

  get variant() {
    return this.isFinal ? 'destructive' : 'brand';
  }

  send() {
    this.dispatchEvent(new CustomEvent('send'));
  }

  again() {
    this.operation?.again();
  }

  close() {
    this.dispatchEvent(new CustomEvent('leave'));
  }
}
