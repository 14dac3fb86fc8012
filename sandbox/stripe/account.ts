// The account behind the key.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import type { Account } from './shapes.ts';

function describe(ctx: Context): Account {
  const { country, currency, id, name } = ctx.account.definition;
  return {
    id,
    object: 'account',
    business_profile: {
      mcc: null,
      minority_owned_business_designation: null,
      name,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    controller: { type: 'account' },
    country,
    default_currency: currency,
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    settings: settings(name),
    type: 'standard',
  };
}

function settings(name: string): NonNullable<Account['settings']> {
  return {
    branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
    card_payments: {
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: name, timezone: 'Etc/UTC' },
    payments: {
      statement_descriptor: null,
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
  };
}

export const accountEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/account', {
    right: 'rak_accounts_kyc_basic_read',
    params: z.strictObject({}),
    run: (ctx) => describe(ctx),
  }),
];
