// The webhook door's work for CRMs: a notice of something that changed there is verified, named and stored raw.
import type { Clock } from '../clock.ts';
import type { NoticeVerdict, SignedCall } from '../crms/crm.ts';
import type { IncomingEvent } from '../store/store.ts';
import { keep, nameOf, type AcceptOutcome, type Keeping } from './keep.ts';

/** The installation a notice comes from. */
export type Notifier = { id: string; workspaceId: string };

export type AcceptNoticeDeps = Keeping & {
  clock: Clock;
  verify: (call: SignedCall, now: Date) => Promise<NoticeVerdict>;
  /** undefined for a portal that is not installed. */
  notifierOf: (portalId: string) => Promise<Notifier | undefined>;
};

export type AcceptNotice = (call: SignedCall) => Promise<AcceptOutcome>;

export const NOTICE = 'notice';

const PREFIX = 'crm:';

/** Installations and gateway accounts are senders of two kinds, and never taken for each other. */
const sourceOf = ({ id }: Notifier): string => PREFIX + id;

/** @returns null for an event of a gateway */
export const installationBehind = (source: string): string | null =>
  source.startsWith(PREFIX) ? source.slice(PREFIX.length) : null;

/** Throws only `store_unavailable`: then nothing was kept and the sender must try again. */
export function createAcceptNotice(deps: AcceptNoticeDeps): AcceptNotice {
  return async (call) => {
    const now = deps.clock.now();
    const verdict = await deps.verify(call, now);
    if (!verdict.verified) return { outcome: 'refused', reason: verdict.reason };
    const events: IncomingEvent[] = [];
    for (const { portalId, id } of verdict.notices) {
      const notifier = await deps.notifierOf(portalId);
      if (notifier) events.push(toEvent(notifier, id, call.raw, now));
    }
    return keep(deps, events);
  };
}

function toEvent(notifier: Notifier, id: string | null, raw: Uint8Array, now: Date): IncomingEvent {
  return {
    source: sourceOf(notifier),
    dedupeKey: id ?? nameOf(raw),
    kind: NOTICE,
    workspaceId: notifier.workspaceId,
    account: notifier.id,
    receivedAt: now.toISOString(),
    state: id === null ? 'dead' : 'waiting',
    reason: id === null ? 'malformed' : null,
    raw,
  };
}
