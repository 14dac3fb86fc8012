// A form as a quick action: loads the record's view, shows the form, and says when the person leaves.
import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { Card } from 'c/paysideCard';
import { bareState } from 'c/paysideWords';

/** @typedef {import('payside/view').OperationKind} OperationKind */

export default class PaysideScreenAction extends LightningElement {
  @api header = '';
  /** @type {OperationKind} */
  @api kind = 'create-link';

  /** @type {string | null} */
  id = null;
  /** @type {Card | null} */
  card = null;
  /** @type {import('c/paysideCard').CardState} */
  cardState = { status: 'loading' };
  /** @type {import('c/paysideOperation').Operation | null} */
  operation = null;
  /** @type {import('c/paysideOperation').OperationState} */
  state = { status: 'idle' };
  submitText = '';

  /** Lightning gives it after the action was opened. */
  @api get recordId() {
    return this.id;
  }
  set recordId(value) {
    if (value === this.id) return;
    this.id = value;
    this.begin();
  }

  disconnectedCallback() {
    this.end();
  }

  begin() {
    this.end();
    if (!this.id) return;
    const card = new Card(this.id);
    card.onword = (variant, message) => this.tell(variant, message);
    card.onmoved = () => notifyRecordUpdateAvailable([{ recordId: card.recordId }]);
    const endCard = card.watch(() => this.follow(card));
    this.card = card;
    this.stop = () => {
      endCard();
      this.endWatch?.();
      card.stop();
    };
    card.start();
  }

  end() {
    this.stop?.();
    this.stop = undefined;
  }

  /** @param {Card} card */
  follow(card) {
    this.cardState = card.state;
    if (this.operation || !card.view?.actions.includes(this.kind)) return;
    const operation = card.operation(this.kind, this.kind);
    this.operation = operation;
    this.state = operation.state;
    this.endWatch = operation.watch(() => this.take(operation));
  }

  /** @param {import('c/paysideOperation').Operation} operation */
  take(operation) {
    this.state = operation.state;
    if (operation.isOver) this.leave();
  }

  get isLoading() {
    return this.cardState.status === 'loading';
  }

  get failure() {
    return this.cardState.status === 'error' ? this.cardState.failure : null;
  }

  /** Why there is nothing to fill in. */
  get refusal() {
    const { cardState, operation } = this;
    if (cardState.status !== 'ready' || operation) return null;
    const { state, message } = cardState.view;
    const bare = state === 'empty' ? null : bareState({ state, message });
    return (
      bare ?? { title: 'Not available to you', text: 'An admin of Payside can let you collect.', icon: '' }
    );
  }

  /** @param {CustomEvent<{ submitText: string }>} event */
  word({ detail: { submitText } }) {
    this.submitText = submitText;
  }

  reload() {
    this.card?.reload();
  }

  send() {
    const form = /** @type {(Element & { submit(): void }) | null} */ (
      this.template.querySelector('c-payside-form')
    );
    form?.submit();
  }

  leave() {
    this.dispatchEvent(new CustomEvent('leave'));
  }

  /**
   * @param {'success' | 'warning' | 'error'} variant
   * @param {string} message
   */
  tell(variant, message) {
    const title = variant === 'error' ? 'Not done' : 'Payments';
    this.dispatchEvent(new ShowToastEvent({ title, message, variant }));
  }
}
