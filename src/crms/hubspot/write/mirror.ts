// Invoices, line items and payments that Payside keeps in HubSpot: upserted by our own unique property, linked in batches.
import { z } from 'zod';
import fields from '../../../../manifests/crm-fields.json' with { type: 'json' };
import { crmRejected } from '../../../errors.ts';
import type { Crm, MirrorKind, MirrorWrite, WriteOutcome } from '../../crm.ts';
import type { AskFor } from '../client.ts';
import { createLink } from './link.ts';
import type { OwnIds } from './own-ids.ts';
import { OWN_ID } from '../schema.ts';

/** HubSpot has objects of its own for these; what happened to a payment stands on the payment. */
type Mirrored = Extract<MirrorKind, 'invoice' | 'line' | 'payment'>;

const MIRROR_TYPES: Record<Mirrored, string> = {
  invoice: 'invoices',
  line: 'line_items',
  payment: 'commerce_payments',
};

const isMirrored = (kind: MirrorKind): kind is Mirrored => kind in MIRROR_TYPES;

export function mirrorType(kind: MirrorKind): string {
  if (isMirrored(kind)) return MIRROR_TYPES[kind];
  throw crmRejected({ context: { vendor: 'hubspot', code: `no ${kind}` } });
}

/** HubSpot's words for the state of a payment; `disputed` has no word of its own for who has to act. */
const PAYMENT_STATUS: Record<string, string> = {
  refunding: 'processing_refund',
  disputed: 'disputed_action_required',
  reversed: 'disputed_lost',
};

/** HubSpot's names of canonical fields. On invoices only ours say what is owed: HubSpot's own are its billing's. */
const NAMES: Record<Mirrored, Record<string, string>> = {
  invoice: {
    currency: 'hs_currency',
    ...Object.fromEntries(fields.invoice.map(({ field, name }) => [field, name])),
  },
  line: {
    currency: 'hs_line_item_currency_code',
    description: 'name',
    quantity: 'quantity',
    price: 'price',
  },
  payment: {
    currency: 'hs_currency_code',
    amount: 'hs_initial_amount',
    refunded: 'hs_refunds_amount',
    status: 'hs_latest_status',
    started_at: 'hs_initiated_date',
    reference: 'hs_reference_number',
  },
};

/** Copies are never billed by HubSpot. */
const FIXED: Record<Mirrored, Record<string, string>> = {
  invoice: { hs_invoice_billable: 'false' },
  line: {},
  payment: {},
};

/** Properties of a mirrored record by HubSpot's names. */
export function mirrorProperties(kind: MirrorKind, write: MirrorWrite): Record<string, string> {
  if (!isMirrored(kind)) return {};
  const given = Object.entries(write.fields).flatMap(([field, value]) => {
    const name = NAMES[kind][field];
    const word = kind === 'payment' && field === 'status' ? (PAYMENT_STATUS[value ?? ''] ?? value) : value;
    return name ? [[name, word ?? '']] : [];
  });
  return { ...FIXED[kind], ...Object.fromEntries(given) };
}

const answerShape = z.object({
  results: z.array(z.object({ id: z.string(), properties: z.record(z.string(), z.string().nullish()) })),
  errors: z
    .array(
      z.object({
        category: z.string().nullish(),
        message: z.string().nullish(),
        context: z.record(z.string(), z.array(z.string())).nullish(),
      }),
    )
    .nullish(),
});

export const createMirror = (askFor: AskFor, ids: OwnIds): Pick<Crm, 'upsert' | 'link'> => ({
  upsert: createUpsert(askFor, ids),
  link: createLink(askFor, ids, mirrorType),
});

const createUpsert =
  (askFor: AskFor, ids: OwnIds): Crm['upsert'] =>
  async (connection, kind, writes) => {
    const type = mirrorType(kind);
    const inputs = writes.map((write) => ({
      id: write.paysideId,
      idProperty: OWN_ID,
      objectWriteTraceId: write.paysideId,
      properties: { ...mirrorProperties(kind, write), [OWN_ID]: write.paysideId },
    }));
    const answer = await askFor(connection)(async (client) =>
      answerShape.parse(await client.crm.objects.batchApi.upsert(type, { inputs })),
    );
    const done = new Set<string>();
    for (const { id, properties } of answer.results) {
      const own = properties[OWN_ID];
      if (!own) continue;
      done.add(own);
      ids.remember(connection, kind, own, id);
    }
    return writes.map((write) => outcomeOf(write, done, answer.errors ?? []));
  };

type Problem = NonNullable<z.infer<typeof answerShape>['errors']>[number];

function outcomeOf({ key, paysideId }: MirrorWrite, done: Set<string>, problems: Problem[]): WriteOutcome {
  if (done.has(paysideId)) return { key, outcome: 'written' };
  const problem = problems.find(({ context }) => {
    const named = [...(context?.['objectWriteTraceId'] ?? []), ...(context?.['ids'] ?? [])];
    return named.includes(paysideId);
  });
  // An answer that leaves a record out says nothing about it.
  if (!problem) return { key, outcome: 'unknown' };
  return { key, outcome: 'refused', reason: problem.message ?? problem.category ?? 'refused' };
}
