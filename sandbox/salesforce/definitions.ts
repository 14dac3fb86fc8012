// Object and field definitions: the standard ones we need, and the package's own, read from its metadata.

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'double'
  | 'currency'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'picklist'
  | 'reference';

export type FieldDefinition = {
  name: string;
  label: string;
  type: FieldType;
  custom: boolean;
  length?: number;
  precision?: number;
  scale?: number;
  options?: readonly string[];
  /** Other values than the options are refused. */
  restricted?: boolean;
  required?: boolean;
  unique?: boolean;
  externalId?: boolean;
  caseSensitive?: boolean;
  referenceTo?: string;
  /** Name under which SOQL and nested records reach the parent. */
  relationshipName?: string;
  /** The parent of a detail record: given when it is made, and later only where it may move. */
  masterDetail?: boolean;
  reparentable?: boolean;
  /** Nobody writes it: computed, numbered or kept by the platform. */
  readOnly?: boolean;
  formula?: string;
};

export type ObjectDefinition = {
  name: string;
  label: string;
  keyPrefix: string;
  custom: boolean;
  fields: Map<string, FieldDefinition>;
};

export type Definitions = Map<string, ObjectDefinition>;

type Short = Partial<FieldDefinition> & { type: FieldType };

const text = (length: number, more: Partial<FieldDefinition> = {}): Short => ({
  type: 'string',
  length,
  ...more,
});
const to = (referenceTo: string, relationshipName: string, more: Partial<FieldDefinition> = {}): Short => ({
  type: 'reference',
  referenceTo,
  relationshipName,
  ...more,
});
const kept = (type: FieldType): Short => ({ type, readOnly: true });
const amount: Short = { type: 'currency', precision: 18, scale: 2 };

/** What every object has. */
const EVERYWHERE: Record<string, Short> = {
  Id: kept('id'),
  CreatedDate: kept('datetime'),
  LastModifiedDate: kept('datetime'),
  SystemModstamp: kept('datetime'),
  IsDeleted: kept('boolean'),
};

const STAGES = ['Prospecting', 'Qualification', 'Proposal/Price Quote', 'Closed Won', 'Closed Lost'];

type Standard = { prefix: string; fields: Record<string, Short> };

const STANDARD: Record<string, Standard> = {
  Account: {
    prefix: '001',
    fields: {
      Name: text(255, { required: true }),
      Website: { type: 'url', length: 255 },
      Phone: { type: 'phone', length: 40 },
      BillingStreet: { type: 'textarea', length: 255 },
      BillingCity: text(40),
      BillingState: text(80),
      BillingPostalCode: text(20),
      BillingCountry: text(80),
      MasterRecordId: to('Account', 'MasterRecord', { readOnly: true }),
    },
  },
  Contact: {
    prefix: '003',
    fields: {
      FirstName: text(40),
      LastName: text(80, { required: true }),
      Name: text(121, { readOnly: true }),
      Email: { type: 'email', length: 80 },
      Phone: { type: 'phone', length: 40 },
      Title: text(128),
      AccountId: to('Account', 'Account'),
      MasterRecordId: to('Contact', 'MasterRecord', { readOnly: true }),
    },
  },
  Opportunity: {
    prefix: '006',
    fields: {
      Name: text(120, { required: true }),
      StageName: { type: 'picklist', options: STAGES, required: true },
      CloseDate: { type: 'date', required: true },
      Amount: amount,
      AccountId: to('Account', 'Account'),
      IsWon: kept('boolean'),
    },
  },
  OpportunityContactRole: {
    prefix: '00K',
    fields: {
      OpportunityId: to('Opportunity', 'Opportunity', { required: true }),
      ContactId: to('Contact', 'Contact', { required: true }),
      IsPrimary: { type: 'boolean' },
      Role: text(40),
    },
  },
  Product2: { prefix: '01t', fields: { Name: text(255, { required: true }), ProductCode: text(255) } },
  OpportunityLineItem: {
    prefix: '00k',
    fields: {
      OpportunityId: to('Opportunity', 'Opportunity', { required: true }),
      Product2Id: to('Product2', 'Product2', { required: true }),
      Name: text(376, { readOnly: true }),
      Description: text(255),
      Quantity: { type: 'double', precision: 12, scale: 2, required: true },
      UnitPrice: amount,
      Discount: { type: 'percent', precision: 5, scale: 2 },
      TotalPrice: { ...amount, readOnly: true },
      SortOrder: { type: 'double', precision: 10, scale: 0 },
    },
  },
  User: {
    prefix: '005',
    fields: {
      Name: text(121, { readOnly: true }),
      Email: { type: 'email', length: 128, readOnly: true },
      IsActive: kept('boolean'),
      UserType: { ...kept('picklist'), options: ['Standard', 'Guest', 'PowerPartner'] },
    },
  },
  Organization: {
    prefix: '00D',
    fields: {
      Name: text(80, { readOnly: true }),
      IsSandbox: kept('boolean'),
      OrganizationType: { ...kept('picklist'), options: ['Developer Edition', 'Enterprise Edition'] },
      TimeZoneSidKey: { ...kept('picklist'), options: [] },
    },
  },
};

/** Only where an org keeps data privacy records. */
const INDIVIDUAL: Standard = {
  prefix: '0PK',
  fields: {
    FirstName: text(40),
    LastName: text(80, { required: true }),
    Name: text(121, { readOnly: true }),
    ShouldForget: { type: 'boolean' },
  },
};
const PRIVACY: Record<string, Standard> = {
  Individual: INDIVIDUAL,
  Contact: {
    prefix: '003',
    fields: { ...STANDARD['Contact']?.fields, IndividualId: to('Individual', 'Individual') },
  },
};

/** Only where an org uses several currencies. */
const CURRENCY_TYPE: Standard = {
  prefix: '01L',
  fields: { IsoCode: text(3, { readOnly: true }), IsActive: kept('boolean'), IsCorporate: kept('boolean') },
};

const fieldsOf = (fields: Record<string, Short>): Map<string, FieldDefinition> =>
  new Map(
    Object.entries({ ...EVERYWHERE, ...fields }).map(([name, field]) => [
      name,
      { name, label: name, custom: false, ...field },
    ]),
  );

/** The standard objects of an org, without a package in it. */
export function standardObjects(has: { currencies: boolean; privacy: boolean }): Definitions {
  const all = {
    ...STANDARD,
    ...(has.privacy ? PRIVACY : {}),
    ...(has.currencies ? { CurrencyType: CURRENCY_TYPE } : {}),
  };
  return new Map(
    Object.entries(all).map(([name, { prefix, fields }]) => [
      name,
      { name, label: name, keyPrefix: prefix, custom: false, fields: fieldsOf(fields) },
    ]),
  );
}

/** What a custom object has before its own fields. */
export const customFields = (): Map<string, FieldDefinition> => fieldsOf({});

/** In an org of several currencies every record has one of its own. */
export function addCurrencies(definitions: Definitions, currencies: readonly string[]): void {
  for (const { name, fields } of definitions.values())
    if (!['User', 'Organization', 'CurrencyType'].includes(name))
      fields.set('CurrencyIsoCode', {
        name: 'CurrencyIsoCode',
        label: 'Currency',
        type: 'picklist',
        custom: false,
        options: currencies,
        restricted: true,
      });
}
