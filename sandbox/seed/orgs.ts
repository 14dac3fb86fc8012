// The Salesforce org of the sandbox: the bicycle dealer uses both CRMs, so its people, companies and deals are the same.
import { makeId } from '../salesforce/ids.ts';
import type { OrgSeed, OrgUser, RecordSeed } from '../salesforce/types.ts';
import { northwindCompanies } from './companies.ts';
import { northwindDeals } from './deals.ts';
import { northwindContacts, northwindEmployment } from './people.ts';

type Deal = (typeof northwindDeals)[number];

const PEOPLE: readonly [firstName: string, lastName: string, mailbox: string][] = [
  ['Nora', 'Whitfield', 'admin'],
  ['Felix', 'Okafor', 'finance'],
  ['Renata', 'Silva', 'rep'],
  ['Victor', 'Hale', 'viewer'],
];

const users: readonly OrgUser[] = PEOPLE.map(([firstName, lastName, mailbox], index) => ({
  id: makeId('005', 4_240_001 + index),
  firstName,
  lastName,
  email: `${mailbox}@northwind-cycles.example`,
  locale: 'en-US',
}));

const present = (fields: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => Boolean(entry[1])));

const accounts: RecordSeed[] = northwindCompanies.map(({ ref, properties: of }) => ({
  ...(ref === undefined ? {} : { ref }),
  type: 'Account',
  fields: present({
    Name: of['name'],
    Website: of['domain'] && `https://${of['domain']}`,
    BillingCity: of['city'],
    BillingCountry: of['country'],
  }),
}));

const employer = new Map(northwindEmployment.map(({ from, to }) => [from, to]));

const contacts: RecordSeed[] = northwindContacts.map(({ ref = '', properties: of }) => {
  const company = employer.get(ref);
  return {
    ref,
    type: 'Contact',
    fields: present({
      FirstName: of['firstname'],
      LastName: of['lastname'],
      Email: of['email'],
      Phone: of['phone'],
      Title: of['jobtitle'],
    }),
    ...(company === undefined ? {} : { lookups: { AccountId: company } }),
  };
});

const STAGES: Record<string, string> = {
  closedwon: 'Closed Won',
  closedlost: 'Closed Lost',
  contractsent: 'Proposal/Price Quote',
};

const products: RecordSeed[] = [
  ...new Set(northwindDeals.flatMap(({ lines }) => lines.map(([name]) => name))),
].map((Name) => ({ ref: `product ${Name}`, type: 'Product2', fields: { Name } }));

function opportunity({ ref, name, stage, contact, company, lines }: Deal): RecordSeed[] {
  const total = lines.reduce((sum, [, quantity, cents]) => sum + quantity * cents, 0);
  return [
    {
      ref,
      type: 'Opportunity',
      fields: {
        Name: name,
        StageName: STAGES[stage] ?? 'Qualification',
        CloseDate: '2026-12-18',
        Amount: total / 100,
      },
      ...(company === undefined ? {} : { lookups: { AccountId: company } }),
    },
    {
      type: 'OpportunityContactRole',
      fields: { IsPrimary: true, Role: 'Decision Maker' },
      lookups: { OpportunityId: ref, ContactId: contact },
    },
    ...lines.map(([product, Quantity, cents], index) => ({
      type: 'OpportunityLineItem',
      fields: { Quantity, UnitPrice: cents / 100, SortOrder: index + 1 },
      lookups: { OpportunityId: ref, Product2Id: `product ${product}` },
    })),
  ];
}

export const northwindOrg: OrgSeed = {
  id: makeId('00D', 4_240_001),
  name: 'Northwind Cycles (sandbox)',
  currency: 'USD',
  timeZone: 'America/New_York',
  sandbox: true,
  users,
  records: [...accounts, ...contacts, ...products, ...northwindDeals.flatMap(opportunity)],
};

export const orgs: readonly OrgSeed[] = [northwindOrg];
