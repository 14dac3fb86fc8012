// The Salesforce org of the sandbox: a maker of measuring instruments in Dublin, which installed the package.
import { makeId } from '../salesforce/ids.ts';
import type { OrgSeed, OrgUser } from '../salesforce/types.ts';
import { larkfieldRecords } from './larkfield.ts';

const DOMAIN = 'larkfield-instruments.example';

type Member = readonly [nth: number, firstName: string, lastName: string, mailbox: string];

const TEAM: readonly Member[] = [
  [3001, 'Aoife', 'Larkin', 'admin'],
  [3002, 'Fionn', 'Mac Gabhann', 'finance'],
  [3003, 'Róisín', 'Considine', 'rep'],
  [3004, 'Vera', 'Halloran', 'viewer'],
];

const users: readonly OrgUser[] = TEAM.map(([nth, firstName, lastName, mailbox]) => ({
  id: makeId('005', nth),
  email: `${mailbox}@${DOMAIN}`,
  firstName,
  lastName,
  locale: 'en_IE',
}));

const larkfield: OrgSeed = {
  id: makeId('00D', 4_240_003),
  name: 'Larkfield Instruments (sandbox)',
  currency: 'EUR',
  timeZone: 'Europe/Dublin',
  sandbox: true,
  users,
  records: larkfieldRecords,
};

export const orgs: readonly OrgSeed[] = [larkfield];
