// What HubSpot tells by itself: whose it is, which portals it is about, and that only a deletion for privacy erases somebody.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from '../../../sandbox/hubspot/signature.ts';
import type { SignedCall } from '../../../src/crms/crm.ts';
import { createHubspotCrm } from '../../../src/crms/hubspot/index.ts';

const BASE = 'https://connector.example.com';
const PATH = '/webhooks/hubspot';
const NOW = new Date('2026-05-04T10:00:00.000Z');
const clientSecret = randomBytes(16).toString('hex');
const hubspot = createHubspotCrm(
  {
    apiBase: 'https://api.example.com',
    appBase: 'https://app.example.com',
    clientId: 'payside',
    clientSecret,
    redirectUri: `${BASE}/oauth/hubspot/callback`,
    publicBaseUrl: BASE,
  },
  { now: () => NOW },
);

const told = (change: object = {}) => ({
  eventId: 1,
  portalId: 4242,
  occurredAt: NOW.getTime(),
  subscriptionType: 'contact.privacyDeletion',
  objectId: 101,
  attemptNumber: 0,
  ...change,
});

function call(body: string, { secret = clientSecret, at = NOW } = {}): SignedCall {
  const headers = signatureHeaders(secret, {
    method: 'POST',
    url: BASE + PATH,
    body,
    timestamp: at.getTime(),
  });
  return { method: 'POST', pathAndQuery: PATH, raw: Buffer.from(body), headers };
}

const verify = (signed: SignedCall) => hubspot.verifyNotice!(signed, NOW, async () => false);
const noticesOf = async (events: object[]) => {
  const verdict = await verify(call(JSON.stringify(events)));
  return verdict.verified ? verdict.notices : [];
};

describe('a notice of HubSpot', () => {
  it.each([
    ['signed by somebody else', call('[]', { secret: 'another' }), 'signature'],
    ['changed on its way', { ...call('[]'), raw: Buffer.from('[{}]') }, 'signature'],
    ['without a signature', { ...call('[]'), headers: {} }, 'signature'],
    ['of an hour ago', call('[]', { at: new Date(NOW.getTime() - 3_600_000) }), 'time'],
  ])('%s is refused', async (_name, signed, reason) => {
    expect(await verify(signed)).toEqual({ verified: false, reason });
  });

  it('is one for each portal it is about, and the same when it is sent again', async () => {
    const events = [told(), told({ eventId: 2, portalId: 77 }), told({ eventId: 3 })];
    const first = await noticesOf(events);
    expect(first.map(({ portalId }) => portalId)).toEqual(['4242', '77']);
    const again = events.toReversed().map((event) => ({ ...event, attemptNumber: 4 }));
    expect(await noticesOf(again)).toEqual(first);
    expect(await noticesOf([told({ eventId: 9 })])).not.toEqual(await noticesOf([told()]));
  });

  it('says of a portal which of its contacts were deleted for privacy, and nothing of another’s', () => {
    const raw = Buffer.from(
      JSON.stringify([
        told(),
        told({ portalId: 77, objectId: 5 }),
        told({ subscriptionType: 'contact.deletion', objectId: 6 }),
      ]),
    );
    expect(hubspot.readNotice!(raw, '4242')).toEqual([
      { what: 'forgotten', objectType: 'contacts', recordId: '101' },
      { what: 'unknown', objectType: 'contacts', recordId: '6' },
    ]);
  });

  it.each(['', '{}', '[{"portalId":"4242"}]', '[{"portalId":-1}]'])(
    'of another shape says nothing: %j',
    async (body) => {
      expect(await verify(call(body))).toEqual({ verified: true, notices: [] });
      expect(hubspot.readNotice!(Buffer.from(body), '4242')).toBeNull();
    },
  );
});
