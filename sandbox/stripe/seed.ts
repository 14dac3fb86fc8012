// Seeding: the same endpoints called from inside, at a given moment and without webhooks.
import type { Context } from './context.ts';
import { closeDispute, openDispute } from './disputes.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { plainCopy } from './expand.ts';
import { decodeForm, encodeForm } from './form.ts';
import { failLate, settle } from './late-results.ts';
import { contextOf, execute, type Pipeline } from './pipeline.ts';
import { failRefund } from './refunds.ts';
import type { Kind, Kinds, Subscription } from './shapes.ts';
import { find, type AccountDefinition, type AccountState } from './state.ts';
import {
  doubleQuantity,
  end,
  endLater,
  pauseCollection,
  renew,
  subscribe,
  type SubscriptionWish,
} from './subscribing.ts';

export type SeedOptions = {
  /** When it happened; left out: now. */
  at?: Date | undefined;
  /** True (the default): no webhook is sent. The events are listed in any case. */
  silent?: boolean | undefined;
};

/** What an endpoint answered, as plain JSON. */
export type Made = Record<string, unknown> & { id: string };

/** What can happen to a subscription. */
export type SubscriptionStep = 'renew' | 'pause' | 'resume' | 'double' | 'end later' | 'end';

const STEPS: Record<SubscriptionStep, (ctx: Context, subscription: Subscription) => void> = {
  renew,
  pause: (ctx, subscription) => pauseCollection(ctx, subscription, true),
  resume: (ctx, subscription) => pauseCollection(ctx, subscription, false),
  double: doubleQuantity,
  'end later': endLater,
  end,
};

export type AccountHandle = {
  definition: AccountDefinition;
  /** `POST /v1/<kind>` with parameters as the client library takes them. */
  create(kind: string, params: object, options?: SeedOptions): Made;
  /** `POST /v1/<kind>/<id>/<action>`, for example `act('invoices', id, 'finalize')`. */
  act(kind: string, id: string, action: string, params?: object, options?: SeedOptions): Made;
  /** Any endpoint: `request('GET', '/v1/invoices', { limit: 3 })`. A refusal is thrown as `Refusal`. */
  request(method: 'GET' | 'POST' | 'DELETE', path: string, params?: object, options?: SeedOptions): Made;
  /** Copies of all objects of a kind, in the order they were made. */
  all<K extends Kind>(kind: K): Kinds[K][];
  settle(paymentIntent: string, options?: SeedOptions): Made;
  failLate(paymentIntent: string, options?: SeedOptions): Made;
  dispute(charge: string, amount?: number, options?: SeedOptions): Made;
  closeDispute(dispute: string, status: 'won' | 'lost', options?: SeedOptions): Made;
  failRefund(refund: string, options?: SeedOptions): Made;
  /** Begins a subscription of a customer, with its first invoice. */
  subscribe(customer: string, wish: SubscriptionWish, options?: SeedOptions): Made;
  /** Moves a subscription on. */
  steer(subscription: string, step: SubscriptionStep, options?: SeedOptions): Made;
};

export function accountHandle(pipeline: Pipeline, account: AccountState): AccountHandle {
  const contextFor = (options: SeedOptions = {}): Context => {
    const deliver = (options.silent ?? true) ? () => undefined : pipeline.deliver;
    const request = { requestId: null, idempotencyKey: null, at: options.at };
    return contextOf({ ...pipeline, deliver }, { account, caller: 'secret' }, request);
  };
  const request: AccountHandle['request'] = (method, path, params = {}, options = {}) => {
    const { endpoint, segments } = endpointAt(method, path);
    const form = decodeForm(encodeForm(params));
    return plain(execute({ endpoint, ctx: contextFor(options), form, path: segments }));
  };
  return {
    definition: account.definition,
    request,
    create: (kind, params, options) => request('POST', `/v1/${kind}`, params, options),
    act: (kind, id, action, params = {}, options = {}) =>
      request('POST', `/v1/${kind}/${id}/${action}`, params, options),
    all: (kind) => structuredClone([...account.tables[kind].values()]),
    settle: (id, options) => plain(settle(contextFor(options), id)),
    failLate: (id, options) => plain(failLate(contextFor(options), id)),
    dispute(id, amount, options) {
      const charge = find(account, 'charges', id);
      return plain(
        openDispute(contextFor(options), charge, amount ?? charge.amount - charge.amount_refunded),
      );
    },
    closeDispute: (id, status, options) => plain(closeDispute(contextFor(options), id, status)),
    failRefund: (id, options) => plain(failRefund(contextFor(options), id)),
    subscribe: (customer, wish, options) => plain(subscribe(contextFor(options), customer, wish)),
    steer(id, step, options) {
      const subscription = find(account, 'subscriptions', id);
      STEPS[step](contextFor(options), subscription);
      return plain(subscription);
    },
  };
}

function plain(object: object): Made {
  return plainCopy(object) as Made;
}

function endpointAt(method: string, path: string): { endpoint: Endpoint; segments: Record<string, string> } {
  for (const endpoint of ENDPOINTS) {
    const pattern = endpoint.path.replaceAll(/:([a-zA-Z]+)/g, '(?<$1>[^/]+)');
    const match = endpoint.method === method ? new RegExp(`^${pattern}$`).exec(path) : null;
    if (match) return { endpoint, segments: { ...match.groups } };
  }
  throw new Error(`The stand-in has no ${method} ${path}`);
}
