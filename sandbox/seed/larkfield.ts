// The invented records of the Salesforce org: a maker of measuring instruments in Dublin, its customers, and what it sells them.
import type { RecordSeed } from '../salesforce/types.ts';

type Account = readonly [ref: string, name: string, domain: string, city: string, country: string];

const LONGEST =
  'The Society for the Measurement, Recording and Patient Publication of Rainfall, Tides, Winds and Small Earthquakes ' +
  'along the Western Seaboard and on the Islands before It, founded 1887';

export const larkfieldAccounts: readonly Account[] = [
  ['lark-hydro', 'Shannon Hydrology Survey', 'shannon-hydrology.example', 'Limerick', 'Ireland'],
  ['lark-harbour', 'Harbour Trust of Youghal', 'youghal-harbour.example', 'Youghal', 'Ireland'],
  ['lark-orchard', 'Ballyhoura Orchards', 'ballyhoura-orchards.example', 'Mitchelstown', 'Ireland'],
  ['lark-nordlys', 'Nordlys Målestasjon AS', 'nordlys-maling.example', 'Tromsø', 'Norge'],
  ['lark-pic', 'Observatoire du Pic Noir', 'pic-noir.example', 'Foix', 'France'],
  ['lark-nagomi', 'Nagomi Laboratories 和み', 'nagomi-labs.example', '大阪', 'Japan'],
  ['lark-society', LONGEST, 'seaboard-society.example', 'Belmullet', 'Ireland'],
];

type Row = readonly [
  ref: string,
  firstName: string,
  lastName: string,
  email: string,
  account: string | null,
  title: string,
];

/** Salesforce lets two contacts have one address: Tadhg and the mailbox he reads at the harbour do. */
export const larkfieldPeople: readonly Row[] = [
  [
    'lark-orla',
    'Órla',
    'Ní Dhomhnaill',
    'orla@shannon-hydrology.example',
    'lark-hydro',
    'Head of Field Work',
  ],
  ['lark-cormac', 'Cormac', 'Devane', 'cormac@shannon-hydrology.example', 'lark-hydro', 'Technician'],
  ['lark-tadhg', 'Tadhg', 'O’Sé', 'office@youghal-harbour.example', 'lark-harbour', 'Harbour Master'],
  ['lark-harbour-office', 'Harbour', 'Office', 'office@youghal-harbour.example', 'lark-harbour', 'Mailbox'],
  ['lark-una', 'Úna', 'Breathnach', 'una@ballyhoura-orchards.example', 'lark-orchard', 'Orchard Manager'],
  ['lark-billing', 'Accounts', 'Payable', 'billing@ballyhoura-orchards.example', 'lark-orchard', 'Mailbox'],
  ['lark-ingrid', 'Ingrid', 'Bårdsen', 'ingrid@nordlys-maling.example', 'lark-nordlys', 'Innkjøper'],
  ['lark-aymeric', 'Aymeric', 'de Castelnau', 'aymeric@pic-noir.example', 'lark-pic', 'Astronome'],
  ['lark-yuki', '由紀', '中村', 'yuki@nagomi-labs.example', 'lark-nagomi', 'Buyer'],
  ['lark-brid', 'Bríd', 'Ní Chonaola', 'brid@seaboard-society.example', 'lark-society', 'Honorary Secretary'],
  ['lark-sami', 'سامي', 'الخطيب', 'sami-sandbox@gmail.com', null, 'Private customer'],
  ['lark-niall', 'Niall', 'Mac an tSaoir', 'niall-sandbox@gmail.com', null, 'Private customer'],
];

/** Name, quantity, price of one, percent off. */
type Line = readonly [product: string, quantity: number, price: number, discount?: number];

type Opportunity = {
  ref: string;
  name: string;
  stage: string;
  /** The first is the primary one. */
  contacts: readonly string[];
  account?: string;
  lines: readonly Line[];
};

