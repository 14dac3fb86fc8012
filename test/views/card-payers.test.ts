// Which customers of the gateway a card names, in which order, and where a mistake can be undone.
import { describe, expect, it } from 'vitest';
import type { Link, RecordRef } from '../../src/ledger/entities.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { fold } from '../../src/ledger/fold.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { linkFact, linkFacts, releaseFact } from '../../src/ledger/links.ts';
import { payersNote, payersShown, payerViews } from '../../src/views/card-payers.ts';

const at = (objectType: string, recordId: string): RecordRef => ({
  installationId: 'inst_1',
  objectType,
  recordId,
});
const [ANN, ACME] = [at('contacts', '1'), at('companies', '7')];

const base = (customerId: string, number = 1) => ({ account: 'ga_1', customerId, number });
const link = (customerId: string, record: RecordRef, reason: Link['reason']): Fact =>
  linkFact(base(customerId), record, reason, true);
/** As matching links a contact and its company. */
const matched = (customerId: string): Fact[] =>
  linkFacts(base(customerId), { record: ANN, primaryCompanyId: ACME.recordId }, 'email');

const people = {
  cus_ann: { name: 'Ann', email: 'ann@example.com', phone: null },
  cus_box: { name: null, email: 'box@example.com', phone: null },
};

function views(facts: Fact[], record: RecordRef, mayRelease = true) {
  const ledger = ledgerOf(fold(new Map(), facts).values());
  return payerViews(ledger, payersShown(ledger, record), { people, mayRelease });
}

describe('the customers on a card', () => {
  it('are called by name, else by address, else by the gateway’s id', () => {
    const facts = ['cus_ann', 'cus_box', 'cus_nobody'].map((id) => link(id, ANN, 'email'));
    expect(views(facts, ANN).map(({ name, email }) => [name, email])).toEqual([
      ['Ann', 'ann@example.com'],
      ['box@example.com', null],
      ['cus_nobody', null],
    ]);
  });

  it.each([
    ['email', 'Same e-mail address'],
    ['external_id', 'Id written at the gateway'],
    ['person', 'Assigned by a person'],
    ['operation', 'Made from this record'],
  ] as const)('say why they belong there: %s', (reason, words) => {
    expect(views([link('cus_ann', ANN, reason)], ANN)).toMatchObject([
      { reasonText: words, note: null, actions: ['release-payer'] },
    ]);
  });

  it('are taken off by whoever may, and by nobody else', () => {
    expect(views(matched('cus_ann'), ANN, false)).toMatchObject([{ note: null, actions: [] }]);
  });

  it('of a company point at the contact they came with', () => {
    expect(views(matched('cus_ann'), ACME)).toMatchObject([
      { reasonText: 'Company of its contact', note: expect.stringContaining('contact'), actions: [] },
    ]);
    expect(views(matched('cus_ann'), ACME, false)).toMatchObject([{ note: null, actions: [] }]);
  });

  it('of a company can be taken off there once no contact has them any more', () => {
    const gone = linkFact(base('cus_ann', 2), ANN, 'email', false);
    expect(views([...matched('cus_ann'), gone], ACME)).toMatchObject([
      { note: null, actions: ['release-payer'] },
    ]);
  });

  it('are gone once a person has taken them off', () => {
    const off = releaseFact(base('cus_ann', 2), { record: ANN, reason: 'email' });
    expect(views([...matched('cus_ann'), off], ANN)).toEqual([]);
  });

  it('are five at most, the record’s own first, and the card says how many more there are', () => {
    const along = Array.from({ length: 9 }, (_, index) => matched(`cus_a${index}`)).flat();
    const ledger = ledgerOf(fold(new Map(), [...along, link('cus_z', ACME, 'person')]).values());
    const shown = payersShown(ledger, ACME);
    expect(shown.links).toHaveLength(5);
    expect(shown.links[0]?.body.customerId).toBe('cus_z');
    expect(payersNote(shown)).toBe('5 more belong to this record.');
    expect(payersNote({ links: [], more: 1 })).toBe('One more belongs to this record.');
    expect(payersNote(payersShown(ledger, ANN))).toBe('4 more belong to this record.');
    expect(payersNote({ links: [], more: 0 })).toBeNull();
  });
});
