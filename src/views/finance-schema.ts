// The contract of finance's sums: what is owed, overdue, collected, refunded, at risk and on its way, each explained.
import { z } from 'zod';
import { amountSchema } from './amount.ts';

export const financeFigures = [
  'owed',
  'overdue',
  'at_risk',
  'processing',
  'collected_this_month',
  'collected_last_month',
  'refunded_this_month',
] as const;

/** How long ago what is overdue was due, in days. */
export const financeAges = ['1_30', '31_60', '61_90', 'over_90'] as const;

/** Which of a CRM's lists a figure comes from. */
export const financeListSchema = z.enum(['open', 'overdue', 'disputes', 'processing', 'payments', 'refunds']);

const partSchema = z.strictObject({
  amount: amountSchema,
  count: z.int(),
  countText: z.string(),
});

const figureSchema = z.strictObject({
  kind: z.enum(financeFigures),
  label: z.string(),
  /** What is counted, in words. */
  explanation: z.string(),
  list: financeListSchema,
  /** One for each currency; none where there is nothing. */
  parts: z.array(partSchema),
});

const ageSchema = z.strictObject({
  kind: z.enum(financeAges),
  label: z.string(),
  parts: z.array(partSchema),
});

/** Real money and test money are never added up. */
const moneySchema = z.strictObject({
  mode: z.enum(['live', 'test']),
  title: z.string(),
  /** When the gateway was last compared with what is known here: the oldest of its accounts; null before the first time. */
  verifiedAt: z.string().nullable(),
  verifiedText: z.string(),
  /** Up to this day, YYYY-MM-DD, the gateway's balance moved by what is known here; null where nothing is proven. */
  provenUntil: z.string().nullable(),
  provenText: z.string(),
  /** The newest days on which the two say different amounts. */
  gaps: z.array(z.strictObject({ day: z.string(), text: z.string() })),
  figures: z.array(figureSchema),
  ages: z.array(ageSchema),
});

export const financeViewSchema = z.strictObject({
  timeZone: z.string(),
  /** When it was added up; null while that has not been done. */
  asOf: z.string().nullable(),
  asOfText: z.string(),
  /** Set while it is added up for the first time: ask again in a moment. */
  counting: z.strictObject({ payers: z.int(), text: z.string() }).nullable(),
  money: z.array(moneySchema),
  unmatched: z.strictObject({ count: z.int(), text: z.string() }),
  /** Records of this CRM that somebody edited and that are kept so: what they show is not what is added up here. */
  keptEdits: z.strictObject({ count: z.int(), text: z.string() }),
});

export const financeAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), view: financeViewSchema }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
  }),
]);

export type FinanceFigure = (typeof financeFigures)[number];
export type FinanceAge = (typeof financeAges)[number];
export type FinanceList = z.infer<typeof financeListSchema>;
export type FinanceView = z.infer<typeof financeViewSchema>;
export type FinanceAnswer = z.infer<typeof financeAnswerSchema>;
