// How the connection to Salesforce is: what was granted, and what was given up on.
import { LightningElement, api } from 'lwc';

export default class PaysideInstallation extends LightningElement {
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['installation'] | null} */
  @api installation = null;
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['givenUp']} */
  @api givenUp = null;

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
}
