// A Salesforce org full of payers, and what it costs to keep it true.
import { makeId } from '../../sandbox/salesforce/ids.ts';
import type { OrgSeed } from '../../sandbox/salesforce/start.ts';
import { installOrg } from '../../sandbox/world/admin.ts';
import type { StoreKind } from '../stores.ts';
import { emailOf, type Bill, type Merchant } from './merchant.ts';
import { openPlace, type Place } from './place.ts';

const ORG = makeId('00D', 91);
const ADMIN = makeId('005', 91);

export type SalesforcePlace = Place & {
  /** API calls used so far, as the org counts them. */
  used(): number;
  limited(): number;
  collected(bill: Bill): unknown;
};

export async function openSalesforce(
  store: StoreKind,
  people: number,
  history: (merchant: Merchant) => void,
): Promise<SalesforcePlace> {
  const place = await openPlace({
    store,
    world: { portals: [], orgs: [orgSeed(people)] },
    install: (world) => installOrg(world, ORG, ADMIN),
    history,
  });
  const { salesforce } = place.world;
  const org = salesforce.org(ORG);
  return {
    ...place,
    used: () => org.usage(),
    limited: () => salesforce.calls.filter(({ status }) => status === 429 || status === 403).length,
    collected: ({ nth }) => org.fields('Contact', org.ref(emailOf(nth)))?.['Payside_Lifetime_Collected__c'],
  };
}

/** Each payer works at a company of their own, so that everything there is gets written. */
const orgSeed = (people: number): OrgSeed => ({
  id: ORG,
  name: 'Alder & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  sandbox: true,
  dailyCalls: 1_000_000,
  users: [{ id: ADMIN, email: 'ines@alder.example', firstName: 'Ines', lastName: 'Example' }],
  records: Array.from({ length: people }, (_, nth) => [
    { ref: `mill-${nth}`, type: 'Account', fields: { Name: `Mill ${nth}` } },
    {
      ref: emailOf(nth),
      type: 'Contact',
      fields: { LastName: `Payer ${nth}`, Email: emailOf(nth) },
      lookups: { AccountId: `mill-${nth}` },
    },
  ]).flat(),
});
