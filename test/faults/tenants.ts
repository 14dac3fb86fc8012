// Who lives in the world that faults are done to: merchants with the same customers, each with a CRM and an account of their own.
import { makeId } from '../../sandbox/salesforce/ids.ts';
import type { OrgSeed } from '../../sandbox/salesforce/start.ts';
import type { PortalSeed } from '../../sandbox/hubspot/types.ts';
import type { AccountDefinition } from '../../sandbox/stripe/start.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';

/** A merchant before anything runs. */
export type Merchant = {
  account: AccountDefinition;
  currency: string;
} & ({ crm: 'hubspot'; portal: PortalSeed } | { crm: 'salesforce'; org: OrgSeed });

const COUNTRIES: Record<string, string> = { EUR: 'DE', USD: 'US' };

export function hubspotMerchant(number: number, currency = 'EUR'): Merchant {
  const id = 5_300_000 + number;
  const domain = `merchant-${number}.example`;
  return {
    crm: 'hubspot',
    currency,
    account: accountOf(`hub${number}`, currency),
    portal: {
      id,
      name: `Merchant ${number}`,
      currency,
      timeZone: 'Europe/Berlin',
      commercePayments: true,
      testAccount: true,
      users: [{ id: 100 + number, firstName: 'Ines', lastName: 'Example', email: `ines@${domain}` }],
    },
  };
}

export function salesforceMerchant(number: number, currency = 'EUR'): Merchant {
  const domain = `org-${number}.example`;
  return {
    crm: 'salesforce',
    currency,
    account: accountOf(`sales${number}`, currency),
    org: {
      id: makeId('00D', 400 + number),
      name: `Org ${number}`,
      currency,
      timeZone: 'Europe/Berlin',
      sandbox: true,
      users: [
        { id: makeId('005', 400 + number), firstName: 'Sven', lastName: 'Example', email: `sven@${domain}` },
      ],
      records: [],
    },
  };
}

const accountOf = (word: string, currency: string): AccountDefinition =>
  stripeAccount(
    `acct_faults${word}`,
    `Merchant ${word}`,
    COUNTRIES[currency] ?? 'DE',
    currency.toLowerCase(),
  );

/** Both CRMs, two merchants of one of them, two currencies. */
export const everyMerchant = (): Merchant[] => [
  hubspotMerchant(1),
  hubspotMerchant(2, 'USD'),
  salesforceMerchant(1),
];

/** A merchant, and another one whose customers have the same addresses. */
export const twoMerchants = (crm: Merchant['crm']): Merchant[] =>
  crm === 'hubspot'
    ? [hubspotMerchant(1), hubspotMerchant(2, 'USD')]
    : [salesforceMerchant(1), hubspotMerchant(1)];