const OPPORTUNITIES: readonly Opportunity[] = [
  {
    ref: 'lark-hydro-gauges',
    name: 'Shannon – river gauges',
    stage: 'Proposal/Price Quote',
    contacts: ['lark-orla', 'lark-cormac'],
    account: 'lark-hydro',
    lines: [
      ['River gauge, radar', 4, 215],
      ['Mounting bracket', 4, 35],
      ['Calibration, per instrument', 4, 60],
    ],
  },
  {
    ref: 'lark-harbour-tide',
    name: 'Youghal – tide recorder',
    stage: 'Closed Won',
    contacts: ['lark-tadhg'],
    account: 'lark-harbour',
    lines: [
      ['Tide recorder', 1, 3_480],
      ['Weather mast, 10 m', 1, 1_250, 10],
    ],
  },
  {
    ref: 'lark-orchard-frost',
    name: 'Ballyhoura – frost warning',
    stage: 'Qualification',
    contacts: ['lark-una'],
    account: 'lark-orchard',
    lines: [['Air temperature sensor', 36, 84.5]],
  },
  {
    ref: 'lark-pic-dome',
    name: 'Pic Noir – station météo du dôme',
    stage: 'Prospecting',
    contacts: ['lark-aymeric'],
    account: 'lark-pic',
    lines: [],
  },
  {
    ref: 'lark-sami-barograph',
    name: 'Barograph, restored',
    stage: 'Closed Lost',
    contacts: ['lark-sami'],
    lines: [['Restoration, per hour', 7.5, 64]],
  },
];

const CLOSE_DATE = '2027-01-29';

const accounts: readonly RecordSeed[] = larkfieldAccounts.map(
  ([ref, Name, domain, BillingCity, BillingCountry]) => ({
    ref,
    type: 'Account',
    fields: { Name, BillingCity, BillingCountry, Website: `https://www.${domain}` },
  }),
);

/** Numbers are from a range that is reserved for fiction. */
const contacts: readonly RecordSeed[] = larkfieldPeople.map(
  ([ref, FirstName, LastName, Email, account, Title], nth) => ({
    ref,
    type: 'Contact',
    fields: { FirstName, LastName, Email, Title, Phone: `+353 20 910 00${String(nth + 1).padStart(2, '0')}` },
    lookups: account === null ? {} : { AccountId: account },
  }),
);

const productRef = (name: string): string => `product ${name}`;

const products: readonly RecordSeed[] = [
  ...new Set(OPPORTUNITIES.flatMap(({ lines }) => lines.map(([product]) => product))),
].map((Name) => ({ ref: productRef(Name), type: 'Product2', fields: { Name } }));

const opportunities: readonly RecordSeed[] = OPPORTUNITIES.flatMap((one): RecordSeed[] => [
  {
    ref: one.ref,
    type: 'Opportunity',
    fields: { Name: one.name, StageName: one.stage, CloseDate: CLOSE_DATE, Amount: totalOf(one.lines) },
    lookups: one.account === undefined ? {} : { AccountId: one.account },
  },
  ...one.contacts.map((contact, nth) => ({
    type: 'OpportunityContactRole',
    fields: { IsPrimary: nth === 0 },
    lookups: { OpportunityId: one.ref, ContactId: contact },
  })),
  ...one.lines.map(([product, Quantity, UnitPrice, Discount = 0], nth) => ({
    type: 'OpportunityLineItem',
    fields: { Quantity, UnitPrice, Discount, SortOrder: nth + 1 },
    lookups: { OpportunityId: one.ref, Product2Id: productRef(product) },
  })),
]);

/** As Salesforce adds products up. */
function totalOf(lines: readonly Line[]): number {
  const cents = lines.map(([, quantity, price, discount = 0]) => quantity * price * (100 - discount));
  return Math.round(cents.reduce((sum, each) => sum + each, 0)) / 100;
}

export const larkfieldRecords: readonly RecordSeed[] = [
  ...accounts,
  ...contacts,
  ...products,
  ...opportunities,
];
