// What HubSpot tells by itself: contacts that were deleted for privacy, several in a call, perhaps of several portals.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import events from '../../../../manifests/webhook-events.json' with { type: 'json' };
import type { Noticed, NoticeVerdict, SignedCall } from '../../crm.ts';
import type { HubspotSettings } from '../client.ts';
import { verifySignature } from '../verify.ts';

const id = z.int().nonnegative();
const toldShape = z.array(
  z.object({ eventId: id, portalId: id, subscriptionType: z.string(), objectId: id, occurredAt: id }),
);
type Told = z.infer<typeof toldShape>;

const SAYS: ReadonlyMap<string, Noticed['what']> = new Map(
  Object.entries(events.hubspot).map(([type, what]) => [type, what as Noticed['what']]),
);

/** The signature covers all that was told; which portals are meant stands in what it covers. */
export function verifyNotice(settings: HubspotSettings, call: SignedCall, now: Date): NoticeVerdict {
  const reason = verifySignature(settings, call, now);
  if (reason !== null) return { verified: false, reason };
  const told = toldIn(call.raw) ?? [];
  const byPortal = Map.groupBy(told, ({ portalId }) => String(portalId));
  return {
    verified: true,
    notices: [...byPortal].map(([portalId, events]) => ({ portalId, id: nameOf(events) })),
  };
}

/** Every try has the same events in it, though it says which try it is; event ids alone come again in time. */
const nameOf = (events: Told): string =>
  createHash('sha256')
    .update(JSON.stringify(events.map(({ eventId, occurredAt }) => `${eventId} ${occurredAt}`).sort()))
    .digest('base64url');

export const readNotice = (raw: Uint8Array, portalId: string): Noticed[] | null =>
  toldIn(raw)
    ?.filter((one) => String(one.portalId) === portalId)
    .map(({ subscriptionType, objectId }) => ({
      what: SAYS.get(subscriptionType) ?? 'unknown',
      objectType: 'contacts',
      recordId: String(objectId),
    })) ?? null;

function toldIn(raw: Uint8Array): Told | null {
  try {
    return toldShape.safeParse(JSON.parse(Buffer.from(raw).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
