// What Stripe tells in the rendering of another API version says the same, or only where to look.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Normalised } from '../../../src/gateways/gateway.ts';
import { API_VERSION } from '../../../src/gateways/stripe/client.ts';
import { normalise } from '../../../src/gateways/stripe/normalise.ts';

type Told = { type: string; api_version: string | null; data: { object: Record<string, unknown> } };

const PREVIOUS = '2025-02-24.acacia';
const told = (version: string): Told[] =>
  JSON.parse(readFileSync(new URL(`versions/${version}.json`, import.meta.url), 'utf8')) as Told[];

const previous = told(PREVIOUS);
const current = told(API_VERSION);
const pairs = current.map((event, nth) => [event.type, nth] as const);
const reads = (event: unknown): Normalised => normalise(Buffer.from(JSON.stringify(event)), 'ga_1');
const says = (event: unknown): Extract<Normalised, { outcome: 'facts' }> => {
  const found = reads(event);
  if (found.outcome !== 'facts') throw new Error(`it is ${found.outcome}`);
  return found;
};

describe('an event of the version before', () => {
  it.each(pairs)('%s gives the facts of the current one (%i)', (type, nth) => {
    const before = previous[nth];
    expect(before).toMatchObject({ type, api_version: PREVIOUS });
    expect(says(before).facts).toEqual(says(current[nth]).facts);
  });

  it.each(pairs)('%s has all read that the current one has read (%i)', (_type, nth) => {
    expect(says(previous[nth]).fetch).toEqual(expect.arrayContaining(says(current[nth]).fetch));
  });

  it('is not read as if it were a current one', () => {
    const asCurrent = previous.map((event) => says({ ...event, api_version: API_VERSION }).facts);
    const differ = current.filter(
      (event, nth) => JSON.stringify(says(event).facts) !== JSON.stringify(asCurrent[nth]),
    );
    expect(new Set(differ.map(({ type }) => type))).toEqual(
      new Set([
        'invoice.finalized',
        'invoice.paid',
        'invoice.voided',
        'invoice.deleted',
        'credit_note.created',
      ]),
    );
  });

  it('that tells of money on an invoice has the invoice read, as no event tells which payment it was', () => {
    const paid = previous.filter(({ type }) => type === 'invoice.paid');
    expect(paid).toHaveLength(2);
    for (const event of paid) expect(says(event).fetch).toEqual([{ entity: 'invoice', id: 'in_1' }]);
  });
});

describe('an event of a version nobody has taught us', () => {
  const LOOKED_AT: Record<string, object[]> = {
    invoice: [{ entity: 'invoice', id: 'in_1' }],
    payment_intent: [{ entity: 'payment', id: 'pi_1' }],
    charge: [{ entity: 'payment', id: 'pi_1' }],
    refund: [{ entity: 'refund', id: 're_1' }],
    dispute: [{ entity: 'dispute', id: 'du_1' }],
    credit_note: [
      { entity: 'creditNote', id: 'cn_1' },
      { entity: 'invoice', id: 'in_1' },
    ],
    customer: [{ entity: 'customer', id: 'cus_1' }],
    subscription: [{ entity: 'subscription', id: 'sub_1' }],
  };

  it.each(['2019-05-16', '2027-03-31.fjord', 'constructor', null])(
    '%s only says where to look',
    (version) => {
      for (const event of current) {
        const found = reads({ ...event, api_version: version });
        const looked = LOOKED_AT[String(event.data.object['object'])];
        if (looked) expect(found).toEqual({ outcome: 'facts', facts: [], fetch: looked });
        else expect(found).toMatchObject({ outcome: 'ignored' });
      }
    },
  );

  it('is looked at also where its object has another shape than any we know', () => {
    const object = { id: 'in_1', object: 'invoice', amounts: { due: '12,00' } };
    const found = reads({ type: 'invoice.paid', api_version: '2031-01-01.zinnia', data: { object } });
    expect(found).toEqual({ outcome: 'facts', facts: [], fetch: LOOKED_AT['invoice'] });
  });
});
