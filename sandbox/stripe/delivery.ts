// Delivering events: signed, to each endpoint that wants them, again until it says yes, and with the faults of a network.
import { createHmac } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Faults } from '../stand-in/faults.ts';
import { API_VERSION, type Emission } from './context.ts';
import type { AccountState } from './state.ts';
import type { SandboxEvent, WebhookEndpoint } from './shapes.ts';

export type Delivery = {
  deliver(emission: Emission): void;
  /** Resolves when nothing is on its way; what waits for a retry counts as on its way. */
  idle(): Promise<void>;
  stop(): void;
};

type Options = {
  faults: Faults;
  retryMs: number;
  now: () => Date;
  /** File that gets one JSON line for each delivery that is sent. */
  recordTo?: string | undefined;
};
type Parcel = { account: AccountState; event: SandboxEvent; endpoint: WebhookEndpoint; attempt: number };

const MAX_ATTEMPTS = 16;
const LONGEST_PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;

export function createDelivery(options: Options): Delivery {
  const abort = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const waiters: (() => void)[] = [];
  let held: Parcel | undefined;
  let busy = 0;

  const finished = () => {
    busy -= 1;
    if (busy > 0) return;
    for (const wake of waiters.splice(0)) wake();
  };
  const later = (ms: number, parcel: Parcel) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void post(parcel);
    }, ms);
    timers.add(timer);
  };
  const post = async (parcel: Parcel): Promise<void> => {
    if (abort.signal.aborted) return finished();
    if (await send(parcel, options, abort.signal)) arrived(parcel);
    else if (parcel.attempt < MAX_ATTEMPTS && stillWanted(parcel)) {
      return later(pause(options.retryMs, parcel.attempt), { ...parcel, attempt: parcel.attempt + 1 });
    }
    finished();
  };
  const start = (parcel: Parcel, ms = 0) => {
    busy += 1;
    later(ms, parcel);
  };
  const dispatch = (parcel: Parcel) => {
    if (options.faults.take('lost-webhook')) return;
    if (!held && options.faults.take('reorder-webhook')) {
      held = parcel;
      return;
    }
    const delay = options.faults.take('delay-webhook')?.ms ?? 0;
    start(parcel, delay);
    if (options.faults.take('duplicate-webhook')) start(parcel, delay);
    if (!held) return;
    start(held, delay + 20);
    held = undefined;
  };

  return {
    deliver({ account, event, endpoints }) {
      event.pending_webhooks = endpoints.length;
      if (endpoints.length === 0) return;
      account.hidden.undelivered.set(event.id, new Set(endpoints.map((endpoint) => endpoint.id)));
      for (const endpoint of endpoints) dispatch({ account, event, endpoint, attempt: 1 });
    },
    idle: () => (busy === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    stop() {
      abort.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const wake of waiters.splice(0)) wake();
    },
  };
}

function pause(base: number, attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, base * 2 ** (attempt - 1));
}

function stillWanted({ account, endpoint }: Parcel): boolean {
  return (
    endpoint.application !== null || account.tables.webhook_endpoints.get(endpoint.id)?.status === 'enabled'
  );
}

function arrived({ account, event, endpoint }: Parcel): void {
  const waiting = account.hidden.undelivered.get(event.id);
  if (!waiting?.delete(endpoint.id)) return;
  if (waiting.size === 0) account.hidden.undelivered.delete(event.id);
  event.pending_webhooks -= 1;
}

async function send(parcel: Parcel, options: Options, stopped: AbortSignal): Promise<boolean> {
  const { endpoint, event } = parcel;
  const told = {
    ...event,
    api_version: endpoint.api_version ?? event.api_version,
    ...(endpoint.application ? { account: parcel.account.definition.id } : {}),
  };
  const body = JSON.stringify(told, null, 2);
  // The contract that judges recordings is of one version.
  if (options.recordTo && told.api_version === API_VERSION)
    appendFileSync(options.recordTo, `${JSON.stringify({ vendor: 'stripe', webhook: told })}\n`);
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature(body, secretOf(parcel, options.faults), options.now()),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function secretOf({ account, endpoint }: Parcel, faults: Faults): string {
  const secret = account.hidden.secrets.get(endpoint.id) ?? '';
  return faults.take('wrong-secret') ? `${secret}-not` : secret;
}

function signature(body: string, secret: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
