// Faults of each kind, planted in a copy of the package: what a check misses here it would miss in earnest.
import type { StepName } from '../steps/steps.ts';

export type Fault = {
  step: StepName;
  what: string;
  /** Below `main/default`, or from the root where it begins with a slash. */
  path: string;
  /** A change of the file; without it the file is new. */
  from?: string | RegExp;
  to: string;
  /** What the check has to say of this file. */
  says: RegExp;
};

const REP = 'permissionsets/Payside_Rep.permissionset-meta.xml';
const OVERDUE = 'objects/Payside_Invoice__c/fields/Overdue__c.field-meta.xml';
const STATUS = 'objects/Payside_Invoice__c/fields/Status__c.field-meta.xml';
const TOTAL = 'objects/Payside_Invoice__c/fields/Total_Text__c.field-meta.xml';
const CARD = 'lwc/paysidePayments/paysidePayments.js';

/** A class that is planted whole; its metadata comes along. */
const planted = (body: string, head = 'public with sharing class Planted'): string =>
  `/** Planted. */\n${head} {\n${body}\n}\n`;

const inClass = (step: StepName, what: string, body: string, says: RegExp, name = 'Planted'): Fault => ({
  step,
  what,
  path: `classes/${name}.cls`,
  to: planted(body, `public with sharing class ${name}`),
  says,
});

const METADATA: Fault[] = [
  {
    step: 'schemas',
    what: 'a project file without a path',
    path: '/sfdx-project.json',
    from: '"path": "extensions/salesforce/force-app",',
    to: '',
    says: /path/,
  },
  {
    step: 'schemas',
    what: 'a scratch org of an unknown edition',
    path: '/extensions/salesforce/scratch-def.json',
    from: '"Developer"',
    to: '"Pocket"',
    says: /edition/,
  },
  {
    step: 'types',
    what: 'an unknown element',
    path: 'namedCredentials/Payside_Connector.namedCredential-meta.xml',
    from: /calloutStatus/g,
    to: 'calloutState',
    says: /<calloutState>, which NamedCredential does not know/,
  },
  {
    step: 'types',
    what: 'a missing element',
    path: REP,
    from: '<allowRead>true</allowRead>',
    to: '',
    says: /lacks <allowRead>/,
  },
  {
    step: 'types',
    what: 'a word that is none',
    path: STATUS,
    from: '<type>Picklist</type>',
    to: '<type>Pickbox</type>',
    says: /is “Pickbox”, not one of/,
  },
  {
    step: 'types',
    what: 'a boolean that is none',
    path: OVERDUE,
    from: '</CustomField>',
    to: '    <required>perhaps</required>\n</CustomField>',
    says: /is “perhaps”, not true or false/,
  },
  {
    step: 'types',
    what: 'a number that is none',
    path: TOTAL,
    from: '<length>40<',
    to: '<length>forty<',
    says: /is “forty”, not a number/,
  },
  {
    step: 'types',
    what: 'an element given twice',
    path: 'tabs/Payside_Refund__c.tab-meta.xml',
    from: '</CustomTab>',
    to: '    <motif>Custom53: Bell</motif>\n</CustomTab>',
    says: /<motif> more than once/,
  },
  {
    step: 'types',
    what: 'XML that is broken',
    path: 'objects/Payside_Invoice__c/fields/Due_Text__c.field-meta.xml',
    from: '</label>',
    to: '',
    says: /Unexpected close tag/,
  },
  {
    step: 'convert',
    what: 'a file of an unknown kind',
    path: 'quickActions/Contact.Payside_Collect.quickActions-meta.xml',
    to: '<QuickAction xmlns="http://soap.sforce.com/2006/04/metadata"></QuickAction>\n',
    says: /quickActions/,
  },
];

