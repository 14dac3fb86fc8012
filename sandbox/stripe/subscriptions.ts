// Subscriptions as the API shows them: lists, single ones, and their items.
import { z } from 'zod';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { newestFirst, same, within } from './lists.ts';
import { moment, paging, text } from './params.ts';
import type { Subscription } from './shapes.ts';
import { find } from './state.ts';
import { itemsOf } from './subscribing.ts';

const RIGHT = 'rak_subscription_read';

const OVER = new Set<Subscription['status']>(['canceled', 'incomplete_expired']);

const states = ['active', 'past_due', 'unpaid', 'canceled', 'incomplete', 'incomplete_expired'] as const;
const wish = z.enum([...states, 'trialing', 'paused', 'all', 'ended']).optional();

/** Without a wish, what has ended is left out. */
function isAsked({ status }: Subscription, asked: z.infer<typeof wish>): boolean {
  if (asked === 'all') return true;
  if (asked === 'ended') return OVER.has(status);
  return asked === undefined ? status !== 'canceled' : status === asked;
}

export const subscriptionEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/subscriptions', {
    right: RIGHT,
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      customer: text.optional(),
      status: wish,
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.subscriptions.values()]
          .filter((one) => within(one.created, params.created) && same(one.customer, params.customer))
          .filter((one) => isAsked(one, params.status)),
        params,
        '/v1/subscriptions',
      ),
  }),
  endpoint('GET /v1/subscriptions/:id', {
    right: RIGHT,
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'subscriptions', idOf(path)),
  }),
  endpoint('GET /v1/subscription_items', {
    right: RIGHT,
    params: z.strictObject({ ...paging, subscription: text }),
    run: (ctx, params) => {
      const { id } = find(ctx.account, 'subscriptions', params.subscription, 'subscription');
      return newestFirst(itemsOf(ctx, id).toReversed(), params, '/v1/subscription_items');
    },
  }),
];
