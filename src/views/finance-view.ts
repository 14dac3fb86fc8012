// What finance sees first: the sums as texts, each with what it counts and the list it comes from.
import { amount } from './amount.ts';
import { provenView, type FinanceProof } from './finance-proof.ts';
import {
  financeAges,
  financeFigures,
  type FinanceAge,
  type FinanceFigure,
  type FinanceList,
  type FinanceView,
} from './finance-schema.ts';
import { sumsOf, type FinanceSums, type Sum } from './finance-sums.ts';
import { momentText } from './words.ts';

type MoneyView = FinanceView['money'][number];

export type FinanceInput = {
  zone: string;
  /** null while nothing was added up yet. */
  sums: {
    asOf: Date;
    live: FinanceSums;
    test: FinanceSums;
    proof: FinanceProof;
    unmatched: number;
  } | null;
  /** Payers added up so far, while `sums` is null. */
  payers: number;
  /** Records that were edited in the CRM and are kept so. */
  keptEdits: number;
  accounts: readonly { id: string; livemode: boolean; verifiedAt: string | null }[];
};

type Words = { label: string; explanation: string; list: FinanceList; one: string; many: string };

const OF_INVOICES = { one: 'invoice', many: 'invoices' };
const OF_PAYMENTS = { one: 'payment', many: 'payments' };

const LEFT =
  'less what of it was paid back, reversed or is disputed since. Money taken outside the gateway is not in it.';

const WORDS: Record<FinanceFigure, Words> = {
  owed: {
    ...OF_INVOICES,
    label: 'Owed',
    explanation: 'What remains of open invoices, and what was reversed and not asked for again.',
    list: 'open',
  },
  overdue: {
    ...OF_INVOICES,
    label: 'Overdue',
    explanation: 'The part of what is owed whose due day has ended.',
    list: 'overdue',
  },
  at_risk: {
    label: 'Disputed',
    explanation: 'What banks ask back and nobody has decided on yet.',
    list: 'disputes',
    one: 'dispute',
    many: 'disputes',
  },
  processing: {
    ...OF_PAYMENTS,
    label: 'On its way',
    explanation: 'Payments under way, mostly bank debits. They are owed until they have arrived.',
    list: 'processing',
  },
  collected_this_month: {
    ...OF_PAYMENTS,
    label: 'Collected this month',
    explanation: `What payments of this month brought, ${LEFT}`,
    list: 'payments',
  },
  collected_last_month: {
    ...OF_PAYMENTS,
    label: 'Collected last month',
    explanation: `What payments of last month brought, ${LEFT}`,
    list: 'payments',
  },
  refunded_this_month: {
    label: 'Refunded this month',
    explanation: 'What was paid back this month, whenever it had been paid.',
    list: 'refunds',
    one: 'refund',
    many: 'refunds',
  },
};

const AGES: Record<FinanceAge, string> = {
  '1_30': '1 to 30 days',
  '31_60': '31 to 60 days',
  '61_90': '61 to 90 days',
  over_90: 'More than 90 days',
};

export function financeView({ zone, sums, payers, accounts, keptEdits }: FinanceInput): FinanceView {
  const counted = payers.toLocaleString('en-US');
  const unmatched = sums?.unmatched ?? 0;
  return {
    timeZone: zone,
    asOf: sums?.asOf.toISOString() ?? null,
    asOfText: sums ? `Added up ${momentText(sums.asOf.toISOString(), zone)} (${zone})` : '',
    counting: sums ? null : { payers, text: `Adding up: ${counted} customers so far.` },
    money: sums ? (['live', 'test'] as const).flatMap((mode) => moneyOf(mode, sums, { accounts, zone })) : [],
    unmatched: {
      count: unmatched,
      text: unmatched === 1 ? '1 customer without a record' : `${unmatched} customers without a record`,
    },
    keptEdits: {
      count: keptEdits,
      text: keptEdits === 1 ? '1 record edited and kept so' : `${keptEdits} records edited and kept so`,
    },
  };
}

type AddedUp = NonNullable<FinanceInput['sums']>;
type Around = Pick<FinanceInput, 'accounts' | 'zone'>;

/** Nothing is said of a kind of money of which there is no account. */
function moneyOf(mode: MoneyView['mode'], all: AddedUp, { accounts, zone }: Around): MoneyView[] {
  const sums = all[mode];
  const mine = accounts.filter(({ livemode }) => livemode === (mode === 'live'));
  if (mine.length === 0) return [];
  const checked = mine.map(({ verifiedAt }) => verifiedAt);
  const verifiedAt = checked.includes(null) ? null : (checked.toSorted()[0] ?? null);
  return [
    {
      mode,
      title: mode === 'live' ? 'Money' : 'Test money',
      verifiedAt,
      verifiedText: verifiedAt
        ? `Checked with the gateway ${momentText(verifiedAt, zone)}`
        : 'Not checked yet',
      ...provenView(all.proof, mine),
      figures: financeFigures.map((kind) => {
        const { label, explanation, list, one, many } = WORDS[kind];
        return { kind, label, explanation, list, parts: partsOf(sumsOf(sums, kind), one, many) };
      }),
      ages: financeAges.map((kind) => ({
        kind,
        label: AGES[kind],
        parts: partsOf(sumsOf(sums, kind), OF_INVOICES.one, OF_INVOICES.many),
      })),
    },
  ];
}

const partsOf = (sums: readonly Sum[], one: string, many: string) =>
  sums.map(({ total, count }) => ({
    amount: amount(total),
    count,
    countText: count === 1 ? `1 ${one}` : `${count.toLocaleString('en-US')} ${many}`,
  }));
