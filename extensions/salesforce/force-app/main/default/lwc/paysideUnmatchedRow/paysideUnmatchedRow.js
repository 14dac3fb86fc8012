// One customer without a record: who it is, why nobody was matched, and whom to assign it to.
import { LightningElement, api } from 'lwc';
import { operationFor } from 'c/paysideOperation';
import { failureTitle } from 'c/paysideWords';

const OTHER = 'other';
const CONTACT_ID = /^003[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/;

export default class PaysideUnmatchedRow extends LightningElement {
  /** @type {import('payside/view').UnmatchedPayer | null} */
  @api payer = null;

  chosen = '';
  typed = '';
  /** @type {import('c/paysideOperation').Operation | null} */
  operation = null;
  /** @type {import('c/paysideOperation').OperationState} */
  state = { status: 'idle' };

  disconnectedCallback() {
    this.endWatch?.();
  }

  get customer() {
    const { name, email, customerId } = this.payer ?? { name: null, email: null, customerId: '' };
    return name ?? email ?? customerId;
  }

  get email() {
    return this.payer?.email === this.customer ? null : this.payer?.email;
  }

  get candidates() {
    return this.payer?.candidates ?? [];
  }

  get options() {
    const named = this.candidates.map(({ objectType, name, recordId }) => ({
      label:
        name === null ? `${objectType} ${recordId}` : `${name} (${objectType.toLowerCase()} ${recordId})`,
      value: recordId,
    }));
    return [...named, { label: 'Another contact', value: OTHER }];
  }

  get hasCandidates() {
    return this.candidates.length > 0;
  }

  /** The only candidate is proposed; where a person took the customer off a record, it would be that very record. */
  get value() {
    const isPlain = this.candidates.length === 1 && this.payer?.reason !== 'released';
    return this.chosen || (isPlain ? (this.candidates[0]?.recordId ?? '') : '');
  }

  get isTyped() {
    return !this.hasCandidates || this.value === OTHER;
  }

  get target() {
    if (!this.isTyped) return this.value;
    const typed = this.typed.trim();
    return CONTACT_ID.test(typed) ? typed : '';
  }

  get fieldLabel() {
    return `Contact of ${this.customer}`;
  }

  get idLabel() {
    return `Record id of ${this.customer}’s contact`;
  }

  get isLocked() {
    return this.state.status !== 'idle' && Boolean(this.operation?.isLocked);
  }

  get isInDoubt() {
    return this.state.status === 'failed' && Boolean(this.operation?.isInDoubt);
  }

  get cannotAssign() {
    return this.target === '' || this.isLocked;
  }

  get message() {
    const { state } = this;
    if (state.status === 'checking') return { tone: 'info', title: 'Checking', text: state.message };
    if (state.status !== 'failed') return null;
    const { retry, message } = state.failure;
    return { tone: retry === 'never' ? 'danger' : 'warning', title: failureTitle(retry), text: message };
  }

  /** @param {CustomEvent<{ value: string }>} event */
  choose({ detail: { value } }) {
    this.chosen = value;
  }

  /** @param {CustomEvent<{ value: string }>} event */
  type({ detail: { value } }) {
    this.typed = value;
  }

  assign() {
    const { payer, target } = this;
    if (!payer || target === '') return;
    this.endWatch?.();
    const operation = operationFor(target, 'assign-payer', `assign-payer:${payer.customerId}`);
    this.operation = operation;
    this.endWatch = operation.watch(() => this.follow(operation, payer.customerId));
    operation.run({ customerId: payer.customerId });
  }

  again() {
    this.operation?.again();
  }

  /**
   * @param {import('c/paysideOperation').Operation} operation
   * @param {string} customerId
   */
  follow(operation, customerId) {
    this.state = operation.state;
    if (this.state.status !== 'done') return;
    const detail = { customerId, message: this.state.result.message };
    this.dispatchEvent(new CustomEvent('assigned', { detail }));
  }
}
