// Events: one stored snapshot for everything that changes, and who has to hear of it.
import { isInstalled } from './app.ts';
import { API_VERSION, type Context } from './context.ts';
import type { Kind, Kinds, SandboxEvent, WebhookEndpoint } from './shapes.ts';
import { newId, type AccountState } from './state.ts';

/** Records an event with a snapshot of the object as it is now, and hands it to delivery. */
export function emit(ctx: Context, type: string, object: object, previous?: Record<string, unknown>): void {
  const { account } = ctx;
  const event: SandboxEvent = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: ctx.now,
    data: { object: structuredClone(object), ...(previous ? { previous_attributes: previous } : {}) },
    livemode: account.definition.livemode,
    pending_webhooks: 0,
    request: { id: ctx.requestId, idempotency_key: ctx.idempotencyKey },
    type,
  };
  account.tables.events.set(event.id, event);
  ctx.deliver({ account, event, endpoints: [...listeners(account, type), ...appsOf(ctx)] });
}

function listeners(account: AccountState, type: string): WebhookEndpoint[] {
  return [...account.tables.webhook_endpoints.values()].filter(
    (endpoint) => endpoint.status === 'enabled' && wants(endpoint.enabled_events, type),
  );
}

/** An app hears of every account that has it installed. */
function appsOf({ world: { app }, account }: Context): WebhookEndpoint[] {
  return app && isInstalled(app, account) ? [app.endpoint] : [];
}

function wants(patterns: string[], type: string): boolean {
  return patterns.includes('*') || patterns.includes(type);
}

/** Writes a patch into a stored object and tells it as `type`, with the former values of what changed. */
export function change<T extends object>(ctx: Context, type: string, object: T, patch: Partial<T>): void {
  const previous = apply(object, patch);
  if (Object.keys(previous).length > 0) emit(ctx, type, object, previous);
}

/** Writes a patch without an event; returns the former values of what changed. */
export function apply<T extends object>(object: T, patch: Partial<T>): Record<string, unknown> {
  const before = object as Record<string, unknown>;
  const previous: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(patch)) {
    if (JSON.stringify(before[key]) === JSON.stringify(value)) continue;
    previous[key] = structuredClone(before[key] ?? null);
    before[key] = value;
  }
  return previous;
}

/** Keeps a new object. */
export function store<K extends Kind>(ctx: Context, kind: K, object: Kinds[K]): Kinds[K] {
  const table: Map<string, Kinds[K]> = ctx.account.tables[kind];
  table.set(object.id, object);
  return object;
}
