// Which companies a payer belongs to after their contact has moved: the new one, never two, and none that a person took them off.
import { describe, expect, it } from 'vitest';
import type { CrmRecord } from '../../src/crms/crm.ts';
import type { Link } from '../../src/ledger/entities.ts';
import { recordKey, rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { fold } from '../../src/ledger/fold.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { linkFact, releaseFact } from '../../src/ledger/links.ts';
import { movedCompanies } from '../../src/reconcile/moved-companies.ts';

const ref = (objectType: string, recordId: string) => ({ installationId: 'inst_1', objectType, recordId });
const ADA = ref('Contact', 'ada');
const GRACE = ref('Contact', 'grace');
const [OLD, NEW] = [ref('Account', 'old'), ref('Account', 'new')];

const payer = (customerId = 'cus_1', number = 1) => ({ account: 'ga_1', customerId, number });
const linked = (to: typeof ADA, reason: Link['reason'] = 'email', who = payer()): Fact =>
  linkFact(who, to, reason, true);
const brought = (to: typeof ADA, who = payer()): Fact => linked(to, 'primary_company', who);

const rowsOf = (facts: Fact[]): Map<string, Row> => fold(new Map(), facts);

const person = (primaryCompanyId: string | null, record = ADA): CrmRecord => ({
  record,
  name: null,
  emails: [],
  primaryCompanyId,
});

/** The records a payer is linked to once these people were seen. */
function after(facts: Fact[], people: CrmRecord[], customerId = 'cus_1'): string[] {
  const before = rowsOf(facts);
  const now = new Map([...before, ...fold(before, movedCompanies([...before.values()], people, 2))]);
  return ledgerOf([...now.values()])
    .link.filter(({ body }) => body.active && body.customerId === customerId)
    .map(({ body }) => recordKey(body.record))
    .sort();
}
const keys = (...records: (typeof ADA)[]): string[] => records.map(recordKey).sort();

describe('a contact', () => {
  it('that has moved brings the new company in the place of the old one', () => {
    expect(after([linked(ADA), brought(OLD)], [person('new')])).toEqual(keys(ADA, NEW));
  });

  it('that works for nobody any more brings none', () => {
    expect(after([linked(ADA), brought(OLD)], [person(null)])).toEqual(keys(ADA));
  });

  it('that has found work brings its company', () => {
    expect(after([linked(ADA)], [person('new')])).toEqual(keys(ADA, NEW));
  });

  it('that has not moved changes nothing, and neither does one without payers', () => {
    const rows = [...rowsOf([linked(ADA), brought(OLD)]).values()];
    expect(movedCompanies(rows, [person('old'), person('new', GRACE)], 2)).toEqual([]);
  });

  it('leaves a company that a person has linked by themselves', () => {
    expect(after([linked(ADA), linked(OLD, 'person')], [person('new')])).toEqual(keys(ADA, OLD, NEW));
  });

  it('brings no company that a person took the payer off', () => {
    const released = releaseFact(payer(), { record: NEW, reason: 'primary_company' });
    expect(after([linked(ADA), brought(OLD), released], [person('new')])).toEqual(keys(ADA));
  });

  it('of two that a payer has takes no company away: the other one may have brought it', () => {
    const facts = [linked(ADA), linked(GRACE, 'person'), brought(OLD)];
    expect(after(facts, [person('new')])).toEqual(keys(ADA, GRACE, OLD, NEW));
  });

  it('moves each of its payers, and nobody else', () => {
    const [two, other] = [payer('cus_2'), payer('cus_3')];
    const facts = [
      linked(ADA),
      brought(OLD),
      linked(ADA, 'email', two),
      linked(GRACE, 'email', other),
      brought(OLD, other),
    ];
    expect(after(facts, [person('new')], 'cus_2')).toEqual(keys(ADA, NEW));
    expect(after(facts, [person('new')], 'cus_3')).toEqual(keys(GRACE, OLD));
  });

  it('seen once more changes nothing more', () => {
    const before = rowsOf([linked(ADA), brought(OLD)]);
    const rows = new Map([
      ...before,
      ...fold(before, movedCompanies([...before.values()], [person('new')], 2)),
    ]);
    expect(rows.has(rowKey({ entity: 'link', account: 'ga_1', id: `cus_1>${recordKey(NEW)}` }))).toBe(true);
    expect(movedCompanies([...rows.values()], [person('new')], 3)).toEqual([]);
  });
});
