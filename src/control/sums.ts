// What two stores keep, compared without holding it: a count and a digest of each kind in each workspace.
import { createHash } from 'node:crypto';
import { canonical } from '../canonical-json.ts';
import type { Kept, KeptKind, KeptPages } from '../store/store.ts';

type Sum = { count: number; digest: bigint };

/** By workspace, then by kind; what belongs to none stands under the empty name. */
export type Sums = Map<string, Map<KeptKind, Sum>>;

/** Passes pages on, and adds them up. */
export async function* watched(pages: KeptPages, sums: Sums): KeptPages {
  for await (const page of pages) {
    for (const kept of page) add(sums, kept);
    yield page;
  }
}

export async function sumsOf(pages: KeptPages): Promise<Sums> {
  const sums: Sums = new Map();
  for await (const page of pages) for (const kept of page) add(sums, kept);
  return sums;
}

/** Kinds whose order says something. */
const ORDERED: ReadonlySet<KeptKind> = new Set(['event', 'fact', 'audit']);

/** Sums, so that the order in which a store hands over the rest makes no difference. */
function add(sums: Sums, { of, is }: Kept): void {
  const workspace = String(is['workspace'] ?? '');
  const kinds = sums.get(workspace) ?? new Map<KeptKind, Sum>();
  const { count, digest } = kinds.get(of) ?? { count: 0, digest: 0n };
  const place = ORDERED.has(of) ? count : 0;
  const hash = createHash('sha256')
    .update(`${place} ${canonical(is)}`)
    .digest('hex');
  kinds.set(of, { count: count + 1, digest: BigInt.asUintN(256, digest + BigInt(`0x${hash}`)) });
  sums.set(workspace, kinds);
}

const textOf = (sums: Sums): string =>
  [...sums]
    .flatMap(([workspace, kinds]) =>
      [...kinds].map(([kind, { count, digest }]) => `${workspace} ${kind} ${count} ${digest}`),
    )
    .toSorted()
    .join('\n');

export const sameSums = (a: Sums, b: Sums): boolean => textOf(a) === textOf(b);
