// Which customers without a record are shown, and which of their candidates.
import { expect, it } from 'vitest';
import { payersToShow, unmatchedView, type UnmatchedInput } from '../../src/views/unmatched-view.ts';

const payer = (customerId: string, change: Partial<UnmatchedInput> = {}): UnmatchedInput => ({
  customerId,
  name: null,
  email: `${customerId}@example.com`,
  reason: 'no_contact',
  candidates: [],
  ...change,
});

const shownIds = (payers: UnmatchedInput[]) => payersToShow(payers).map(({ customerId }) => customerId);

it('shows at most fifty, those first that have candidates', () => {
  const many = Array.from({ length: 60 }, (_, index) => payer(`cus_${index + 10}`));
  const shown = shownIds([
    ...many,
    payer('cus_mail', { reason: 'shared_address' }),
    payer('cus_two', { reason: 'several_contacts' }),
  ]);
  expect(shown).toHaveLength(50);
  expect(shown.slice(0, 3)).toEqual(['cus_two', 'cus_mail', 'cus_10']);
});

it('shows first whom a person took off a record, and says that only a person assigns them', () => {
  const released = payer('cus_off', { reason: 'released' });
  expect(shownIds([payer('cus_two', { reason: 'several_contacts' }), released])[0]).toBe('cus_off');
  expect(unmatchedView(released, () => null).reasonText).toMatch(/person took this customer off a record/);
});

it('orders by what a person reads: the name, else the address, else the id', () => {
  const payers = [
    payer('cus_z', { name: 'Ada' }),
    payer('cus_c', { email: null }),
    payer('cus_y', { email: 'bo@example.com' }),
  ];
  expect(shownIds(payers)).toEqual(['cus_z', 'cus_y', 'cus_c']);
});

it('names candidates that the CRM knows, and leaves it to their ids where it does not', () => {
  const candidates = [
    { objectType: 'contacts', recordId: '1' },
    { objectType: 'contacts', recordId: '3' },
  ];
  const several = payer('cus_a', { reason: 'several_contacts', candidates });
  const view = unmatchedView(several, (_objectType, recordId) => (recordId === '1' ? 'Ada Byron' : null));
  expect(view.candidates).toEqual([
    { objectType: 'contacts', recordId: '1', name: 'Ada Byron' },
    { objectType: 'contacts', recordId: '3', name: null },
  ]);
});
