// Our own strict check of HubSpot's v3 signature: raw bytes, public address, both directions in time.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CallVerdict, SignedCall } from '../crm.ts';
import type { HubspotSettings } from './client.ts';

const TOLERANCE_MS = 300_000;
const PORTAL = /^\d{1,20}$/;

/** The characters HubSpot decodes before it signs; the rest stay as they were sent. */
const decoded = (url: string): string =>
  url.replaceAll(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escape) => decodeURIComponent(escape));

export function verifyCall(settings: HubspotSettings, call: SignedCall, now: Date): CallVerdict {
  const refused = verifySignature(settings, call, now);
  return refused === null ? callerOf(call.pathAndQuery) : { verified: false, reason: refused };
}

/** @returns why a call is not HubSpot's, or is not of now; null for one that is */
export function verifySignature(
  settings: HubspotSettings,
  call: SignedCall,
  now: Date,
): 'signature' | 'time' | null {
  const signature = single(call.headers['x-hubspot-signature-v3']);
  const timestamp = single(call.headers['x-hubspot-request-timestamp']);
  if (!signature || !timestamp || !/^\d{13}$/.test(timestamp) || settings.clientSecret === '') {
    return 'signature';
  }
  const url = decoded(settings.publicBaseUrl + call.pathAndQuery);
  const expected = createHmac('sha256', settings.clientSecret)
    .update(call.method + url)
    .update(call.raw)
    .update(timestamp)
    .digest();
  const given = Buffer.from(signature, 'base64');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned) return 'signature';
  if (Math.abs(now.getTime() - Number(timestamp)) > TOLERANCE_MS) return 'time';
  return null;
}

/** Who calls stands in the signed address; a parameter given twice could mean two callers. */
function callerOf(pathAndQuery: string): CallVerdict {
  const query = new URL(pathAndQuery, 'https://payside.invalid').searchParams;
  const [portalId, ...otherPortals] = query.getAll('portalId');
  const [userId, ...otherUsers] = query.getAll('userId');
  const isPlain = otherPortals.length === 0 && otherUsers.length === 0;
  if (!isPlain || !PORTAL.test(portalId ?? '') || !PORTAL.test(userId ?? ''))
    return { verified: false, reason: 'signature' };
  return {
    verified: true,
    caller: { portalId: portalId ?? '', userId: userId ?? '', email: query.get('userEmail') },
  };
}

const single = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;
