// The HubSpot accounts of the sandbox: a bicycle dealer in New York, a ceramics workshop in Brittany, and the org's marketing.
import type { PortalSeed, PortalUser } from '../hubspot/types.ts';
import { larkfieldCompanies, mareeCompanies, northwindCompanies } from './companies.ts';
import {
  dealAssociations,
  dealRecords,
  larkfieldDeals,
  lineItems,
  mareeDeals,
  northwindDeals,
} from './deals.ts';
import {
  larkfieldContacts,
  larkfieldEmployment,
  mareeContacts,
  mareeEmployment,
  northwindContacts,
  northwindEmployment,
} from './people.ts';

type Member = readonly [id: number, firstName: string, lastName: string, mailbox: string];

function team(domain: string, locale: string, members: readonly Member[]): PortalUser[] {
  return members.map(([id, firstName, lastName, mailbox]) => ({
    id,
    firstName,
    lastName,
    email: `${mailbox}@${domain}`,
    locale,
  }));
}

const northwind: PortalSeed = {
  id: 4_240_001,
  name: 'Northwind Cycles (sandbox)',
  currency: 'USD',
  timeZone: 'America/New_York',
  commercePayments: false,
  testAccount: true,
  users: team('northwind-cycles.example', 'en', [
    [1001, 'Nora', 'Whitfield', 'admin'],
    [1002, 'Felix', 'Okafor', 'finance'],
    [1003, 'Renata', 'Silva', 'rep'],
    [1004, 'Victor', 'Hale', 'viewer'],
  ]),
  contacts: northwindContacts,
  companies: northwindCompanies,
  deals: dealRecords(northwindDeals, 'USD'),
  lineItems: lineItems(northwindDeals, 'USD'),
  associations: [...northwindEmployment, ...dealAssociations(northwindDeals)],
};

const maree: PortalSeed = {
  id: 4_240_002,
  name: 'Atelier Marée (sandbox)',
  currency: 'EUR',
  timeZone: 'Europe/Paris',
  commercePayments: true,
  testAccount: true,
  users: team('atelier-maree.example', 'fr', [
    [2001, 'Maëlle', 'Guivarc’h', 'admin'],
    [2002, 'François', 'Besnard', 'finance'],
    [2003, 'Rozenn', 'Le Bihan', 'rep'],
    [2004, 'Vincent', 'Aubry', 'viewer'],
  ]),
  contacts: mareeContacts,
  companies: mareeCompanies,
  deals: dealRecords(mareeDeals, 'EUR'),
  lineItems: lineItems(mareeDeals, 'EUR'),
  associations: [...mareeEmployment, ...dealAssociations(mareeDeals)],
};

/** Larkfield Instruments sells in Salesforce and has its marketing in HubSpot: one company with both. */
export const larkfieldPortal: PortalSeed = {
  id: 4_240_003,
  name: 'Larkfield Instruments (sandbox)',
  currency: 'EUR',
  timeZone: 'Europe/Dublin',
  commercePayments: false,
  testAccount: true,
  users: team('larkfield-instruments.example', 'en', [
    [3101, 'Maeve', 'Tuohy', 'marketing'],
    [3102, 'Fionn', 'Mac Gabhann', 'finance'],
    [3103, 'Caoimhe', 'Devlin', 'campaigns'],
    [3104, 'Vera', 'Halloran', 'viewer'],
  ]),
  contacts: larkfieldContacts,
  companies: larkfieldCompanies,
  deals: dealRecords(larkfieldDeals, 'EUR'),
  lineItems: lineItems(larkfieldDeals, 'EUR'),
  associations: [...larkfieldEmployment, ...dealAssociations(larkfieldDeals)],
};

/** Those that are alone in their workspaces. */
export const portals: readonly PortalSeed[] = [northwind, maree];
