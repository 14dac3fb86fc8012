// How far the sums are proven by the gateway's own balance, in words, and where the two say different amounts.
import { ledgerOf } from '../ledger/ledger.ts';
import type { Row } from '../ledger/facts.ts';
import {
  addToProof,
  newProof,
  provenUntil,
  type GapDay,
  type Proof,
  type ProofKind,
  type ProofScope,
} from '../ledger/proof.ts';
import { amount } from './amount.ts';
import type { FinanceView } from './finance-schema.ts';
import { dayText } from './words.ts';

export type FinanceProof = { proof: Proof; scope: ProofScope };

type Account = { id: string; verifiedAt: string | null };

/** Nothing is proven yet: payers are added one after the other. */
export const beginProof = (zone: string, accounts: readonly Account[]): FinanceProof => ({
  proof: newProof(),
  scope: { zone, verifiedAt: new Map(accounts.map(({ id, verifiedAt }) => [id, verifiedAt])) },
});

/** @param rows all there is of some payers */
export const proveRows = ({ proof, scope }: FinanceProof, rows: readonly Row[]): void =>
  addToProof(proof, ledgerOf(rows), scope);

type Proven = Pick<FinanceView['money'][number], 'provenUntil' | 'provenText' | 'gaps'>;

/** As many as are read; what lies further back is counted by the operator's `reconcile`. */
const SHOWN = 5;

export function provenView({ proof, scope }: FinanceProof, accounts: readonly { id: string }[]): Proven {
  const days = accounts.map(({ id }) => provenUntil(proof, id, scope));
  const until = days.includes(null) ? null : (days.toSorted()[0] ?? null);
  const own = new Set(accounts.map(({ id }) => id));
  const gaps = [...proof.gaps.values()]
    .filter(({ account }) => own.has(account) && proof.moved.has(account))
    .toSorted((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0));
  return {
    provenUntil: until,
    provenText:
      until === null
        ? 'Not proven against the gateway’s balance yet'
        : `Proven against the gateway’s balance until ${dayText(until)}`,
    gaps: gaps.slice(0, SHOWN).map((gap) => ({ day: gap.day, text: gapText(gap) })),
  };
}

const VERBS: Record<ProofKind, string> = {
  captured: 'collected',
  refunded: 'paid back',
  disputed: 'disputed',
};

function gapText({ day, kind, state, currency, ledgerMinor, gatewayMinor }: GapDay): string {
  const said = (amountMinor: number): string => amount({ amountMinor, currency }).text;
  const here = `${dayText(day)}: ${said(ledgerMinor)} ${VERBS[kind]}`;
  return state === 'unproven'
    ? `${here}, and no movement of the balance is known for it`
    : `${here}, but ${said(gatewayMinor)} by the gateway’s balance`;
}
