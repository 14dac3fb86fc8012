// A person who works for another company now takes their payers along: what links end and which begin.
import type { CrmRecord } from '../crms/crm.ts';
import { recordKey, type Fact, type Row } from '../ledger/facts.ts';
import type { Entry } from '../ledger/fold.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { besides, isOfContact, linkFact, linksOf } from '../ledger/links.ts';
import { recordBeside } from '../ledger/record-types.ts';

/** @param rows everything of the payers who are linked to these people */
export function movedCompanies(rows: readonly Row[], people: readonly CrmRecord[], number: number): Fact[] {
  const links = ledgerOf(rows.filter(({ entity }) => entity === 'link')).link;
  return people.flatMap((person) =>
    linksOf(links, person.record).flatMap((link) => factsOf(link, links, person, number)),
  );
}

function factsOf(
  link: Entry<'link'>,
  links: readonly Entry<'link'>[],
  { record, primaryCompanyId }: CrmRecord,
  number: number,
): Fact[] {
  const base = { account: link.account, customerId: link.body.customerId, number };
  const company = primaryCompanyId === null ? null : recordBeside(record, 'company', primaryCompanyId);
  const key = company && recordKey(company);
  const others = besides(links, link);
  // With another contact of theirs nobody can tell which of the two has brought a company.
  const brought = others.some(isOfContact)
    ? []
    : others.filter(({ body }) => body.reason === 'primary_company' && recordKey(body.record) !== key);
  const ended = brought.map(({ body }) => linkFact(base, body.record, body.reason, false));
  const isSettled = links.some(
    ({ account, body }) =>
      account === base.account &&
      body.customerId === base.customerId &&
      recordKey(body.record) === key &&
      (body.active || body.released),
  );
  return company && !isSettled ? [...ended, linkFact(base, company, 'primary_company', true)] : ended;
}
