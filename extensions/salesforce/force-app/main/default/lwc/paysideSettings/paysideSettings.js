// The settings page: everybody sees what concerns them, admins change it.
import { LightningElement } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { askSettings } from 'c/paysideConnector';
import { MOVING_MS, pause } from 'c/paysidePause';

/** @typedef {import('payside/view').SettingsView} SettingsView */

export default class PaysideSettings extends LightningElement {
  /** @type {SettingsView | null} */
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

  get isLoading() {
    return this.view === null && this.failure === null;
  }

  get admin() {
    return this.view?.admin ?? null;
  }

  get payPageText() {
    return this.view?.payPage === 'hosted' ? 'The gateway’s hosted page' : 'Payside’s own page';
  }

  get roleText() {
    return `Your role is ${this.view?.role ?? ''}. Ask an admin of Payside if you need another one.`;
  }

  get mayAssign() {
    return this.view?.role === 'finance' || this.view?.role === 'admin';
  }

  async load() {
    const answer = await askSettings();
    if (answer.ok) this.take(answer.view);
    else if (this.view === null) this.failure = answer;
  }

  /** A first sync is looked at until it is over. @param {SettingsView} view */
  async take(view) {
    this.view = view;
    this.failure = null;
    const isImporting = view.accounts.some(({ importing }) => importing !== null);
    if (isImporting && (await pause(MOVING_MS, this.leaving?.signal)) && this.view === view) this.load();
  }

  /** @param {CustomEvent<SettingsView>} event */
  saved({ detail }) {
    this.take(detail);
    this.tell('Saved.');
  }

  /** @param {CustomEvent<{ view: SettingsView, message: string }>} event */
  stepDone({ detail: { view, message } }) {
    this.take(view);
    this.tell(message);
  }

  /** @param {CustomEvent<string>} event */
  said({ detail }) {
    this.tell(detail);
  }

  /** @param {string} message */
  tell(message) {
    this.dispatchEvent(new ShowToastEvent({ title: 'Payside', message, variant: 'success' }));
  }
}
