// How the connection to Salesforce is: what was granted, and what Salesforce refused.
import { LightningElement, api } from 'lwc';

export default class PaysideInstallation extends LightningElement {
  /** @type {NonNullable<import('payside/view').SettingsView['admin']>['installation'] | null} */
  @api installation = null;

  get refusal() {
    const { refusedWrites, lastError } = this.installation ?? { refusedWrites: 0, lastError: null };
    if (refusedWrites === 0) return null;
    return {
      title: `Salesforce refused ${refusedWrites} updates of records`,
      text: lastError ?? 'The operator of the connector can see why, and send them again.',
    };
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
}
