// What a resource function is given: whose account, what time it is, and where changes are told.
import type { AccountState, World } from './state.ts';
import type { SandboxEvent, WebhookEndpoint } from './shapes.ts';

export const API_VERSION = '2026-10-28.endive';

export type Caller = 'secret' | 'restricted' | 'publishable' | 'app';

export type Emission = { account: AccountState; event: SandboxEvent; endpoints: WebhookEndpoint[] };

export type Context = {
  world: World;
  account: AccountState;
  /** Unix seconds by the sandbox clock, or the given moment while seeding. */
  now: number;
  caller: Caller;
  requestId: string | null;
  idempotencyKey: string | null;
  /** Hands a stored event to delivery; does nothing while seeding. */
  deliver: (emission: Emission) => void;
};
