// The facts that say to which CRM records a payer belongs.
import type { Link, RecordRef } from './entities.ts';
import { recordKey, type Fact } from './facts.ts';
import { recordBeside } from './record-types.ts';

/** The payer, as one gateway account knows them, and the number that orders this statement among others. */
export type LinkBase = { account: string; customerId: string; number: number };

/** A record to link; contacts bring the company that is their primary one. */
export type LinkedRecord = { record: RecordRef; primaryCompanyId: string | null };

/** Links of a payer to a record, and to the company that comes with it. */
export function linkFacts(base: LinkBase, to: LinkedRecord, reason: Link['reason']): Fact[] {
  const links = [linkFact(base, to.record, reason, true)];
  if (to.primaryCompanyId) {
    const company = recordBeside(to.record, 'company', to.primaryCompanyId);
    links.push(linkFact(base, company, 'primary_company', true));
  }
  return links;
}

export function linkFact(base: LinkBase, record: RecordRef, reason: Link['reason'], active: boolean): Fact {
  return {
    entity: 'link',
    account: base.account,
    id: `${base.customerId}>${recordKey(record)}`,
    aspect: 'link',
    owner: base.customerId,
    source: 'payside',
    number: base.number,
    body: { customerId: base.customerId, record, reason, active },
  };
}
