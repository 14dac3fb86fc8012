// What the whole business is owed, has collected and may lose: each sum with what it counts and the list it comes from.
import { LightningElement, api } from 'lwc';
import DISPUTE from '@salesforce/schema/Payside_Dispute__c';
import INVOICE from '@salesforce/schema/Payside_Invoice__c';
import PAYMENT from '@salesforce/schema/Payside_Payment__c';
import REFUND from '@salesforce/schema/Payside_Refund__c';
import { askFinance } from 'c/paysideConnector';
import { MOVING_MS, pause } from 'c/paysidePause';

/** @typedef {import('payside/view').FinanceView} FinanceView */
/** @typedef {FinanceView['money'][number]} Money */
/** @typedef {Money['figures'][number]['parts']} Parts */

/** @type {Record<Money['figures'][number]['list'], { title: string, object: string, view: string }>} */
const lists = {
  open: { title: 'Open invoices', object: INVOICE.objectApiName, view: 'Open' },
  overdue: { title: 'Overdue invoices', object: INVOICE.objectApiName, view: 'Overdue' },
  disputes: { title: 'Open disputes', object: DISPUTE.objectApiName, view: 'Open' },
  processing: { title: 'Payments on their way', object: PAYMENT.objectApiName, view: 'Processing' },
  payments: { title: 'All payments', object: PAYMENT.objectApiName, view: 'All' },
  refunds: { title: 'All refunds', object: REFUND.objectApiName, view: 'All' },
};

/** @param {{ object: string, view: string }} list */
function hrefOf({ object, view }) {
  const prefix = object.slice(0, Math.max(0, object.indexOf('Payside_')));
  return `/lightning/o/${object}/list?filterName=${prefix}Payside_${view}`;
}

/** One line a currency; one that says so where there is nothing. @param {Parts} parts */
function linesOf(parts) {
  if (parts.length === 0) return [{ key: 'none', text: 'None', countText: '' }];
  return parts.map(({ amount, countText }) => ({ key: amount.currency, text: amount.text, countText }));
}

/** @param {Money} money */
const shownOf = ({ mode, title, verifiedText, provenText, gaps, figures, ages }) => ({
  mode,
  title,
  verifiedText,
  provenText,
  gaps: gaps.map(({ text }) => ({ key: text, text })),
  isTest: mode === 'test',
  figures: figures.map(({ kind, label, explanation, list, parts }) => ({
    kind,
    label,
    explanation,
    lines: linesOf(parts),
    href: hrefOf(lists[list]),
    listTitle: lists[list].title,
  })),
  hasAges: ages.some(({ parts }) => parts.length > 0),
  ages: ages.map(({ kind, label, parts }) => ({ kind, label, lines: linesOf(parts) })),
  agesTitle: `${title}: overdue since`,
});

export default class PaysideSums extends LightningElement {
  /** @type {FinanceView | null} */
  view = null;
  /** @type {import('c/paysideConnector').Failure | null} */
  failure = null;

  connectedCallback() {
    this.leaving = new AbortController();
    this.load();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  @api async load() {
    const answer = await askFinance();
    if (answer.ok) await this.take(answer.view);
    else if (this.view === null || answer.retry === 'never') this.refuse(answer);
  }

  /** The first time it may take a while: asked again until it is done. @param {FinanceView} view */
  async take(view) {
    this.view = view;
    this.failure = null;
    if (view.counting && (await pause(MOVING_MS, this.leaving?.signal)) && this.view === view) this.load();
  }

  /** @param {import('c/paysideConnector').Failure} failure */
  refuse(failure) {
    this.view = null;
    this.failure = failure;
  }

  get isLoading() {
    return this.view === null && this.failure === null;
  }

  get isBusy() {
    return this.isLoading || this.countingText !== '';
  }

  get countingText() {
    return this.view?.counting?.text ?? '';
  }

  get money() {
    return (this.view?.money ?? []).map(shownOf);
  }

  get isEmpty() {
    return this.view !== null && this.view.counting === null && this.view.money.length === 0;
  }

  get asOfText() {
    return this.view?.asOfText ?? '';
  }

  get unmatchedText() {
    return this.view && this.view.unmatched.count > 0 ? this.view.unmatched.text : '';
  }

  get editsText() {
    return this.view && this.view.keptEdits.count > 0 ? this.view.keptEdits.text : '';
  }
}
