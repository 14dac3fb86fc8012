// Fields of Salesforce's own objects that the package names; one that is not here is reported until it was looked up.

/** On every object that people see. */
export const EVERYWHERE = [
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
];

export const STANDARD: Readonly<Record<string, readonly string[]>> = {
  Account: ['BillingCity', 'BillingCountry', 'BillingPostalCode', 'BillingState', 'BillingStreet', 'Phone'],
  Contact: ['AccountId', 'Email', 'LastName'],
  Opportunity: ['AccountId', 'CloseDate', 'IsClosed', 'IsWon', 'NextStep', 'StageName'],
  OpportunityStage: ['ApiName', 'IsActive', 'IsClosed', 'IsWon'],
  PermissionSet: ['NamespacePrefix'],
  PermissionSetAssignment: ['AssigneeId', 'PermissionSetId'],
  Pricebook2: [],
  Product2: [],
  Profile: [],
  User: [],
  UserExternalCredential: [],
};

/** Where a relationship of a standard object leads. */
export const RELATIONS: Readonly<Record<string, string>> = {
  'Contact.Account': 'Account',
  'Opportunity.Account': 'Account',
  'PermissionSetAssignment.PermissionSet': 'PermissionSet',
};
