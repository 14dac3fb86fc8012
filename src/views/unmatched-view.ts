// What the list of unmatched customers shows: which of them, in which order, and why, in words.
import type { UnmatchedPayerView } from './unmatched-schema.ts';

type Reason = UnmatchedPayerView['reason'];

export type UnmatchedInput = {
  customerId: string;
  name: string | null;
  email: string | null;
  reason: Reason;
  /** Records of the caller's own installation. */
  candidates: { objectType: string; recordId: string }[];
};

/** As many as a person works through in one sitting; the next ones move up. */
const MOST = 50;

/** What somebody has just begun comes first, then what one look settles. */
const ORDER: Record<Reason, number> = { released: 0, several_contacts: 1, shared_address: 2, no_contact: 3 };

/** @returns the customers to show */
export const payersToShow = (payers: readonly UnmatchedInput[]): UnmatchedInput[] =>
  payers
    .toSorted((a, b) => ORDER[a.reason] - ORDER[b.reason] || labelOf(a).localeCompare(labelOf(b), 'en'))
    .slice(0, MOST);

const labelOf = ({ name, email, customerId }: UnmatchedInput): string => name ?? email ?? customerId;

/** @param nameOf what the CRM calls a record; null when it did not say */
export const unmatchedView = (
  { customerId, name, email, reason, candidates }: UnmatchedInput,
  nameOf: (objectType: string, recordId: string) => string | null,
): UnmatchedPayerView => ({
  customerId,
  name,
  email,
  reason,
  reasonText: reasonText(reason, email),
  candidates: candidates.map(({ objectType, recordId }) => ({
    objectType,
    recordId,
    name: nameOf(objectType, recordId),
  })),
});

function reasonText(reason: Reason, email: string | null): string {
  if (reason === 'released')
    return 'A person took this customer off a record; only a person assigns it again.';
  if (reason === 'several_contacts') return 'Several contacts have this e-mail address.';
  if (reason === 'shared_address')
    return 'A shared mailbox or an address at a free mail provider: it may not be the contact who has it.';
  return email === null
    ? 'The gateway knows no e-mail address of this customer.'
    : 'No contact has this e-mail address.';
}
