// Holds the Salesforce package together without Salesforce's tools: what one file names, another must have.
import { describe, expect, it } from 'vitest';
import { queriesIn } from '../../extensions/salesforce/metadata/apex-references.ts';
import { packageProblems } from '../../extensions/salesforce/metadata/package-problems.ts';
import {
  packageOf,
  readPackage,
  type PackageSource,
} from '../../extensions/salesforce/metadata/package-source.ts';
import { referencesOf } from '../../extensions/salesforce/metadata/references.ts';
import { readText, ROOT } from '../support/source-files.ts';

const source = readPackage(`${ROOT}extensions/salesforce/force-app/main/default`);

/** The package with one file changed; the change must find its place. */
function changed(path: string, from: string | RegExp, to: string): PackageSource {
  const file = source.files.find((one) => one.path === path);
  const text = file?.text.replace(from, to);
  if (!file || text === undefined || text === file.text) throw new Error(`nothing to change in ${path}`);
  const { metadata, broken } = packageOf([{ path, text }]);
  return {
    files: source.files.map((one) => (one === file ? { path, text } : one)),
    metadata: [...without(path).metadata, ...metadata],
    broken,
  };
}

const without = (path: string): PackageSource => ({
  files: source.files.filter((file) => file.path !== path),
  metadata: source.metadata.filter((file) => file.path !== path),
  broken: [],
});

const INVOICE_LAYOUT = 'layouts/Payside_Invoice__c-Payside Invoice Layout.layout-meta.xml';
const REP = 'permissionsets/Payside_Rep.permissionset-meta.xml';
const CARD = 'lwc/paysidePayments/paysidePayments.js-meta.xml';
const DISPUTES = 'reports/Payside_Finance/Open_Disputes.report-meta.xml';
const MONDAY = 'dashboards/Payside_Finance/Monday.dashboard-meta.xml';
const OVERDUE = 'objects/Payside_Invoice__c/fields/Overdue__c.field-meta.xml';

