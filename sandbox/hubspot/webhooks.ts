// Webhooks: gathers events per account, signs and delivers them in batches, and redelivers what was not taken.
import { appendFileSync } from 'node:fs';
import type { Kind } from './kinds.ts';
import { infoOf } from './kinds.ts';
import { signatureHeaders } from './signature.ts';
import type { WebhookSubscription } from './types.ts';
import type { CrmEvent, World } from './world.ts';

const GATHER_MS = 40;
const MOST_EVENTS = 100;
const MOST_ATTEMPTS = 10;
const TIMEOUT_MS = 5_000;
const HEARD: readonly Kind[] = ['contacts', 'companies', 'deals'];

export type Delivery = {
  at: string;
  target: string;
  attempt: number;
  events: object[];
  /** Status of the answer, or what went wrong on the way. */
  outcome: number | string;
};

export type Webhooks = {
  announce(event: CrmEvent): void;
  deliveries: Delivery[];
  /** Forgets what waits and what was delivered. */
  clear(): void;
};

export const USUAL_SUBSCRIPTIONS: readonly WebhookSubscription[] = [
  ...HEARD.map((kind) => infoOf(kind).singular).flatMap((name) =>
    ['propertyChange', 'deletion', 'merge'].map((what) => ({ subscriptionType: `${name}.${what}` })),
  ),
  { subscriptionType: 'contact.privacyDeletion' },
];

type Ground = WebhookOptions & {
  world: World;
  deliveries: Delivery[];
  waiting: object[];
  timers: Set<NodeJS.Timeout>;
};

export type WebhookOptions = {
  retryMs: number;
  /** File that gets one JSON line a delivery. */
  recordTo?: string | undefined;
};

export function createWebhooks(world: World, options: WebhookOptions): Webhooks {
  const ground: Ground = { world, ...options, deliveries: [], waiting: [], timers: new Set() };
  let nextEvent = 1;
  return {
    deliveries: ground.deliveries,
    announce(event) {
      if (!world.settings.webhookTarget || !isInstalled(world, event.portalId)) return;
      for (const [index, subscription] of world.settings.webhookSubscriptions.entries()) {
        if (!wants(subscription, event)) continue;
        ground.waiting.push(
          payloadOf(world, event, subscription, { eventId: nextEvent++, subscriptionId: index + 1 }),
        );
        if (ground.waiting.length === 1) later(ground, GATHER_MS, () => flush(ground));
      }
    },
    clear() {
      for (const timer of ground.timers) clearTimeout(timer);
      ground.timers.clear();
      ground.waiting.length = 0;
      ground.deliveries.length = 0;
    },
  };
}

function isInstalled(world: World, portalId: number): boolean {
  for (const token of world.tokens.values())
    if (token.use === 'refresh_token' && token.portalId === portalId) return true;
  return false;
}

function wants(subscription: WebhookSubscription, event: CrmEvent): boolean {
  const [subject = '', what] = subscription.subscriptionType.split('.');
  const { singular, typeId } = infoOf(event.kind);
  const subjects = [singular, typeId, event.kind];
  const named = subject === 'object' ? (subscription.objectType ?? '') : subject;
  if (what !== event.happened || !subjects.includes(named.toLowerCase())) return false;
  return subscription.propertyName === undefined || subscription.propertyName === event.propertyName;
}

function payloadOf(
  world: World,
  event: CrmEvent,
  subscription: WebhookSubscription,
  ids: { eventId: number; subscriptionId: number },
): object {
  const { appId } = world.settings.app;
  const isObject = subscription.subscriptionType.startsWith('object.');
  return {
    ...ids,
    portalId: event.portalId,
    appId,
    occurredAt: world.clock.now().getTime(),
    subscriptionType: subscription.subscriptionType,
    ...(isObject ? { objectTypeId: infoOf(event.kind).typeId } : {}),
    attemptNumber: 0,
    objectId: Number(event.objectId),
    ...(event.happened === 'propertyChange'
      ? { propertyName: event.propertyName, propertyValue: event.propertyValue, isSensitive: false }
      : {}),
    ...(event.happened === 'merge'
      ? {
          primaryObjectId: Number(event.primaryId),
          mergedObjectIds: (event.mergedIds ?? []).map(Number),
          newObjectId: Number(event.objectId),
          numberOfPropertiesMoved: 0,
        }
      : {}),
    ...(event.happened === 'deletion' ? { changeFlag: 'DELETED' } : {}),
    changeSource: event.changeSource,
    sourceId: event.sourceId,
  };
}

function later(ground: Ground, ms: number, work: () => void): void {
  const timer = setTimeout(() => {
    ground.timers.delete(timer);
    work();
  }, ms);
  timer.unref();
  ground.timers.add(timer);
}

function flush(ground: Ground): void {
  const events = ground.waiting.splice(0, MOST_EVENTS);
  if (ground.waiting.length > 0) later(ground, 0, () => flush(ground));
  void attempt(ground, events, 0);
}

async function attempt(ground: Ground, events: object[], number: number): Promise<void> {
  const target = ground.world.settings.webhookTarget;
  if (target === undefined) return;
  const numbered = events.map((event) => ({ ...event, attemptNumber: number }));
  if (ground.recordTo)
    appendFileSync(ground.recordTo, `${JSON.stringify({ vendor: 'hubspot', webhook: numbered })}\n`);
  const outcome = await deliver(ground.world, target, JSON.stringify(numbered));
  const at = ground.world.clock.now().toISOString();
  ground.deliveries.push({ at, target, attempt: number, events: numbered, outcome });
  if (!isRefused(outcome) || number + 1 >= MOST_ATTEMPTS) return;
  later(ground, ground.retryMs * 2 ** number, () => void attempt(ground, events, number + 1));
}

/** Not taken, and worth another try: HubSpot does not repeat what was refused by a 4xx, except 429. */
const isRefused = (outcome: number | string): boolean =>
  typeof outcome === 'string' || outcome === 429 || outcome >= 500 || (outcome >= 300 && outcome < 400);

async function deliver(world: World, target: string, body: string): Promise<number | string> {
  const signed = { method: 'POST', url: target, body, timestamp: world.clock.now().getTime() };
  try {
    const response = await fetch(target, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders(world.settings.app.clientSecret, signed),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
