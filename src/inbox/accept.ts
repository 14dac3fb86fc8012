// The webhook door's work for gateways: verify, name, store raw; only then may the sender be told that it arrived.
import type { Clock } from '../clock.ts';
import type { EventEnvelope, VerifyOutcome } from '../gateways/gateway.ts';
import type { IncomingEvent } from '../store/store.ts';
import { keep, nameOf, type AcceptOutcome, type Keeping } from './keep.ts';

/** An account an event may be about. */
export type Sender = { workspaceId: string; account: string; livemode: boolean };

/** What a path leads to. The path only selects the secrets; the signature decides. */
export type Door = {
  secrets: string[];
  /** Whose event it is, once its signature has been checked; nobody's where none of ours is meant. */
  sendersOf: (envelope: EventEnvelope | null) => Promise<Sender[]>;
};

export type AcceptDeps = Keeping & {
  clock: Clock;
  /** @param account our own id of an account; null for the address that hears of all who gave their consent */
  doorOf: (account: string | null) => Promise<Door | null>;
  verify: (
    raw: Uint8Array,
    signature: string | undefined,
    secrets: readonly string[],
    now: Date,
  ) => VerifyOutcome;
  envelope: (raw: Uint8Array) => EventEnvelope | null;
};

export type Accept = (
  account: string | null,
  raw: Uint8Array,
  signature: string | undefined,
) => Promise<AcceptOutcome>;

/** Throws only `store_unavailable`: then nothing was kept and the sender must try again. */
export function createAccept(deps: AcceptDeps): Accept {
  return async (account, raw, signature) => {
    const now = deps.clock.now();
    const door = await deps.doorOf(account);
    if (!door) return { outcome: 'refused', reason: 'signature' };
    const verdict = deps.verify(raw, signature, door.secrets, now);
    if (!verdict.verified) return { outcome: 'refused', reason: verdict.reason };
    const envelope = deps.envelope(raw);
    const senders = await door.sendersOf(envelope);
    return keep(
      deps,
      senders.map((sender) => toEvent(envelope, sender, raw, now)),
    );
  };
}

function toEvent(envelope: EventEnvelope | null, sender: Sender, raw: Uint8Array, now: Date): IncomingEvent {
  const base = {
    source: sender.account,
    workspaceId: sender.workspaceId,
    account: sender.account,
    receivedAt: now.toISOString(),
    raw,
  };
  if (!envelope) {
    return { ...base, dedupeKey: nameOf(raw), kind: 'unknown', state: 'dead', reason: 'malformed' };
  }
  const named = { ...base, dedupeKey: envelope.id, kind: envelope.kind };
  if (envelope.livemode !== sender.livemode) return { ...named, state: 'ignored', reason: 'ignored_mode' };
  if (!envelope.known) return { ...named, state: 'ignored', reason: 'unknown_kind' };
  return { ...named, state: 'waiting', reason: null };
}
