// The object types the stand-in knows: names, type ids, scopes and what a read shows unasked.

export type Kind =
  | 'contacts'
  | 'companies'
  | 'deals'
  | 'products'
  | 'line_items'
  | 'quotes'
  | 'invoices'
  | 'commerce_payments';

export type KindInfo = {
  kind: Kind;
  typeId: string;
  /** Name in messages, association types and webhook subscription types. */
  singular: string;
  /** The middle of its scopes: crm.objects.<scope>.read. */
  scope: string;
  created: string;
  modified: string;
  /** Properties a read returns when none are asked for. */
  shown: readonly string[];
  /** Properties a create must carry. */
  required: readonly string[];
};

type Facts = { typeId: string; singular: string } & Partial<KindInfo>;

function kindOf(kind: Kind, facts: Facts): KindInfo {
  const created = facts.created ?? 'hs_createdate';
  const modified = facts.modified ?? 'hs_lastmodifieddate';
  return {
    kind,
    scope: kind,
    required: [],
    ...facts,
    created,
    modified,
    shown: [...(facts.shown ?? []), created, modified, 'hs_object_id'],
  };
}

export const KINDS: readonly KindInfo[] = [
  kindOf('contacts', {
    typeId: '0-1',
    singular: 'contact',
    created: 'createdate',
    modified: 'lastmodifieddate',
    shown: ['email', 'firstname', 'lastname'],
  }),
  kindOf('companies', {
    typeId: '0-2',
    singular: 'company',
    created: 'createdate',
    shown: ['name', 'domain'],
  }),
  kindOf('deals', {
    typeId: '0-3',
    singular: 'deal',
    created: 'createdate',
    shown: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
  }),
  kindOf('products', { typeId: '0-7', singular: 'product' }),
  kindOf('line_items', { typeId: '0-8', singular: 'line_item' }),
  kindOf('quotes', { typeId: '0-14', singular: 'quote' }),
  kindOf('invoices', { typeId: '0-53', singular: 'invoice', required: ['hs_currency'] }),
  kindOf('commerce_payments', {
    typeId: '0-101',
    singular: 'commerce_payment',
    scope: 'commercepayments',
    required: ['hs_initial_amount', 'hs_initiated_date'],
  }),
];

const BY_NAME = new Map(
  KINDS.flatMap((info) => [info.kind, info.typeId, info.singular].map((name) => [name, info] as const)),
);

/** The object type a path or option names: plural, singular or type id. */
export function findKind(name: string): KindInfo | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export function infoOf(kind: Kind): KindInfo {
  const info = BY_NAME.get(kind);
  if (!info) throw new Error(`no such object type: ${kind}`);
  return info;
}
