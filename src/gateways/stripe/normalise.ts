// From a stored Stripe event to facts, or to what must be read from Stripe because the event cannot decide.
import { z } from 'zod';
import events from '../../../manifests/webhook-events.json' with { type: 'json' };
import type { EntityKind } from '../../ledger/entities.ts';
import type { Fact } from '../../ledger/facts.ts';
import type { EntityRef, EventEnvelope, Normalised } from '../gateway.ts';
import {
  allocationFacts,
  creditNoteFacts,
  invoiceFacts,
  loweredInvoice,
  toldInvoice,
  type Context,
} from './normalise/invoices.ts';
import { payoutFacts } from './normalise/payers.ts';
import { chargeFacts, disputeFacts, finalIntentFacts, refundFacts } from './normalise/payments.ts';
import { refsIn } from './normalise/refs.ts';
import { renderingOf } from './normalise/renderings.ts';
import { isUnreadable } from './normalise/shapes.ts';

/** How an event is read; `webhook-events.json` names one for every event we subscribe to. */
type Reading = (object: Told, context: Context, changed: readonly string[]) => Reduced;
type Told = { id: string };
type Reduced = { facts: Fact[]; fetch?: EntityRef };
type Decided = Extract<Normalised, { outcome: 'facts' }>;

/** Fields of an open invoice that its merchant may still change without money moving. */
const EDITABLE = new Set(['description', 'due_date', 'metadata', 'customer', 'footer', 'custom_fields']);

/** What credit notes took off before payment; it goes down again where one of them is voided. */
const CREDITED = 'pre_payment_credit_notes_amount';

const read = (entity: EntityKind, { id }: Told): Reduced => ({ facts: [], fetch: { entity, id } });

const READINGS: Record<string, Reading> = {
  // A draft changes freely, so what an event said about one is old by the time it is read; a state we do not know is looked at.
  invoice(object, context, changed) {
    const { facts, decides, whole, isPaid } = toldInvoice(object, context);
    // Words, dates and credit of an open invoice go back and forth; nothing in an event says which came last.
    const isMoved = changed.some((field) => EDITABLE.has(field) || (field === CREDITED && !isPaid));
    return decides && whole && !isMoved ? { facts } : { facts, fetch: { entity: 'invoice', id: object.id } };
  },
  'invoice-deleted': (object, context) => ({ facts: invoiceFacts(object, context, true) }),
  'invoice-payment': (object, context) => ({ facts: allocationFacts(object, context) }),
  payment(object, context) {
    const facts = finalIntentFacts(object, context);
    return facts ? { facts } : read('payment', object);
  },
  charge: (object, context) => ({ facts: chargeFacts(object, context) }),
  refund: (object, context) => ({ facts: refundFacts(object, context) }),
  dispute: (object, context) => ({ facts: disputeFacts(object, context) }),
  // It lowers what an open invoice asks for, and raises it again when it is voided.
  'credit-note'(object, context) {
    const facts = creditNoteFacts(object, context);
    const id = loweredInvoice(object);
    return id === null ? { facts } : { facts, fetch: { entity: 'invoice', id } };
  },
  payout: (object, context) => ({ facts: payoutFacts(object, context) }),
  customer: (object) => read('customer', object),
  method: (object) => read('method', object),
  subscription: (object) => read('subscription', object),
};

/** Events that only our app's own address hears. */
const ENDINGS = new Set(Object.keys(events.stripe.appEvents));

const USED = new Map<string, Reading>(
  Object.entries(events.stripe.events).flatMap(([type, name]) => {
    const reading = READINGS[name];
    return reading ? [[type, reading] as const] : [];
  }),
);

export const isUsedEvent = (type: string): boolean => USED.has(type) || ENDINGS.has(type);

/** What our endpoints subscribe to. */
export const usedEvents: readonly string[] = [...USED.keys()];

const eventShape = z.object({
  type: z.string(),
  api_version: z.string().nullish(),
  data: z.object({
    object: z.looseObject({ id: z.string().min(1) }),
    previous_attributes: z.record(z.string(), z.unknown()).nullish(),
  }),
});

export function normalise(raw: Uint8Array, account: string): Normalised {
  const event = eventShape.safeParse(json(raw));
  if (!event.success) return { outcome: 'malformed', reason: 'malformed' };
  if (ENDINGS.has(event.data.type)) return { outcome: 'ended' };
  const reading = USED.get(event.data.type);
  if (!reading) return { outcome: 'ignored', reason: 'unknown_kind' };
  try {
    const { facts, fetch } = told(event.data, reading, account);
    if (facts.length > 0 || fetch.length > 0) return { outcome: 'facts', facts, fetch };
    return { outcome: 'ignored', reason: 'says_nothing_new' };
  } catch (error) {
    if (isUnreadable(error)) return { outcome: 'malformed', reason: 'malformed' };
    throw error;
  }
}

type Event = z.infer<typeof eventShape>;

function told(
  { api_version: version, data }: Event,
  reading: Reading,
  account: string,
): Pick<Decided, 'facts' | 'fetch'> {
  const rendering = renderingOf(version);
  // What nobody has taught us to read is never guessed at.
  if (!rendering) return { facts: [], fetch: refsIn(data.object) };
  const { object, previous_attributes: previous } = data;
  const context = { account, number: 0 };
  const { facts, fetch } = reading(rendering.asCurrent(object), context, Object.keys(previous ?? {}));
  const more = !fetch && rendering.lacks(object) ? refsIn(object) : [];
  return { facts, fetch: fetch ? [fetch] : more };
}
const envelopeSchema = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().min(1).max(255),
  livemode: z.boolean(),
  account: z.string().min(1).max(64).nullish(),
});

export function envelope(raw: Uint8Array): EventEnvelope | null {
  const parsed = envelopeSchema.safeParse(json(raw));
  if (!parsed.success) return null;
  const { id, type, livemode, account } = parsed.data;
  return { id, kind: type, livemode, known: isUsedEvent(type), externalId: account ?? null };
}

function json(raw: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