const REFERENCES: Fault[] = [
  {
    step: 'references',
    what: 'a field in a layout',
    path: 'layouts/Payside_Invoice__c-Payside Invoice Layout.layout-meta.xml',
    from: 'Issued_On__c',
    to: 'Issued_At__c',
    says: /no field Payside_Invoice__c\.Issued_At__c/,
  },
  {
    step: 'references',
    what: 'a field in a query',
    path: 'classes/PaysideRecord.cls',
    from: 'SELECT Id FROM Account',
    to: 'SELECT Id, Payside_Debt__c FROM Account',
    says: /no field Account\.Payside_Debt__c/,
  },
  {
    step: 'references',
    what: 'a class that nobody described',
    path: 'classes/Undescribed.cls',
    to: '/** Planted. */\npublic with sharing class Undescribed {\n}\n',
    says: /lacks classes\/Undescribed\.cls-meta\.xml/,
  },
  {
    step: 'references',
    what: 'a target of a component',
    path: `${CARD}-meta.xml`,
    from: /lightning__RecordPage/g,
    to: 'lightning__RecordSheet',
    says: /lightning__RecordSheet is no target/,
  },
  {
    step: 'references',
    what: 'a word of a list view',
    path: 'objects/Payside_Payment__c/listViews/Payside_Failed.listView-meta.xml',
    from: '>failed<',
    to: '>bounced<',
    says: /no word Payside_Payment__c\.Status__c=bounced/,
  },
];

const APEX: Fault[] = [
  inClass(
    'apex types',
    'a field that an object has not',
    'Object owed = new Payside_Invoice__c().Amont__c;',
    /Unknown field 'Amont__c'/,
    'PlantedField',
  ),
  inClass(
    'apex types',
    'a text where a number belongs',
    "Integer total = 'twelve';",
    /Incompatible types/,
    'PlantedType',
  ),
  inClass(
    'apex types',
    'a method that is not there',
    'String path() { return PaysideNames.adress(); }',
    /adress/,
    'PlantedMethod',
  ),
  inClass(
    'apex types',
    'a field that the event has not',
    "Object update = new Payside_Update__e(Record__c = '003');",
    /Record__c/,
    'PlantedEvent',
  ),
  {
    step: 'apex format',
    what: 'a class in another layout',
    path: 'classes/PaysideNames.cls',
    from: "return '/event/'",
    to: "return    '/event/'",
    says: /is not formatted/,
  },
  {
    step: 'apex format',
    what: 'a class that does not parse',
    path: 'classes/PaysideAnswer.cls',
    from: 'return JSON.serialize(',
    to: 'return return JSON.serialize(',
    says: /does not parse/,
  },
];

const SECURITY: Fault[] = [
  inClass(
    'security',
    'a query from what was typed',
    `public List<Contact> find(String typed) {
        return Database.query('SELECT Id FROM Contact WHERE LastName = \\'' + typed + '\\'');
    }`,
    /ApexSOQLInjection/,
    'PlantedInjection',
  ),
  inClass(
    'security',
    'a record written without asking who may',
    "public void make() {\n        insert new Contact(LastName = 'Aster');\n    }",
    /ApexCRUDViolation/,
    'PlantedWrite',
  ),
  {
    step: 'security',
    what: 'a class that leaves open who shares',
    path: 'classes/PlantedSharing.cls',
    to: planted(
      'public List<Contact> all() {\n        return [SELECT Id FROM Contact LIMIT 1];\n    }',
      'public class PlantedSharing',
    ),
    says: /ApexSharingViolations/,
  },
  inClass(
    'security',
    'a token in a header',
    `public void send() {
        HttpRequest request = new HttpRequest();
        request.setHeader('Authorization', 'Bearer planted');
    }`,
    /ApexSuggestUsingNamedCred|AvoidHardcodedCredentials/,
    'PlantedToken',
  ),
  {
    step: 'security',
    what: 'a library with known holes',
    path: 'staticresources/jquery-1.8.1.js',
    to: '/*! jQuery v1.8.1 jquery.com | jquery.org/license */\n',
    says: /LibraryWithKnown/,
  },
];

const COMPONENTS: Fault[] = [
  {
    step: 'lwc lint',
    what: 'HTML written by hand',
    path: CARD,
    from: 'this.isLoading = true;',
    to: "this.template.querySelector('div').innerHTML = this.answer;\n    this.isLoading = true;",
    says: /inner-html/,
  },
  {
    step: 'lwc lint',
    what: 'a look outside of the component',
    path: CARD,
    from: 'this.isLoading = false;',
    to: "document.querySelector('body').remove();\n    this.isLoading = false;",
    says: /no-document-query/,
  },
  {
    step: 'lwc lint',
    what: 'code from text',
    path: CARD,
    from: 'this.refresh();',
    to: "eval('this.refresh()');",
    says: /no-eval/,
  },
];

export const FAULTS: readonly Fault[] = [...METADATA, ...REFERENCES, ...APEX, ...SECURITY, ...COMPONENTS];
