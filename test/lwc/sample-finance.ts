// A finance view as the connector sends it, held to the contract, for the components' tests.
import type { Money } from '../../src/money/money.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { fold } from '../../src/ledger/fold.ts';
import { beginProof, proveRows, type FinanceProof } from '../../src/views/finance-proof.ts';
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

const account = { id: 'ga_1', livemode: true, verifiedAt: '2026-11-02T07:00:00.000Z' };

/** A payment of the day before whose movement has another amount. */
export function proven(): FinanceProof {
  const proof = beginProof('Europe/Berlin', [account]);
  const about = { account: account.id, source: 'gateway', number: 1, owner: 'cus_1' } as const;
  const paid = { amountMinor: 2_000, currency: 'EUR', createdAt: '2026-11-01T09:00:00.000Z' };
  const facts: Fact[] = [
    {
      ...about,
      entity: 'payment',
      id: 'pi_1',
      aspect: 'intent',
      body: { ...paid, status: 'succeeded', capturedMinor: 2_000 },
    },
    {
      ...about,
      entity: 'balanceTransaction',
      id: 'txn_1',
      aspect: 'balance',
      body: { ...paid, sourceId: 'pi_1', paymentId: 'pi_1', presentedMinor: 1_500, presentedCurrency: 'EUR' },
    },
  ];
  proveRows(proof, [...fold(new Map(), facts).values()]);
  return proof;
}

export const financeAnswer = (change: Partial<FinanceInput> = {}) =>
  financeAnswerSchema.parse({
    ok: true,
    view: financeView({
      zone: 'Europe/Berlin',
      payers: 0,
      keptEdits: 3,
      accounts: [account],
      sums: { asOf: new Date('2026-11-02T08:00:00Z'), live, test: new Map(), proof: proven(), unmatched: 2 },
      ...change,
    }),
  });

export const forbidden = financeAnswerSchema.parse({
  ok: false,
  code: 'not_allowed',
  message: 'Only finance and admins of Payside see what the whole business is owed.',
  retry: 'never',
});