/** What is planted, where, and what has to be said of it. */
const FAULTS = [
  [
    'a field in a layout',
    INVOICE_LAYOUT,
    'Issued_On__c',
    'Issued_At__c',
    'no field Payside_Invoice__c.Issued_At__c',
  ],
  [
    'a related list',
    INVOICE_LAYOUT,
    'Line__c.Invoice__c',
    'Line__c.Bill__c',
    'no field Payside_Invoice_Line__c.Bill__c',
  ],
  [
    'a field in a permission set',
    REP,
    'Account.Payside_Owed__c',
    'Account.Payside_Debt__c',
    'no field Account.Payside_Debt__c',
  ],
  [
    'an object in a permission set',
    REP,
    '<object>Payside_Refund__c',
    '<object>Payside_Payback__c',
    'no object Payside_Payback__c',
  ],
  ['a class in a permission set', REP, 'PaysideInvocable', 'PaysideFlow', 'no class PaysideFlow'],
  [
    'a principal',
    REP,
    'Payside_Connector-Payside_Org',
    'Payside_Connector-Everybody',
    'no principal Payside_Connector-Everybody',
  ],
  [
    'a permission for a mandatory field',
    REP,
    'Account.Payside_Owed__c',
    'Payside_Invoice__c.Payside_Id__c',
    'is mandatory',
  ],
  [
    'a field in a formula',
    OVERDUE,
    'Due_Minor__c',
    'Rest_Minor__c',
    'no field Payside_Invoice__c.Rest_Minor__c',
  ],
  [
    'a word in a formula',
    OVERDUE,
    /&quot;open&quot;/,
    '&quot;unpaid&quot;',
    'no word Payside_Invoice__c.State__c=unpaid',
  ],
  [
    'a column of a list',
    'objects/Payside_Invoice__c/listViews/Payside_Overdue.listView-meta.xml',
    'Days_Overdue__c',
    'Days_Late__c',
    'no field Payside_Invoice__c.Days_Late__c',
  ],
  [
    'a word of a list',
    'objects/Payside_Payment__c/listViews/Payside_Failed.listView-meta.xml',
    '>failed<',
    '>bounced<',
    'no word Payside_Payment__c.Status__c=bounced',
  ],
  [
    'a column of a search',
    'objects/Payside_Refund__c/Payside_Refund__c.object-meta.xml',
    'Amount_Text__c',
    'Amount_Words__c',
    'no field Payside_Refund__c.Amount_Words__c',
  ],
  [
    'a tab of the app',
    'applications/Payside_Payments.app-meta.xml',
    '<tabs>Payside_Refund__c',
    '<tabs>Payside_Payback__c',
    'no tab Payside_Payback__c',
  ],
  [
    'a component on a page',
    'flexipages/Payside_Contact_Page.flexipage-meta.xml',
    'paysidePayments</c',
    'paysideCard</c',
    'no component paysideCard',
  ],
  [
    'a credential',
    'namedCredentials/Payside_Connector.namedCredential-meta.xml',
    '<externalCredential>Payside_Connector',
    '<externalCredential>Payside_Other',
    'no external credential Payside_Other',
  ],
  [
    'an Apex method of a component',
    'lwc/paysidePayments/paysidePayments.js',
    'PaysideController.view',
    'PaysideController.show',
    'no method for components PaysideController.show',
  ],
  [
    'a field in a query',
    'classes/PaysideRecord.cls',
    'SELECT Id FROM Contact',
    'SELECT Id, Payside_Debt__c FROM Contact',
    'no field Contact.Payside_Debt__c',
  ],
  [
    'a field a query goes by',
    'classes/PaysideRecord.cls',
    'FROM Contact WHERE Id =',
    'FROM Contact WHERE Payside_Debt__c =',
    'no field Contact.Payside_Debt__c',
  ],
  [
    'a field over a relationship',
    'classes/PaysideInstallTest.cls',
    'PermissionSet.Name',
    'PermissionSet.Title',
    'no field PermissionSet.Title',
  ],
  [
    'a relationship',
    'classes/PaysideInstallTest.cls',
    'PermissionSet.Name',
    'Permissions.Name',
    'no relation PermissionSetAssignment.Permissions',
  ],
  [
    'a query that is not understood',
    'classes/PaysideRecord.cls',
    'SELECT Id FROM Contact',
    'SELECT Id, (SELECT Id FROM Cases) FROM Contact',
    'to be found in',
  ],
  [
    'a label',
    'classes/PaysideAnswer.cls',
    'Label.Payside_Record_Not_Found',
    'Label.Payside_Lost',
    'no label Payside_Lost',
  ],
  [
    'a query in nobody’s mode',
    'classes/PaysideRecord.cls',
    ' WITH USER_MODE',
    '',
    'does not say in whose mode',
  ],
  [
    'a query put together at run time',
    'classes/PaysideRecord.cls',
    '[SELECT Id FROM Contact WHERE Id = :recordId WITH USER_MODE LIMIT 1]',
    "Database.query('SELECT Id FROM Contact')",
    'put together at run time',
  ],
  [
    'a class that shares everything',
    'classes/PaysideRecord.cls',
    'with sharing',
    'without sharing',
    'does not say “with sharing”',
  ],
  ['another API version', 'classes/PaysideRecord.cls-meta.xml', '66.0', '61.0', 'is for API version 61.0'],
  ['an unknown target', CARD, /lightning__RecordPage/g, 'lightning__RecordSheet', 'is no target'],
  [
    'a target that is configured only',
    CARD,
    '<target>lightning__RecordPage',
    '<target>lightning__HomePage',
    'which it has not',
  ],
  [
    'a page that takes no such component',
    CARD,
    /lightning__RecordPage/g,
    'lightning__HomePage',
    'is not made for lightning__RecordPage',
  ],
  [
    'a name that a namespace changes',
    'classes/PaysideConnector.cls',
    'PaysideNames.endpoint(path)',
    "'callout:Payside_Connector' + path",
    'is for classes/PaysideNames.cls to say',
  ],
  ['a label that is too long', OVERDUE, '<label>Overdue', `<label>${'Overdue '.repeat(6)}`, '40 are allowed'],
  [
    'two relationships of one name',
    'objects/Payside_Refund__c/fields/Payment__c.field-meta.xml',
    '>Refunds<',
    '>Disputes<',
    'is that of',
  ],
  [
    'a column of a report',
    DISPUTES,
    'Disputes__r$Amount_Text__c',
    'Disputes__r$Amount_Words__c',
    'no field Payside_Dispute__c.Amount_Words__c',
  ],
  [
    'a relationship of a report',
    DISPUTES,
    'Disputes__r$Name',
    'Complaints__r$Name',
    'no relation Payside_Payment__c.Complaints__r',
  ],
  [
    'a word of a report',
    DISPUTES,
    'under_review',
    'under_water',
    'no word Payside_Dispute__c.Status__c=under_water',
  ],
  [
    'a type of a report',
    DISPUTES,
    'with_Disputes__c',
    'with_Complaints__c',
    'no report type Payside_Payments_with_Complaints__c',
  ],
  [
    'a column of a report type',
    'reportTypes/Payside_Invoices.reportType-meta.xml',
    '>Days_Overdue__c<',
    '>Days_Late__c<',
    'no field Payside_Invoice__c.Days_Late__c',
  ],
  [
    'a report of a dashboard',
    MONDAY,
    'Payside_Finance/Open_Disputes',
    'Payside_Finance/Complaints',
    'no report Payside_Finance/Complaints',
  ],
  [
    'a column of a dashboard',
    MONDAY,
    'Payside_Payment__c$Failure__c',
    'Payside_Payment__c$Reason__c',
    'no field Payside_Payment__c.Reason__c',
  ],
  ['XML that is none', OVERDUE, '</label>', '', 'Unexpected close tag'],
] as const;

