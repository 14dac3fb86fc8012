// What the settings page tells an admin of dead letters: how many, and the newest in words.
import { expect, it } from 'vitest';
import { givenUpView, type GivenUp } from '../../src/views/given-up-view.ts';

const letter = (change: Partial<GivenUp> = {}): GivenUp => ({
  queue: 'outbox',
  kind: 'inst_1',
  reason: 'Property "payside_status" does not exist',
  at: '2026-03-10T12:00:00.000Z',
  ...change,
});

it('is nothing where nothing was given up on', () => {
  expect(givenUpView([])).toBeNull();
});

it.each([
  [letter(), 'Property "payside_status" does not exist.'],
  [letter({ reason: 'HubSpot refused this: no.' }), 'HubSpot refused this: no.'],
  [
    letter({ queue: 'inbox', kind: 'invoice.paid', reason: 'malformed' }),
    'A message of the payment gateway could not be applied (malformed).',
  ],
  [
    letter({ queue: 'inbox', kind: 'notice', reason: 'malformed' }),
    'A message of the CRM could not be read (malformed).',
  ],
  [
    letter({ queue: 'work', kind: 'look', reason: 'crm_rejected' }),
    'A record that was changed in the CRM could not be looked at (crm_rejected).',
  ],
  [
    letter({ queue: 'work', kind: 'fetch', reason: 'gateway_rejected' }),
    'Something could not be read from the payment gateway (gateway_rejected).',
  ],
  [
    letter({ queue: 'work', kind: 'match', reason: 'crm_rejected' }),
    'A customer could not be looked for in the CRM (crm_rejected).',
  ],
  [
    letter({ queue: 'work', kind: 'renew', reason: 'internal' }),
    'Work of Payside’s own could not be finished (internal).',
  ],
])('of $queue $kind is said in words: $reason', (one, text) => {
  expect(givenUpView([one])).toMatchObject({ count: 1, title: 'One thing could not be done' });
  expect(givenUpView([one])?.text).toBe(
    `${text} The operator of the connector can see more and have it tried again.`,
  );
});

it('counts all of them and tells of the newest, in whatever order they come', () => {
  const letters = ['10', '12', '11'].map((day) =>
    letter({ reason: `Refused on the ${day}th.`, at: `2026-03-${day}T12:00:00.000Z` }),
  );
  const shown = givenUpView(letters);
  expect(shown).toMatchObject({ count: 3, title: '3 things could not be done' });
  expect(shown?.text).toContain('Refused on the 12th.');
});
