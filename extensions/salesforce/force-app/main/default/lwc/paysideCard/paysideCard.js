// A record's view as its card shows it: one question a load, late answers dropped, asked again only while something moves.
import { askView } from 'c/paysideConnector';
import { watchRecord } from 'c/paysideNews';
import { operationFor } from 'c/paysideOperation';
import { MOVING_MS, pause } from 'c/paysidePause';

/** @typedef {import('c/paysideConnector').Failure} Failure */
/** @typedef {import('payside/view').CardView} CardView */
/** @typedef {import('payside/view').ViewAnswer} ViewAnswer */
/**
 * `notice`: why the view shown is not the newest.
 * @typedef {{ status: 'loading' } | { status: 'error', failure: Failure }
 *   | { status: 'ready', view: CardView, notice: Failure | null }} CardState
 */

/** Cards of one page, so that what one of them did is seen by the others. */
/** @type {Set<Card>} */
const cards = new Set();

/** @param {CardView} view */
const moves = (view) =>
  view.unfinished.length > 0 ||
  view.importing !== undefined ||
  view.invoices.some(({ live }) => live !== null && live !== 'paid');

/**
 * What the page has to say: nothing where the form stays open, with a failure or a link to pass on, and says it itself.
 * @param {import('c/paysideOperation').OperationState} state
 * @param {boolean} isWatched
 * @returns {{ variant: 'success' | 'warning' | 'error', message: string } | null}
 */
function wordOf(state, isWatched) {
  if (state.status === 'failed')
    return isWatched ? null : { variant: 'error', message: state.failure.message };
  if (state.status !== 'done' || (isWatched && state.result.payUrl !== undefined)) return null;
  const { code, message } = state.result;
  // A code beside what was done says that something is left to look at.
  return { variant: code === undefined ? 'success' : 'warning', message };
}

export class Card {
  /** @type {CardState} */
  state = { status: 'loading' };
  /** Cursors of the pages that led here. @type {string[]} */
  trail = [];
  /** Cursors of the page that is shown. @type {string[]} */
  shown = [];
  asked = 0;
  answered = 0;
  watching = 0;
  isPolling = false;
  hasNews = false;
  /** QR codes the connector handed out while this card is open, by invoice id. @type {Map<string, string>} */
  qrCodes = new Map();
  /** @type {Set<() => void>} */
  watchers = new Set();

  /** @param {string} recordId */
  constructor(recordId) {
    this.recordId = recordId;
    this.stopping = new AbortController();
    this.endNews = () => {};
    /** @type {(variant: 'success' | 'warning' | 'error', message: string) => void} */
    this.onword = () => {};
    /** Money or records have moved. */
    this.onmoved = () => {};
  }

  start() {
    cards.add(this);
    this.endNews = watchRecord(this.recordId, () => this.hear());
    return this.reload();
  }

  stop() {
    cards.delete(this);
    this.asked += 1;
    this.endNews();
    this.stopping.abort();
  }

  /** @returns {CardView | null} */
  get view() {
    return this.state.status === 'ready' ? this.state.view : null;
  }

  get pageNumber() {
    return this.shown.length + 1;
  }

  get hasPrevious() {
    return this.shown.length > 0;
  }

  get hasNext() {
    return this.view?.next !== undefined;
  }

  /** A question is under way. */
  get isReading() {
    return this.answered !== this.asked;
  }

  get isTurning() {
    return this.trail !== this.shown && this.isReading;
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** However many news come during a question, they are one more question. */
  hear() {
    if (this.isReading) this.hasNews = true;
    else this.reload();
  }

  async reload() {
    const mine = ++this.asked;
    const { trail } = this;
    this.hasNews = false;
    this.tell();
    const answer = await askView(this.recordId, trail.at(-1) ?? null);
    if (mine !== this.asked) return;
    this.answered = mine;
    this.take(answer, trail);
  }

  /**
   * @param {ViewAnswer | Failure} answer
   * @param {string[]} trail
   */
  take(answer, trail) {
    if (answer.ok) this.show(answer.view, trail);
    else if (this.state.status === 'ready') this.state = { ...this.state, notice: answer };
    else this.state = { status: 'error', failure: answer };
    this.tell();
    if (this.hasNews) this.reload();
    else this.keepUp();
  }

  /**
   * @param {CardView} view
   * @param {string[]} trail
   */
  show(view, trail) {
    this.state = { status: 'ready', view, notice: null };
    this.shown = trail;
  }

  /**
   * Takes a fresher first page, for example the one beside an operation's outcome.
   * @param {CardView} view
   */
  apply(view) {
    if (this.trail.length > 0) {
      this.reload();
      return;
    }
    this.answered = ++this.asked;
    this.take({ ok: true, view }, this.trail);
  }

  next() {
    const { view } = this;
    if (view?.next !== undefined) this.turnTo([...this.shown, view.next]);
  }

  previous() {
    if (this.hasPrevious) this.turnTo(this.shown.slice(0, -1));
  }

  /** @param {string[]} trail */
  turnTo(trail) {
    this.trail = trail;
    return this.reload();
  }

  /**
   * Keeps asking while a link is on somebody's screen.
   * @returns {() => void} ends it
   */
  lookAtLink() {
    this.watching += 1;
    this.keepUp();
    return () => {
      this.watching -= 1;
    };
  }

  /** One question at a time, and only while something moves. */
  async keepUp() {
    if (this.isPolling || !this.isMoving) return;
    this.isPolling = true;
    const went = await pause(MOVING_MS, this.stopping.signal);
    this.isPolling = false;
    if (!went || !this.isMoving) return;
    if (this.answered === this.asked && !document.hidden) this.reload();
    else this.keepUp();
  }

  get isMoving() {
    return this.watching > 0 || (this.view !== null && moves(this.view));
  }

  /**
   * An operation on this record whose end this card shows.
   * @param {import('payside/view').OperationKind} kind
   * @param {string} key
   */
  operation(kind, key) {
    const operation = operationFor(this.recordId, kind, key);
    operation.onanswer = (answer, state) => this.ended(operation, answer, state);
    return operation;
  }

  /**
   * @param {import('c/paysideOperation').Operation} operation
   * @param {import('payside/view').OperationAnswer | Failure} answer
   * @param {import('c/paysideOperation').OperationState} state
   */
  ended(operation, answer, state) {
    if ('view' in answer && answer.view) this.apply(answer.view);
    const word = wordOf(state, operation.isWatched);
    if (word) this.onword(word.variant, word.message);
    if (state.status !== 'done') return;
    const { invoiceId, qr } = state.result;
    if (invoiceId !== undefined && qr !== undefined) this.qrCodes.set(invoiceId, qr);
    this.onmoved();
    for (const card of cards) if (card !== this && card.recordId === this.recordId) card.reload();
  }

  tell() {
    for (const watcher of this.watchers) watcher();
  }
}
