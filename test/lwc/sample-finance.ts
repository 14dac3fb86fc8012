// A finance view as the connector sends it, held to the contract, for the components' tests.
import type { Money } from '../../src/money/money.ts';
import { financeAnswerSchema } from '../../src/views/finance-schema.ts';
import type { FinanceSums, Sum } from '../../src/views/finance-sums.ts';
import { financeView, type FinanceInput } from '../../src/views/finance-view.ts';

const sum = (amountMinor: number, currency: string, count: number): Sum => ({
  total: { amountMinor, currency } satisfies Money,
  count,
});

const sumsOf = (entries: Record<string, Sum[]>): FinanceSums =>
  new Map(
    Object.entries(entries).flatMap(([kind, sums]) =>
      sums.map((one) => [`${kind} ${one.total.currency}`, one] as const),
    ),
  );

/** Three currencies, one without decimals and one with three, and amounts as long as they get. */
export const live = sumsOf({
  owed: [sum(1_234_567_89, 'EUR', 1_204), sum(9_007_199_254_740_991, 'JPY', 2), sum(12_345, 'KWD', 1)],
  overdue: [sum(45_000, 'EUR', 3)],
  '1_30': [sum(30_000, 'EUR', 2)],
  over_90: [sum(15_000, 'EUR', 1)],
  processing: [sum(8_000, 'EUR', 1)],
  collected_this_month: [sum(500_000, 'EUR', 41)],
});

export const financeAnswer = (change: Partial<FinanceInput> = {}) =>
  financeAnswerSchema.parse({
    ok: true,
    view: financeView({
      zone: 'Europe/Berlin',
      payers: 0,
      accounts: [{ livemode: true, verifiedAt: '2026-11-02T07:00:00.000Z' }],
      sums: { asOf: new Date('2026-11-02T08:00:00Z'), live, test: new Map(), unmatched: 2 },
      ...change,
    }),
  });

export const forbidden = financeAnswerSchema.parse({
  ok: false,
  code: 'not_allowed',
  message: 'Only finance and admins of Payside see what the whole business is owed.',
  retry: 'never',
});
