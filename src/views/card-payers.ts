// The gateway's customers on a card: who belongs to the record, why, and where a mistake is undone.
import type { Personal, RecordRef } from '../ledger/entities.ts';
import type { Entry } from '../ledger/fold.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isBrought, linksOf } from '../ledger/links.ts';
import type { OperationKind, PayerView } from './card-schema.ts';
import { LINKS } from './words.ts';

/** A company may have hundreds through its contacts, and a view is to stay small; each is on its contact's card as well. */
const SHOWN = 5;

export type PayersShown = { links: Entry<'link'>[]; more: number };

/** Those first that are the record's own; once one is taken off, the next moves up. */
export function payersShown(ledger: Ledger, record: RecordRef): PayersShown {
  const along = ({ body }: Entry<'link'>): number => Number(body.reason === 'primary_company');
  const links = linksOf(ledger.link, record).sort((a, b) => along(a) - along(b));
  return { links: links.slice(0, SHOWN), more: Math.max(0, links.length - SHOWN) };
}

export type PayersContext = {
  /** Personal data of those shown, by customer. */
  people: Readonly<Record<string, Personal>>;
  /** Whether the caller may take a customer off a record now. */
  mayRelease: boolean;
};

export const payerViews = (ledger: Ledger, shown: PayersShown, context: PayersContext): PayerView[] =>
  shown.links.map((link) => {
    const { customerId, reason } = link.body;
    const { name, email } = context.people[customerId] ?? { name: null, email: null };
    const isElsewhere = isBrought(link, ledger.link);
    const actions: OperationKind[] = context.mayRelease && !isElsewhere ? ['release-payer'] : [];
    return {
      customerId,
      name: name ?? email ?? customerId,
      email: name === null ? null : email,
      reasonText: LINKS[reason],
      note: context.mayRelease && isElsewhere ? 'Not right? Open the contact and take it off there.' : null,
      actions,
    };
  });

export function payersNote({ more }: PayersShown): string | null {
  if (more === 0) return null;
  return more === 1 ? 'One more belongs to this record.' : `${more} more belong to this record.`;
}
