// The ways an invoice can go: which deeds, how many days after it was written.
import * as bill from './bill.ts';

type Chapter = { day: number; deed: bill.Deed };

const INSUFFICIENT = 'pm_card_visa_chargeDeclinedInsufficientFunds';

const on = (day: number, deed: bill.Deed): Chapter => ({ day, deed });
const sent = [on(0, bill.finalize), on(0, bill.act('send'))];
const paid = [...sent, on(3, bill.payByCard)];
const debited = [...sent, on(2, bill.payByBank)];
const disputed = [...paid, on(12, bill.dispute)];

/** Whether an open one is due is decided by its age; the last chapter's day must not lie in the future. */
export const STORIES = {
  draft: [],
  open: sent,
  cardPaid: paid,
  bankPaid: [...debited, on(6, bill.settleDebit)],
  paidElsewhere: [...sent, on(9, bill.payElsewhere)],
  processing: debited,
  debitReturned: [...debited, on(7, bill.bounceDebit)],
  cardFailed: [...sent, on(4, bill.failToPay(INSUFFICIENT))],
  partPaid: [...sent, on(5, bill.payPart(40))],
  partPaidTwice: [...sent, on(5, bill.payPart(25)), on(11, bill.payPart(50))],
  overpaid: [...sent, on(6, bill.payPart(110))],
  void: [...sent, on(8, bill.act('void'))],
  uncollectible: [...sent, on(60, bill.act('mark_uncollectible'))],
  partRefunded: [...paid, on(10, bill.refund(30))],
  refunded: [...paid, on(10, bill.refund(100))],
  disputeOpen: disputed,
  disputeWon: [...disputed, on(30, bill.closeDispute('won'))],
  disputeLost: [...disputed, on(30, bill.closeDispute('lost'))],
} satisfies Record<string, readonly Chapter[]>;

export type Story = keyof typeof STORIES;

export const chaptersOf = (story: Story): readonly Chapter[] => STORIES[story];

/** Days a story takes. */
export const lengthOf = (story: Story): number => Math.max(0, ...chaptersOf(story).map(({ day }) => day));
