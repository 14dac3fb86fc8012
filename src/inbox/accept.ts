// The webhook door's work: verify, name, store raw; only then may the sender be told that it arrived.
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EventEnvelope, VerifyOutcome } from '../gateways/gateway.ts';
import type { IncomingEvent, Store } from '../store/store.ts';

/** Who may have sent an event, as the door's path says; only the signature decides. */
export type Sender = { workspaceId: string; account: string; livemode: boolean; secrets: string[] };

export type AcceptDeps = {
  store: Pick<Store, 'accept'>;
  clock: Clock;
  senderOf: (account: string) => Promise<Sender | null>;
  verify: (
    raw: Uint8Array,
    signature: string | undefined,
    secrets: readonly string[],
    now: Date,
  ) => VerifyOutcome;
  envelope: (raw: Uint8Array) => EventEnvelope | null;
  wake: () => void;
};

export type AcceptOutcome =
  | { outcome: 'stored' | 'duplicate' | 'ignored' | 'malformed' }
  | { outcome: 'refused'; reason: 'signature' | 'time' };

export type Accept = (
  account: string,
  raw: Uint8Array,
  signature: string | undefined,
) => Promise<AcceptOutcome>;

/** Throws only `store_unavailable`: then nothing was kept and the sender must try again. */
export function createAccept(deps: AcceptDeps): Accept {
  return async (account, raw, signature) => {
    const now = deps.clock.now();
    const sender = await deps.senderOf(account);
    if (!sender) return { outcome: 'refused', reason: 'signature' };
    const verdict = deps.verify(raw, signature, sender.secrets, now);
    if (!verdict.verified) return { outcome: 'refused', reason: verdict.reason };
    const event = toEvent(deps.envelope(raw), sender, raw, now);
    const [isNew] = await deps.store.accept([event]);
    if (!isNew) return { outcome: 'duplicate' };
    if (event.state === 'waiting') deps.wake();
    return { outcome: OUTCOMES[event.state] };
  };
}

const OUTCOMES = { waiting: 'stored', ignored: 'ignored', dead: 'malformed' } as const;

function toEvent(envelope: EventEnvelope | null, sender: Sender, raw: Uint8Array, now: Date): IncomingEvent {
  const base = {
    source: sender.account,
    workspaceId: sender.workspaceId,
    account: sender.account,
    receivedAt: now.toISOString(),
    raw,
  };
  if (!envelope) {
    const dedupeKey = createHash('sha256').update(raw).digest('base64url');
    return { ...base, dedupeKey, kind: 'unknown', state: 'dead', reason: 'malformed' };
  }
  const named = { ...base, dedupeKey: envelope.id, kind: envelope.kind };
  if (envelope.livemode !== sender.livemode) return { ...named, state: 'ignored', reason: 'ignored_mode' };
  if (!envelope.known) return { ...named, state: 'ignored', reason: 'unknown_kind' };
  return { ...named, state: 'waiting', reason: null };
}
