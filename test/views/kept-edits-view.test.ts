// What the settings page tells an admin of edits that are kept: how many, on which records, since when.
import { expect, it } from 'vitest';
import { keptEditsView, type KeptEditsInput } from '../../src/views/kept-edits-view.ts';

type Edit = KeptEditsInput['oldest'][number];

const SINCE = '2026-03-10T12:00:00.000Z';
const VALUES = {
  status: 'open',
  total: { amountMinor: 1, currency: 'EUR' },
  due: { amountMinor: 1, currency: 'EUR' },
  dueOn: null,
};
const ours = { installationId: 'inst_1', account: 'ga_1', id: 'in_1', presence: 'present' } as const;
const record = (objectType: string) =>
  ({ record: { installationId: 'inst_1', objectType, recordId: '101' } }) as Edit['desired'];

const view = (count: number, ...desired: Edit['desired'][]) =>
  keptEditsView(
    { count, oldest: desired.map((one, index) => ({ key: String(index), desired: one, since: SINCE })) },
    'HubSpot',
    (at) => at.slice(0, 10),
  );

it('is nothing where nothing is kept', () => {
  expect(view(0)).toBeNull();
});

it.each([
  [record('contacts'), 'Contact 101'],
  [record('companies'), 'Company 101'],
  [record('deals'), 'Deal 101'],
  [record('Opportunity'), 'Opportunity 101'],
  [{ ...ours, kind: 'invoice', values: { ...VALUES, number: 'A-7' } }, 'Invoice A-7'],
  [{ ...ours, kind: 'invoice', values: { ...VALUES, number: null } }, 'Invoice in_1'],
  [{ ...ours, kind: 'whole', values: { of: 'invoice', fields: { number: 'A-8' }, refs: [] } }, 'Invoice A-8'],
  [{ ...ours, id: 're_1', kind: 'whole', values: { of: 'refund', fields: {}, refs: [] } }, 'Refund re_1'],
] satisfies [Edit['desired'], string][])('names the record as people know it: %#', (desired, name) => {
  expect(view(1, desired)?.records).toEqual([{ id: '0', text: `${name}, seen 2026-03-10` }]);
});

it('counts one, and many of which it names some', () => {
  expect(view(1, record('contacts'))?.title).toBe('One record in HubSpot was edited and is kept so');
  const many = view(1_200, record('contacts'), record('deals'));
  expect(many?.title).toBe('1,200 records in HubSpot were edited and are kept so');
  expect(many?.text).toContain('Here are the 2 that have been so longest.');
  expect(view(2, record('contacts'), record('deals'))?.text).not.toContain('Here are');
});
