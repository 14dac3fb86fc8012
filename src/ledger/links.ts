// Links of payers to CRM records: the facts that make them, end them and take them back.
import type { Link, RecordRef } from './entities.ts';
import { recordKey, type Fact } from './facts.ts';

/** The payer, as one gateway account knows them, and the number that orders this statement among others. */
export type LinkBase = { account: string; customerId: string; number: number };

/** A record to link; contacts bring the company that is their primary one. */
export type LinkedRecord = { record: RecordRef; primaryCompanyId: string | null };

/** Links of a payer to a record, and to the company that comes with it. */
export function linkFacts(base: LinkBase, to: LinkedRecord, reason: Link['reason']): Fact[] {
  const links = [linkFact(base, to.record, reason, true)];
  if (to.primaryCompanyId) {
    const company = { ...to.record, objectType: 'companies', recordId: to.primaryCompanyId };
    links.push(linkFact(base, company, 'primary_company', true));
  }
  return links;
}

export const linkFact = (base: LinkBase, record: RecordRef, reason: Link['reason'], active: boolean): Fact =>
  statement(base, { record, reason, active, released: false });

/** A person takes a link back; the reason it was made for stays with it. */
export const releaseFact = (base: LinkBase, { record, reason }: Pick<Link, 'record' | 'reason'>): Fact =>
  statement(base, { record, reason, active: false, released: true });

const statement = ({ account, customerId, number }: LinkBase, said: Omit<Link, 'customerId'>): Fact => ({
  entity: 'link',
  account,
  id: `${customerId}>${recordKey(said.record)}`,
  aspect: 'link',
  owner: customerId,
  source: 'payside',
  number,
  body: { customerId, ...said },
});
