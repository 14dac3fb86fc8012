// What is believed of Salesforce without proof, by the names of docs/assumptions.md.
import type { Assumption } from '../assumptions.ts';

export const SALESFORCE: readonly Assumption[] = [
  {
    name: 'salesforce-session-life',
    assumes: 'A Salesforce session lasts two hours where nobody changed it; no answer says so',
    seen: '`expires_in` or session settings of a real org',
  },
  {
    name: 'salesforce-refresh-family',
    assumes: 'A refresh token that was used once is good for nothing, at once, and its use ends the family',
    seen: 'use a rotated token within some seconds',
  },
  {
    name: 'salesforce-address-refusal',
    assumes:
      'A token endpoint that refuses an IP address says so in `error_description`, under `invalid_grant`',
    seen: 'a refresh from an address outside of the app’s range',
  },
  {
    name: 'salesforce-currency',
    assumes:
      '`/connect/organization` names the org’s currency, and `CurrencyType` the corporate one where there are several',
    seen: 'one install into an org of each kind',
    check: 'installation',
  },
  {
    name: 'salesforce-namespace',
    assumes: '`EntityDefinition` tells the namespace of our objects by `DeveloperName`',
    seen: 'one install beside the managed package',
  },
  {
    name: 'salesforce-describe',
    assumes: 'A describe by the integration user marks what it may not write, and lacks what it may not see',
    seen: 'an install by a user without the permission set',
    check: 'fields',
  },
  {
    name: 'salesforce-credential-verbs',
    assumes: 'The credential is replaced by PUT where it is there, and made by POST where it is not',
    seen: 'two installs in a row into one org',
  },
  {
    name: 'salesforce-credential-right',
    assumes: 'The integration user may write the credential with _Manage Named Credentials_ alone',
    seen: 'two installs in a row into one org, as a user with the permission set alone',
  },
  {
    name: 'salesforce-composite',
    assumes:
      'A composite request of five collections counts as one call, its parts run in order, and a later one finds external ids of an earlier one',
    seen: 'one payment, and `Sforce-Limit-Info` before and after it',
  },
  {
    name: 'salesforce-event-failures',
    assumes: 'Platform events are published by collections, and one that fails says so as a record does',
    seen: 'one payment with a card open',
  },
  {
    name: 'salesforce-merged-record',
    assumes:
      'A record that was deleted answers `ENTITY_IS_DELETED`, and `queryAll` names the one it was merged into by `MasterRecordId`',
    seen: 'merge two contacts and write to the one that went',
  },
  {
    name: 'salesforce-modstamp',
    assumes:
      '`SystemModstamp` moves with every change, also of what is deleted or merged, and ids are ordered as they are compared',
    seen: 'change, delete and merge more than 2,000 records in one second',
  },
  {
    name: 'salesforce-change-delay',
    assumes:
      'A change can be asked for within ten minutes after it was saved, and the clocks of org and connector differ less',
    seen: 'a bulk load with triggers of its own',
  },
  {
    name: 'salesforce-closed-org',
    assumes:
      'A closed org answers with `INACTIVE_ORG`, `ORG_LOCKED` or `TRIAL_EXPIRED`, and a refresh with `inactive_org`',
    seen: 'a trial org after its end',
  },
  {
    name: 'salesforce-record-access',
    assumes:
      '`UserRecordAccess` may be asked about other users by the integration user, who sees all records itself',
    seen: 'an operation by a user, with a record they see and one they do not',
  },
  {
    name: 'salesforce-unknown-field',
    assumes: 'A call with an unknown field is refused as a whole; one that the user may not write as well',
    seen: 'a write without the permission set',
  },
  {
    name: 'salesforce-id-suffix',
    assumes: 'The three last characters of an id follow from the fifteen before, in every org',
    seen: 'ids of a few real records',
  },
  {
    name: 'salesforce-contacts-address',
    assumes: '`/lightning/o/Contact/list` leads to the list of contacts',
    seen: 'one click in an org',
  },
  {
    name: 'salesforce-job-abort',
    assumes:
      'A job that was aborted begins no further portion of 200 records, and the one under way is done within five minutes',
    seen: 'abort a job of 10,000 records in the middle and count again after ten minutes',
  },
  {
    name: 'salesforce-job-list',
    assumes:
      "`GET /jobs/ingest` lists the integration user's own jobs with object and state, without a right of its own",
    seen: 'list jobs as that user',
  },
  {
    name: 'salesforce-job-time',
    assumes: 'A job of 10,000 of our records is done within five minutes',
    seen: 'the jobs of a first import',
  },
  {
    name: 'salesforce-job-cells',
    assumes:
      'An empty cell leaves a field as it is, `#N/A` empties it also where it is a lookup, and a parent is named as `Parent__r.Payside_Id__c`',
    seen: 'one table in a developer org, read back',
  },
  {
    name: 'salesforce-job-complete',
    assumes: 'A complete job has written every record that is not among its failures',
    seen: 'successes and failures of one job counted together',
  },
  {
    name: 'salesforce-write-time',
    assumes: '200 records are written in less than ten seconds',
    seen: 'the first history in an org with triggers of its own',
  },
  {
    name: 'salesforce-deploy',
    assumes: 'Salesforce deploys the package as the types of its Metadata API allow it',
    seen: '`sf project deploy validate` against a scratch org',
  },
  {
    name: 'salesforce-credential-header',
    assumes:
      "The header of the External Credential finds its token by the credential's short name, also in a managed package",
    seen: 'one card in an org with the package',
  },
  {
    name: 'salesforce-credential-namespace',
    assumes: 'A managed package reaches its own Named Credential by the name with its namespace',
    seen: 'one card in an org with the package',
  },
  {
    name: 'salesforce-apex-token',
    assumes:
      'Apex may use the stored token with access to the principal and Read on User External Credentials, and nothing else',
    seen: 'a card opened by a user with the set Payside Rep alone',
  },
  {
    name: 'salesforce-permission-set',
    assumes:
      'Salesforce takes the user permissions of a packaged permission set; those on its own objects it leaves out',
    seen: 'an install of the package, and a look at the sets',
  },
  {
    name: 'salesforce-client-app',
    assumes:
      'The External Client App can be packaged from its head and its scopes; key and secret are made in the packaging org',
    seen: '`sf package version create`',
  },
  {
    name: 'salesforce-picklist-upgrade',
    assumes: 'A new version of a managed package adds its new words to restricted picklists that are there',
    seen: 'an upgrade with one word more',
  },
  {
    name: 'salesforce-report-columns',
    assumes: 'Columns of reports on own report types are written `table$field`',
    seen: 'the first deploy',
  },
  {
    name: 'salesforce-apex-types',
    assumes: 'The Apex types of version 61 that the semantic check knows are those of 66 where we use them',
    seen: 'the first deploy',
  },
  {
    name: 'salesforce-events-delivered',
    assumes:
      '`lightning/empApi` delivers the event to every user with Read on it, and says so where an org has no listener to spare',
    seen: 'two browsers on one record, in a Developer org',
  },
  {
    name: 'salesforce-list-refresh',
    assumes: '`refreshApex` reads a list view of `lightning/uiListsApi` again',
    seen: 'a changed invoice, and Refresh',
  },
  {
    name: 'salesforce-list-names',
    assumes: 'List views of a managed package are named with its namespace',
    seen: 'the page in an org with the package',
  },
  {
    name: 'salesforce-web-security',
    assumes:
      'Lightning Web Security lets components use `AbortSignal.timeout`, `ResizeObserver` and the clipboard',
    seen: 'one card in an org',
  },
  {
    name: 'salesforce-due-midnight',
    assumes: 'A due day ends for Salesforce at midnight of whoever looks',
    seen: 'two users in two time zones',
  },
  {
    name: 'salesforce-forgetting-flag',
    assumes:
      'An org that keeps data privacy records says with `Individual.ShouldForget`, and with nothing else, that a person is to be forgotten; contacts are found by it over the relationship `Individual`, in seconds, also in the recycle bin',
    seen: 'flag an Individual in an org with the setting on, and delete a contact with one',
    check: 'forgetting',
  },
  {
    name: 'salesforce-forgetting-off',
    assumes:
      'Without the setting, or the right to read the flag, Salesforce answers that question with `INVALID_FIELD` or `INVALID_TYPE`; a package that names Individual cannot be installed without the setting',
    seen: 'ask in an org without the setting, then in one with it as a user without the right',
  },
];
