// How payments are taken and shown: the day's time zone, the kind of pay page, links on records, edits made in Salesforce.
import { LightningElement, api } from 'lwc';
import { choices, sayAll } from 'c/paysideFields';
import { saveSettings } from 'c/paysideSaving';

/** @typedef {Pick<import('payside/view').SettingsRequest, 'timeZone' | 'payPage' | 'linkOnRecord' | 'crmEdits'>} Chosen */

const PAY_PAGES = [
  { label: 'Payside’s own page, with the gateway’s card fields in it', value: 'embedded' },
  { label: 'The gateway’s hosted page', value: 'hosted' },
];

const CRM_EDITS = [
  { label: 'Put them right within a day', value: 'repair' },
  { label: 'Keep them, and show them below', value: 'keep' },
];

export default class PaysideTaking extends LightningElement {
  /** @type {import('payside/view').SettingsView | null} */
  @api view = null;

  /** What was changed here and not saved yet. @type {Chosen} */
  chosen = {};
  message = '';
  saving = false;
  payPages = PAY_PAGES;
  waysWithEdits = CRM_EDITS;

  get timeZone() {
    return this.chosen.timeZone ?? this.view?.timeZone ?? '';
  }

  get timeZones() {
    return choices(this.view?.admin?.timeZones ?? []);
  }

  get payPage() {
    return this.chosen.payPage ?? this.view?.payPage ?? 'embedded';
  }

  get linkOnRecord() {
    return this.chosen.linkOnRecord ?? this.view?.linkOnRecord ?? false;
  }

  get crmEdits() {
    return this.chosen.crmEdits ?? this.view?.crmEdits ?? 'repair';
  }

  /** @param {CustomEvent<{ value: string }>} event */
  chooseZone({ detail: { value } }) {
    this.chosen = { ...this.chosen, timeZone: value };
  }

  /** @param {CustomEvent<{ value: 'embedded' | 'hosted' }>} event */
  choosePage({ detail: { value } }) {
    this.chosen = { ...this.chosen, payPage: value };
  }

  /** @param {CustomEvent<{ checked: boolean }>} event */
  chooseLink({ detail: { checked } }) {
    this.chosen = { ...this.chosen, linkOnRecord: checked };
  }

  /** @param {CustomEvent<{ value: 'repair' | 'keep' }>} event */
  chooseEdits({ detail: { value } }) {
    this.chosen = { ...this.chosen, crmEdits: value };
  }

  async save() {
    this.saving = true;
    const { timeZone, payPage, linkOnRecord, crmEdits } = this;
    const { view, message, problems } = await saveSettings({ timeZone, payPage, linkOnRecord, crmEdits });
    this.saving = false;
    this.message = message;
    sayAll(this.template, { timeZone: problems.timeZone ?? '' });
    if (!view) return;
    this.chosen = {};
    this.dispatchEvent(new CustomEvent('saved', { detail: view }));
  }
}
