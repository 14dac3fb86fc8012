// HubSpot's request signature, version 3, made as the vendor makes it.
import { createHmac } from 'node:crypto';

const DECODED = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

export type Signed = { method: string; url: string; body: string; timestamp: number };

/** HMAC-SHA256 in base64 over method, address with HubSpot's decode table applied, body and timestamp. */
export function signV3(secret: string, { method, url, body, timestamp }: Signed): string {
  const address = url.replace(DECODED, (code) => decodeURIComponent(code));
  return createHmac('sha256', secret)
    .update(`${method}${address}${body}${timestamp}`, 'utf8')
    .digest('base64');
}

/** The two headers that a signed request carries. */
export const signatureHeaders = (secret: string, signed: Signed): Record<string, string> => ({
  'x-hubspot-signature-v3': signV3(secret, signed),
  'x-hubspot-request-timestamp': String(signed.timestamp),
});
