// Links of payers to CRM records: the facts that make, end and take them back, and which of them hang on others.
import type { Link, RecordRef } from './entities.ts';
import { recordKey, type Fact } from './facts.ts';
import type { Entry } from './fold.ts';
import { isOfKind, recordBeside } from './record-types.ts';

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
type LinkEntry = Pick<Entry<'link'>, 'account' | 'body'>;

/** Links that hold between payers and a record. */
export const linksOf = <L extends LinkEntry>(links: readonly L[], record: RecordRef): L[] =>
  links.filter(({ body }) => body.active && recordKey(body.record) === recordKey(record));

/** The other links of the same payer in the same installation that hold. */
export const besides = <L extends LinkEntry>(links: readonly L[], one: LinkEntry): L[] =>
  links.filter(
    ({ account, body }) =>
      body.active &&
      account === one.account &&
      body.customerId === one.body.customerId &&
      body.record.installationId === one.body.record.installationId &&
      recordKey(body.record) !== recordKey(one.body.record),
  );

/** Whether a payer belongs to a company only because a contact of theirs does: then the contact is where it is decided. */
export const isBrought = (link: LinkEntry, links: readonly LinkEntry[]): boolean =>
  link.body.reason === 'primary_company' && besides(links, link).some(isOfContact);

export const isOfContact = ({ body }: LinkEntry): boolean => isOfKind(body.record, 'person');
