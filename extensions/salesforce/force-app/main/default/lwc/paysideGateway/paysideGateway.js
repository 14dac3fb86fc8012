// The gateway accounts: which are connected, how far a first sync is, its buttons, and the way to the connect page.
import { LightningElement, api } from 'lwc';
import { saveSettings } from 'c/paysideSaving';
import { badgeClass } from 'c/paysideWords';

/** @typedef {import('payside/view').SettingsView['accounts'][number]} Account */
/** @typedef {'pause' | 'resume' | 'again'} Wish */

/** @type {Record<Wish, string>} */
const WISHES = { pause: 'Pause reading', resume: 'Go on reading', again: 'Read history again' };

/**
 * What can be wished for of an import; a gateway that refuses us is connected again first.
 * @param {Account} account
 * @returns {Wish | null}
 */
function wishOf({ state, importing }) {
  if (importing) return importing.paused ? 'resume' : 'pause';
  return state === 'connected' ? 'again' : null;
}

/** @param {Account} account */
function rowOf(account) {
  const { id, name, mode, stateText, tone, importing, verifiedText } = account;
  const wish = wishOf(account);
  return {
    id,
    name,
    isTest: mode === 'test',
    status: importing ? importing.word : stateText,
    statusClass: badgeClass(tone),
    text: importing ? stateText : verifiedText,
    wish,
    wishText: wish && WISHES[wish],
  };
}

export default class PaysideGateway extends LightningElement {
  /** @type {import('payside/view').SettingsView | null} */
  @api view = null;

  message = '';
  isSending = false;

  get rows() {
    return (this.view?.accounts ?? []).map(rowOf);
  }

  /** Money that is not real, or none at all, stands out. */
  get note() {
    const { mode, modeText } = this.view ?? { mode: 'live', modeText: '' };
    if (mode === 'test') return { title: 'TEST MODE', text: modeText };
    return mode === 'not_connected' ? { title: 'Not connected', text: modeText } : null;
  }

  get plainNote() {
    return this.note === null ? (this.view?.modeText ?? '') : '';
  }

  get isAdmin() {
    return Boolean(this.view?.admin);
  }

  get connectUrl() {
    return this.view?.admin?.connectUrl ?? null;
  }

  get connectText() {
    return this.rows.length === 0 ? 'Connect Stripe' : 'Connect other keys';
  }

  /** @param {Event & { target: HTMLElement }} event */
  async steer({ target }) {
    const account = String(target.dataset.account);
    const wish = /** @type {Wish} */ (target.dataset.wish);
    this.isSending = true;
    const { view, message } = await saveSettings({ history: { account, wish } });
    this.isSending = false;
    this.message = message;
    if (view) this.dispatchEvent(new CustomEvent('saved', { detail: view }));
  }

  look() {
    this.dispatchEvent(new CustomEvent('look'));
  }
}
