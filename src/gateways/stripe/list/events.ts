// Reads what Stripe told lately, also where nobody heard it: facts where an event decides, otherwise the object to read.
import type { Stripe } from 'stripe';
import { z } from 'zod';
import type { EntityKind } from '../../../ledger/entities.ts';
import type { EntityRef, EventPage, GatewayConnection } from '../../gateway.ts';
import { API_VERSION, type ClientFor } from '../client.ts';
import { normalise } from '../normalise.ts';
import { nextAfter, pageAfter, secondsOf } from './pages.ts';

/** Stripe keeps events for 30 days; to ask for more would say nothing else. */
export const createEvents =
  (clientFor: ClientFor) =>
  async (connection: GatewayConnection, since: Date, cursor: string | null): Promise<EventPage> => {
    const stripe = clientFor(connection);
    const created = { gte: secondsOf(since) };
    const page = await pageAfter((query) => stripe.events.list({ ...query, created }), cursor);
    const read = page.data.map((event) => readingOf(event, connection.account));
    return {
      facts: read.flatMap(({ facts }) => facts),
      fetch: read.flatMap(({ fetch }) => fetch),
      next: nextAfter(page),
    };
  };

type Reading = Pick<EventPage, 'facts' | 'fetch'>;

/** Listed events stand in the version of the account, which may be any: such a one only says where to look. */
function readingOf(event: Stripe.Event, account: string): Reading {
  if (event.api_version !== API_VERSION) return { facts: [], fetch: refsIn(event) };
  const found = normalise(Buffer.from(JSON.stringify(event)), account);
  return found.outcome === 'facts' ? found : { facts: [], fetch: [] };
}

const ENTITIES: Record<string, EntityKind> = {
  invoice: 'invoice',
  payment_intent: 'payment',
  refund: 'refund',
  dispute: 'dispute',
  credit_note: 'creditNote',
  customer: 'customer',
  payment_method: 'method',
};

const named = z.object({
  object: z.string(),
  id: z.string().min(1),
  payment_intent: z.unknown().optional(),
  invoice: z.unknown().optional(),
});

function refsIn({ data }: Stripe.Event): EntityRef[] {
  const about = named.safeParse(data.object).data;
  if (!about) return [];
  const { object, id, payment_intent: intent, invoice } = about;
  if (object === 'charge') return typeof intent === 'string' ? [{ entity: 'payment', id: intent }] : [];
  if (object === 'invoice_payment')
    return typeof invoice === 'string' ? [{ entity: 'invoice', id: invoice }] : [];
  const entity = ENTITIES[object];
  return entity ? [{ entity, id }] : [];
}
