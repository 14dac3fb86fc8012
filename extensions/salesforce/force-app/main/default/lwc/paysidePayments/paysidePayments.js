// The payments card of a record: lays out what the connector sends, wide or narrow by the room it has.
import { LightningElement, api } from 'lwc';
import { RefreshEvent } from 'lightning/refresh';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { Card } from 'c/paysideCard';
import PaysideDialog from 'c/paysideDialog';
import { bareState } from 'c/paysideWords';

/** @typedef {import('payside/view').OperationKind} OperationKind */

/** Narrower than this, tables become tiles. */
const NARROW_PX = 620;

/** @type {readonly { kind: OperationKind, text: string, size: 'small' | 'medium' }[]} */
const actions = [
  { kind: 'create-invoice', text: 'New invoice', size: 'medium' },
  { kind: 'create-link', text: 'Payment link', size: 'small' },
  { kind: 'return-credit', text: 'Give back credit', size: 'small' },
];

const firstPage = { number: 1, hasPrevious: false, hasNext: false, isTurning: false };

export default class PaysidePayments extends LightningElement {
  /** @type {Card | null} */
  card = null;
  /** @type {import('c/paysideCard').CardState} */
  state = { status: 'loading' };
  pages = firstPage;
  isCompact = false;
  isReading = false;
  isOnPage = false;
  /** @type {string | null} */
  id = null;

  /** Every record gets a card of its own, so nothing of the last one lingers. */
  @api get recordId() {
    return this.id;
  }
  set recordId(value) {
    if (value === this.id) return;
    this.id = value;
    if (this.isOnPage) this.begin();
  }

  connectedCallback() {
    this.isOnPage = true;
    this.begin();
  }

  renderedCallback() {
    if (this.room) return;
    const card = this.template.querySelector('.card');
    if (!card) return;
    this.room = new ResizeObserver(([entry]) => {
      if (entry) this.isCompact = entry.contentRect.width < NARROW_PX;
    });
    this.room.observe(card);
  }

  disconnectedCallback() {
    this.isOnPage = false;
    this.room?.disconnect();
    this.room = undefined;
    this.end();
  }

  begin() {
    this.end();
    this.state = { status: 'loading' };
    this.pages = firstPage;
    if (!this.id) return;
    const card = new Card(this.id);
    card.onword = (variant, message) => this.toast(variant, message);
    card.onmoved = () => this.changed(card.recordId);
    card.watch(() => this.follow(card));
    this.card = card;
    card.start();
  }

  end() {
    this.card?.stop();
    this.card = null;
  }

  /** @param {Card} card */
  follow(card) {
    if (card !== this.card) return;
    this.state = card.state;
    this.isReading = card.isReading;
    this.pages = {
      number: card.pageNumber,
      hasPrevious: card.hasPrevious,
      hasNext: card.hasNext,
      isTurning: card.isTurning,
    };
  }

  get isLoading() {
    return this.state.status === 'loading';
  }

  get failure() {
    return this.state.status === 'error' ? this.state.failure : null;
  }

  get view() {
    return this.state.status === 'ready' ? this.state.view : null;
  }

  get staleText() {
    return this.state.status === 'ready' ? (this.state.notice?.message ?? '') : '';
  }

  get bare() {
    return this.view && bareState(this.view);
  }

  /** Without a gateway there are no figures yet; after it was lost, those that were known are still shown. */
  get showsFigures() {
    const { view } = this;
    if (!view || view.state === 'not_connected') return false;
    return view.state !== 'reconnect' || view.invoices.length > 0;
  }

  /** Parts with nothing in them take no room. */
  get has() {
    const { invoices = [], payments = [], methods = [], payers = [] } = this.view ?? {};
    return {
      invoices: invoices.length > 0,
      payments: payments.length > 0,
      methods: methods.length > 0,
      payers: payers.length > 0,
    };
  }

  get hasNotices() {
    const { view } = this;
    if (!view) return false;
    const { mode, warnings, unfinished, importing } = view;
    return mode === 'test' || warnings.length > 0 || unfinished.length > 0 || importing !== undefined;
  }

  get hasActions() {
    return this.offered.length > 0 || this.onlyLooks;
  }

  get offered() {
    const { view } = this;
    if (!view || !this.showsFigures) return [];
    return actions
      .filter(({ kind }) => view.actions.includes(kind))
      .map(({ kind, text }, index) => ({ kind, text, variant: index === 0 ? 'brand' : 'neutral' }));
  }

  get onlyLooks() {
    return this.showsFigures && this.offered.length === 0 && this.view?.role === 'viewer';
  }

  reload() {
    this.card?.reload();
  }

  /** @param {Event & { target: HTMLElement }} event */
  act({ target }) {
    const { card } = this;
    const action = actions.find(({ kind }) => kind === target.dataset.kind);
    if (!card || !action) return;
    const operation = card.operation(action.kind, action.kind);
    PaysideDialog.open({ label: action.text, size: action.size, card, invoice: null, operation });
  }

  /** What Payside keeps on the record has changed, or will in a moment: the page reads it again. @param {string} recordId */
  changed(recordId) {
    notifyRecordUpdateAvailable([{ recordId }]);
    this.dispatchEvent(new RefreshEvent());
  }

  /**
   * @param {'success' | 'warning' | 'error'} variant
   * @param {string} message
   */
  toast(variant, message) {
    const title = variant === 'error' ? 'Not done' : 'Payments';
    this.dispatchEvent(new ShowToastEvent({ title, message, variant }));
  }
}
