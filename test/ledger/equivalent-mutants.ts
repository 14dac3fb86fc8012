// Mutants that no test can kill because they say the same as the original, each with its reason.
import type { Mutant } from './mutants.ts';

type Equivalent = {
  file: string;
  /** Part of the line as it stands in the original. */
  on: string;
  from: string;
  to: string;
  reason: string;
};

const SAME_ORDER = 'the order of the ranks stays the same';

/** A highest rank that is higher still, or a lowest that is lower still. */
const ranks = (on: string, from: number, to: number): Equivalent => ({
  file: 'rank',
  on,
  from: String(from),
  to: `(${to})`,
  reason: SAME_ORDER,
});

const EQUIVALENT: readonly Equivalent[] = [
  ranks('paid: 5', 5, 6),
  ranks('succeeded: 2,', 2, 3),
  ranks('pending: 0,', 0, -1),
  ranks('failed: 4,', 4, 5),
  ranks('warning: 0,', 0, -1),
  ranks('won: 5,', 5, 6),
  ranks('const ALLOCATION', 0, -1),
  ranks('const ALLOCATION', 2, 3),
  ranks('const PAYOUT', 0, -1),
  ranks('const PAYOUT', 3, 4),
  ranks('return status === 0 ? [0]', 0, -1),
  ranks("body.status === 'void' ? 1 : 0", 1, 2),
  ranks("body.status === 'void' ? 1 : 0", 0, -1),
  ...[1, -1].map((to) => ({
    ...ranks('right[index] ?? 0', 0, to),
    reason: 'ranks of one kind differ in length only where their first step differs',
  })),
  { ...ranks('const compareText', 1, 2), reason: 'only the sign of a comparison is read' },
  {
    file: 'fold',
    on: 'entity && row.parent ?',
    from: 'entity && row.parent ? rows.get(rowKey({ entity, account: row.account, id: row.p',
    to: '(rows.get(rowKey({ entity, account: row.account, id: row.parent })))',
    reason: 'no row has a key without a kind and an id; the check is for the type',
  },
  {
    file: 'fold',
    on: 'entity && row.parent ?',
    from: '&&',
    to: '||',
    reason: 'no row has a key without a kind and an id; the check is for the type',
  },
  {
    file: 'invoice-figures',
    on: 'if (reversedMinor === 0)',
    from: 'reversedMinor === 0',
    to: 'false',
    reason: 'only spares looking for replacements where there is nothing to replace',
  },
  {
    file: 'invoice-figures',
    on: 'if (reversedMinor === 0)',
    from: '0',
    to: '(-1)',
    reason: 'only spares looking for replacements where there is nothing to replace',
  },
  {
    file: 'balance',
    on: "const NEVER = '~'",
    from: "'~'",
    to: "'mutant'",
    reason: 'any text that begins with a letter sorts behind every date',
  },
  {
    file: 'balance',
    on: "state !== 'none'",
    from: "'none'",
    to: "'mutant'",
    reason: 'nothing holds for `none`; the check is for the type',
  },
];

/** Why a mutant is equivalent, or undefined where it is not. */
export const reasonOf = (file: string, mutant: Mutant): string | undefined =>
  EQUIVALENT.find(
    (one) =>
      one.file === file && mutant.source.includes(one.on) && one.from === mutant.from && one.to === mutant.to,
  )?.reason;
