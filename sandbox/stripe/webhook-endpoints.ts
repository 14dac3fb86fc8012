// Webhook endpoints and the list of events.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { apply, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { bool, clearable, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import type { SandboxEvent, WebhookEndpoint } from './shapes.ts';
import { find, newId, randomText } from './state.ts';

const pattern = z.string().regex(/^(\*|[a-z_]+(\.[a-z_]+)+)$/);
const creation = z.strictObject({
  enabled_events: z.array(pattern).min(1),
  url: text,
  api_version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/)
    .optional(),
  connect: z.literal('false').optional(),
  description: clearable.optional(),
  metadata: metadata.optional(),
});
const changes = z.strictObject({
  description: clearable.optional(),
  disabled: bool.optional(),
  enabled_events: z.array(pattern).min(1).optional(),
  metadata: metadata.optional(),
  url: text.optional(),
});

/** Stripe refuses plain http for live endpoints; the sandbox's own loopback stays possible. */
function checkUrl(ctx: Context, url: string): string {
  const { hostname, protocol } = URL.canParse(url) ? new URL(url) : { hostname: '', protocol: '' };
  const plain = !ctx.account.definition.livemode || hostname === '127.0.0.1' || hostname === 'localhost';
  if (protocol === 'https:' || (protocol === 'http:' && plain)) return url;
  throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', 'url_invalid', 'url');
}

/** The secret is told once, in this answer. */
function create(ctx: Context, params: z.infer<typeof creation>): object {
  const secret = `whsec_${randomText(32)}`;
  const made = store(ctx, 'webhook_endpoints', {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: ctx.now,
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: ctx.account.definition.livemode,
    metadata: mergeMetadata(null, params.metadata),
    status: 'enabled',
    url: checkUrl(ctx, params.url),
  });
  ctx.account.hidden.secrets.set(made.id, secret);
  return { ...made, secret };
}

function update(ctx: Context, params: z.infer<typeof changes>, id: string): WebhookEndpoint {
  const found = find(ctx.account, 'webhook_endpoints', id);
  apply(found, {
    description: params.description === undefined ? found.description : params.description,
    enabled_events: params.enabled_events ?? found.enabled_events,
    metadata: mergeMetadata(found.metadata, params.metadata),
    url: params.url ? checkUrl(ctx, params.url) : found.url,
    ...(params.disabled === undefined ? {} : { status: params.disabled ? 'disabled' : 'enabled' }),
  });
  return found;
}

const READ = 'rak_webhook_read';
const WRITE = 'rak_webhook_write';

const endpoints: readonly Endpoint[] = [
  endpoint('POST /v1/webhook_endpoints', { right: WRITE, params: creation, run: create }),
  endpoint('GET /v1/webhook_endpoints', {
    right: READ,
    params: z.strictObject(paging),
    run: (ctx, params) =>
      newestFirst(ctx.account.tables.webhook_endpoints.values(), params, '/v1/webhook_endpoints'),
  }),
  endpoint('GET /v1/webhook_endpoints/:id', {
    right: READ,
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'webhook_endpoints', idOf(path)),
  }),
  endpoint('POST /v1/webhook_endpoints/:id', {
    right: WRITE,
    params: changes,
    run: (ctx, params, path) => update(ctx, params, idOf(path)),
  }),
  endpoint('DELETE /v1/webhook_endpoints/:id', {
    right: WRITE,
    params: z.strictObject({}),
    run: (ctx, _params, path) => {
      const { id } = find(ctx.account, 'webhook_endpoints', idOf(path));
      ctx.account.tables.webhook_endpoints.delete(id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  }),
];

const listing = z.strictObject({
  ...paging,
  created: moment.optional(),
  delivery_success: bool.optional(),
  type: text.optional(),
  types: z.array(text).max(20).optional(),
});
const KEPT_SECONDS = 30 * 86_400;

function listEvents(ctx: Context, params: z.infer<typeof listing>): object {
  return newestFirst(
    [...ctx.account.tables.events.values()]
      .filter((event) => event.created > ctx.now - KEPT_SECONDS && within(event.created, params.created))
      .filter((event) => matches(event.type, params.type) && (params.types?.includes(event.type) ?? true))
      .filter((event) => same(delivered(ctx, event), params.delivery_success)),
    params,
    '/v1/events',
  );
}

/** A type, or a group such as `invoice.*`. */
function matches(type: string, wish: string | undefined): boolean {
  if (wish === undefined) return true;
  return wish.endsWith('*') ? type.startsWith(wish.slice(0, -1)) : type === wish;
}

function delivered(ctx: Context, event: SandboxEvent): boolean {
  return (ctx.account.hidden.undelivered.get(event.id)?.size ?? 0) === 0;
}

const eventEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/events', { right: 'rak_event_read', params: listing, run: listEvents }),
  endpoint('GET /v1/events/:id', {
    right: 'rak_event_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'events', idOf(path)),
  }),
];

export const webhookEndpoints: readonly Endpoint[] = [...endpoints, ...eventEndpoints];
