// Reads what Stripe told lately, also where nobody heard it: facts where an event decides, otherwise the object to read.
import type { Stripe } from 'stripe';
import type { EventPage, GatewayConnection } from '../../gateway.ts';
import type { ClientFor } from '../client.ts';
import { normalise } from '../normalise.ts';
import { refsIn } from '../normalise/refs.ts';
import { renderingOf } from '../normalise/renderings.ts';
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

/** Listed events stand in the version of the account, which may be any, and under names that only that version has. */
function readingOf(event: Stripe.Event, account: string): Reading {
  if (!renderingOf(event.api_version)) return { facts: [], fetch: refsIn(event.data.object) };
  const found = normalise(Buffer.from(JSON.stringify(event)), account);
  return found.outcome === 'facts' ? found : { facts: [], fetch: [] };
}
