// How the connection to Salesforce is: what was granted, what was given up on, and what was edited there and is kept.
import { LightningElement, api } from 'lwc';
import { saveSettings } from 'c/paysideSaving';

export default class PaysideInstallation extends LightningElement {
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['installation'] | null} */
  @api installation = null;
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['givenUp']} */
  @api givenUp = null;
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['keptEdits']} */
  @api keptEdits = null;

  message = '';
  isSending = false;

  get records() {
    return this.keptEdits?.records ?? [];
  }

  get facts() {
    const { installation } = this;
    if (!installation) return [];
    const { portalId, installedText, mirrorsInvoices, missingScopes } = installation;
    return [
      { label: 'Org', text: portalId },
      { label: 'Installed', text: installedText },
      { label: 'Invoices in Salesforce', text: mirrorsInvoices ? 'Written' : 'Not written' },
      {
        label: 'Optional permissions',
        text: missingScopes.length === 0 ? 'All granted' : `Not granted: ${missingScopes.join(', ')}`,
      },
    ];
  }

  async putRight() {
    this.isSending = true;
    const { view, message } = await saveSettings({ putRight: true });
    this.isSending = false;
    this.message = message;
    if (view) this.dispatchEvent(new CustomEvent('saved', { detail: view }));
  }
}
