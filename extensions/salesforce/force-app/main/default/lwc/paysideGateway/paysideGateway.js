// The gateway accounts: which are connected, how far a first sync is, and the way to the connect page.
import { LightningElement, api } from 'lwc';
import { badgeClass } from 'c/paysideWords';

/** @param {import('payside/view').SettingsView['accounts'][number]} account */
const rowOf = ({ id, name, mode, stateText, tone, importing, verifiedText }) => ({
  id,
  name,
  isTest: mode === 'test',
  status: importing ? 'Reading history' : stateText,
  statusClass: badgeClass(tone),
  text: importing ? stateText : verifiedText,
});

export default class PaysideGateway extends LightningElement {
  /** @type {import('payside/view').SettingsView | null} */
  @api view = null;

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

  get connectUrl() {
    return this.view?.admin?.connectUrl ?? null;
  }

  get connectText() {
    return this.rows.length === 0 ? 'Connect Stripe' : 'Connect other keys';
  }

  look() {
    this.dispatchEvent(new CustomEvent('look'));
  }
}