/** What is taken away, and what has to be said then. */
const LOSSES = [
  ['a class’s metadata', 'classes/PaysideRecord.cls-meta.xml', 'classes/PaysideRecord.cls: lacks'],
  [
    'a trigger’s metadata',
    'triggers/PaysideAccount.trigger-meta.xml',
    'triggers/PaysideAccount.trigger: lacks',
  ],
  ['a class’s test', 'classes/PaysideRecordTest.cls', 'classes/PaysideRecord.cls: has no test class'],
  ['a component’s metadata', CARD, 'lwc/paysidePayments: lacks'],
  [
    'a component’s template',
    'lwc/paysidePayments/paysidePayments.html',
    'lacks lwc/paysidePayments/paysidePayments.html',
  ],
  [
    'an object’s compact layout',
    'objects/Payside_Refund__c/compactLayouts/Payside_Compact.compactLayout-meta.xml',
    'no compact layout Payside_Refund__c.Payside_Compact',
  ],
];

describe('the package source', () => {
  it('names nothing that it does not have, and has everything that belongs together', () => {
    expect(packageProblems(source)).toEqual([]);
  });

  it('is looked through in every kind of file that names others', () => {
    const kinds = new Set(referencesOf(source).map(({ path }) => path.split('/')[0]));
    const expected =
      'applications classes dashboards flexipages layouts lwc namedCredentials objects permissionsets reports tabs';
    expect([...kinds]).toEqual(expect.arrayContaining(expected.split(' ')));
    expect(referencesOf(source).length).toBeGreaterThan(900);
  });

  it.each(FAULTS)('is caught with %s', (_what, path, from, to, problem) => {
    expect(packageProblems(changed(path, from, to)).join('\n')).toContain(problem);
  });

  it.each(LOSSES)('is caught without %s', (_what, path, problem) => {
    expect(packageProblems(without(path)).join('\n')).toContain(problem);
  });
});

describe('queries in Apex', () => {
  it('are found over several lines, in loops, and with brackets in them', () => {
    const text = `for (X x : [\n  SELECT Id,\n    Name\n  FROM X WHERE Name = :names[0]\n]) {} List<Y> y = [SELECT Id FROM Y];`;
    expect(queriesIn(text)).toEqual(['SELECT Id, Name FROM X WHERE Name = :names[0]', 'SELECT Id FROM Y']);
  });
});

describe('the doors that Apex asks', () => {
  const apex = (name: string): string =>
    readText(`extensions/salesforce/force-app/main/default/classes/${name}.cls`);

  it('are kinds of operations that the connector knows', async () => {
    const { operationKinds } = await import('../../src/views/card-schema.ts');
    const [, listed = ''] = /KINDS = new Set<String>\{([^}]+)\}/.exec(apex('PaysideController')) ?? [];
    expect([...listed.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind)).toEqual([...operationKinds]);
  });

  it('are sent from Flow as the connector takes them', async () => {
    const { operationRequests } = await import('../../src/views/operation-requests.ts');
    const body = apex('PaysideFlowBody');
    const kinds = [...body.matchAll(/when '([\w-]+)'/g)].map(
      ([, kind]) => kind as keyof typeof operationRequests,
    );
    expect(kinds).toHaveLength(4);
    for (const kind of kinds) {
      const [, part = ''] = new RegExp(`when '${kind}' \\{([^]*?)\\};`).exec(body) ?? [];
      const sent = [...part.matchAll(/'(\w+)' =>/g)].map(([, name]) => name);
      const shape = operationRequests[kind].shape;
      expect(Object.keys(shape)).toEqual(expect.arrayContaining(sent));
      const needed = Object.entries(shape).filter(([, field]) => !field.safeParse(undefined).success);
      expect([...sent, 'operationId']).toEqual(expect.arrayContaining(needed.map(([name]) => name)));
      if ('amount' in shape) expect(sent).toContain('amount');
    }
  });
});
