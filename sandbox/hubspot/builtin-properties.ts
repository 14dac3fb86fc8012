// The properties HubSpot itself defines, as far as a payments connector meets them.
import type { Kind } from './kinds.ts';

export type PropertyType = 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool';

type Sketch = { type: PropertyType; options?: readonly string[]; readOnly?: boolean; unique?: boolean };
export type Builtin = Sketch & { name: string };

const text = (...names: string[]): Builtin[] => names.map((name) => ({ name, type: 'string' }));
const numbers = (...names: string[]): Builtin[] => names.map((name) => ({ name, type: 'number' }));
const times = (...names: string[]): Builtin[] => names.map((name) => ({ name, type: 'datetime' }));
const oneOf = (name: string, ...options: string[]): Builtin => ({ name, type: 'enumeration', options });
const system = (type: PropertyType, ...names: string[]): Builtin[] =>
  names.map((name) => ({ name, type, readOnly: true }));

const COMMON: Builtin[] = [
  ...system('string', 'hs_object_id', 'hs_merged_object_ids'),
  ...system('datetime', 'createdate', 'hs_createdate', 'lastmodifieddate', 'hs_lastmodifieddate'),
  ...text('hubspot_owner_id'),
];

const LIFECYCLE = oneOf(
  'lifecyclestage',
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
);

const ADDRESS = text('address', 'address2', 'city', 'state', 'zip', 'country', 'phone', 'website');

const PAYMENT_STATES = [
  'processing',
  'succeeded',
  'failed',
  'partially_refunded',
  'refunded',
  'processing_refund',
  'disputed_action_required',
  'disputed_processing_response',
  'disputed_won',
  'disputed_lost',
];

export const BUILTIN: Record<Kind, readonly Builtin[]> = {
  contacts: [
    ...COMMON,
    { name: 'email', type: 'string', unique: true },
    ...text('hs_additional_emails'),
    ...text(
      'firstname',
      'lastname',
      'company',
      'jobtitle',
      'mobilephone',
      'hs_language',
      'salutation',
      'hs_additional_emails',
    ),
    ...system('string', 'associatedcompanyid'),
    ...ADDRESS,
    LIFECYCLE,
  ],
  companies: [
    ...COMMON,
    ...text('name', 'domain', 'description', 'industry'),
    ...numbers('annualrevenue', 'numberofemployees'),
    ...ADDRESS,
    LIFECYCLE,
  ],
  deals: [
    ...COMMON,
    ...text('dealname', 'description', 'deal_currency_code'),
    ...numbers('amount'),
    ...times('closedate'),
    oneOf('pipeline', 'default'),
    oneOf('dealtype', 'newbusiness', 'existingbusiness'),
    oneOf(
      'dealstage',
      'appointmentscheduled',
      'qualifiedtobuy',
      'presentationscheduled',
      'decisionmakerboughtin',
      'contractsent',
      'closedwon',
      'closedlost',
    ),
  ],
  products: [
    ...COMMON,
    ...text('name', 'description', 'hs_sku', 'hs_url', 'recurringbillingfrequency'),
    ...numbers('price', 'hs_cost_of_goods_sold'),
  ],
  line_items: [
    ...COMMON,
    ...text('name', 'description', 'hs_sku', 'hs_product_id', 'hs_line_item_currency_code'),
    ...text('recurringbillingfrequency', 'hs_recurring_billing_period'),
    ...numbers('price', 'quantity', 'amount', 'discount', 'hs_discount_percentage', 'hs_tax_amount'),
  ],
  quotes: [
    ...COMMON,
    ...text('hs_title', 'hs_currency', 'hs_terms', 'hs_comments'),
    ...numbers('hs_quote_amount'),
    ...times('hs_expiration_date'),
    oneOf('hs_status', 'DRAFT', 'APPROVAL_NOT_NEEDED', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED'),
  ],
  invoices: [
    ...COMMON,
    ...text('hs_currency', 'hs_number', 'hs_title', 'hs_comments', 'hs_purchase_order_number'),
    ...text('hs_invoice_link', 'hs_external_recipient'),
    ...numbers('hs_amount_billed', 'hs_balance_due', 'hs_amount_paid'),
    ...times('hs_invoice_date', 'hs_due_date', 'hs_payment_date'),
    oneOf('hs_invoice_status', 'draft', 'open', 'paid', 'voided'),
    { name: 'hs_invoice_billable', type: 'bool' },
  ],
  commerce_payments: [
    ...COMMON,
    ...numbers('hs_initial_amount', 'hs_refunds_amount', 'hs_fees_amount', 'hs_net_amount'),
    ...times('hs_initiated_date', 'hs_payment_date', 'hs_payout_date'),
    ...text('hs_currency_code', 'hs_customer_email', 'hs_payment_method_type'),
    ...text('hs_payment_method_last_4', 'hs_payment_method_bank_or_issuer'),
    ...text('hs_reference_number', 'hs_internal_comment', 'hs_payment_id'),
    oneOf('hs_latest_status', ...PAYMENT_STATES),
    oneOf('hs_processor_type', 'hs_payments', 'byo_stripe', 'none', 'quickbooks', 'xero'),
  ],
};
