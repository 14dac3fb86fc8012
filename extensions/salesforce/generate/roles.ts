// What each role needs beside the objects and fields of the declaration.
import type { Role } from './declaration.ts';

export type Access = {
  description: string;
  classes: string[];
  tabs: string[];
  apps: string[];
  /** Sees every record of Payside, whoever it is shared with. */
  seesAll: boolean;
  /** May call the connector from Apex. */
  callsConnector: boolean;
  user: string[];
  /** Objects of Salesforce whose records it changes; it never makes or deletes any. */
  changes: readonly string[];
  /** Objects of Salesforce it looks up. */
  reads: readonly string[];
};

const none = {
  classes: [],
  tabs: [],
  apps: [],
  seesAll: false,
  callsConnector: false,
  user: [],
  changes: [],
  reads: [],
};

/** Without a look at the stored credential Apex may not use it. */
const looking = {
  ...none,
  classes: ['PaysideController'],
  tabs: ['Payside_Invoice__c', 'Payside_Payment__c'],
  callsConnector: true,
  reads: ['UserExternalCredential'],
};

const acting = { ...looking, classes: ['PaysideController', 'PaysideInvocable'] };

const overseeing = {
  ...acting,
  tabs: [...looking.tabs, 'Payside_Dispute__c', 'Payside_Refund__c', 'Payside_Subscription__c'],
  apps: ['Payside_Payments'],
  seesAll: true,
};

export const ACCESS: Record<Role, Access> = {
  viewer: { ...looking, description: 'Looks at what customers owe and paid.' },
  rep: { ...acting, description: 'Collects: invoices, links and saved methods, also from a Flow.' },
  finance: { ...overseeing, description: 'Sees every invoice, payment and dispute, and the Payments app.' },
  admin: { ...overseeing, description: 'Sees what finance sees and changes the settings of Payside.' },
  integration: {
    ...none,
    description: 'For the one user who presses Connect: keeps records true, and nobody else does.',
    seesAll: true,
    user: ['ApiEnabled', 'ManageNamedCredentials'],
    changes: ['Account', 'Contact', 'Opportunity'],
    reads: ['Pricebook2', 'Product2'],
  },
};
