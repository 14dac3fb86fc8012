// What finance looks at first: the sums, then overdue, disputed, failed, on its way, and customers without a record.
import { LightningElement } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import DISPUTE from '@salesforce/schema/Payside_Dispute__c';
import INVOICE from '@salesforce/schema/Payside_Invoice__c';
import PAYMENT from '@salesforce/schema/Payside_Payment__c';
import REFUND from '@salesforce/schema/Payside_Refund__c';
import { askSettings } from 'c/paysideConnector';
import { badgeClass } from 'c/paysideWords';

const name = { label: 'Number', path: 'Name' };
const customer = { label: 'Account', path: 'Account__r.Name' };
const status = { label: 'Status', path: 'Status__c' };
const amount = { label: 'Amount', path: 'Amount_Text__c' };
const started = { label: 'Since', path: 'Started_At__c' };
const owed = { label: 'Owed', path: 'Due_Text__c' };

const lists = [
  {
    title: 'Overdue invoices',
    object: INVOICE.objectApiName,
    view: 'Overdue',
    emptyText: 'Nothing is overdue.',
    columns: [
      name,
      customer,
      owed,
      { label: 'Due', path: 'Due_Date__c' },
      { label: 'Days', path: 'Days_Overdue__c' },
    ],
  },
  {
    title: 'Disputes to answer',
    object: DISPUTE.objectApiName,
    view: 'Open',
    emptyText: 'No dispute is open.',
    columns: [name, amount, status, started],
  },
  {
    title: 'Invoices disputed or reversed',
    object: INVOICE.objectApiName,
    view: 'Disputed',
    emptyText: 'No invoice is disputed or reversed.',
    columns: [name, customer, { label: 'Total', path: 'Total_Text__c' }, status],
  },
  {
    title: 'Failed payments',
    object: PAYMENT.objectApiName,
    view: 'Failed',
    emptyText: 'No payment failed.',
    columns: [name, customer, amount, { label: 'Why', path: 'Failure__c' }, started],
  },
  {
    title: 'Payments on their way',
    object: PAYMENT.objectApiName,
    view: 'Processing',
    emptyText: 'Nothing is on its way.',
    columns: [name, customer, amount, { label: 'With', path: 'Method_Text__c' }, started],
  },
  {
    title: 'Failed refunds',
    object: REFUND.objectApiName,
    view: 'Failed',
    emptyText: 'No refund failed.',
    columns: [name, amount, started],
  },
];

export default class PaysideFinance extends LightningElement {
  lists = lists;
  /** @type {import('payside/view').SettingsView | null} */
  settings = null;
  /** @type {import('c/paysideConnector').Failure | null} */
  failure = null;

  connectedCallback() {
    this.load();
  }

  async load() {
    const answer = await askSettings();
    if (answer.ok) this.settings = answer.view;
    this.failure = answer.ok ? null : answer;
  }

  /** Whether what is shown here is what the gateway says. */
  get accounts() {
    return (this.settings?.accounts ?? []).map(({ id, name: title, tone, stateText, verifiedText }) => ({
      id,
      title,
      text: verifiedText,
      status: stateText,
      class: badgeClass(tone),
    }));
  }

  get isTest() {
    return this.settings?.mode === 'test' || this.settings?.mode === 'test_portal';
  }

  get modeText() {
    return this.settings?.modeText ?? '';
  }

  get mayAssign() {
    return this.settings?.role === 'finance' || this.settings?.role === 'admin';
  }

  refresh() {
    this.load();
    this.addUp();
    const shown = /** @type {Iterable<Element & { refresh(): Promise<void> }>} */ (
      this.template.querySelectorAll('c-payside-finance-list')
    );
    for (const list of shown) list.refresh();
    const unmatched = /** @type {(Element & { load(): Promise<void> }) | null} */ (
      this.template.querySelector('c-payside-unmatched')
    );
    unmatched?.load();
  }

  addUp() {
    const sums = /** @type {(Element & { load(): Promise<void> }) | null} */ (
      this.template.querySelector('c-payside-sums')
    );
    sums?.load();
  }

  /** @param {CustomEvent<string>} event */
  assigned({ detail }) {
    this.addUp();
    this.dispatchEvent(new ShowToastEvent({ title: 'Payside', message: detail, variant: 'success' }));
  }
}
