// A page of one of Stripe's lists, after the object that the page before ended with.
import type { FactPage, TimeWindow } from '../../gateway.ts';
import { calling, isMissing, toConnectorError } from '../errors.ts';

type Created = { gte?: number; lt?: number };
export type Query = { limit: number; starting_after?: string; created?: Created };
type Listed = { id: string; created: number };
export type Page<T extends Listed = Listed> = { data: T[]; has_more: boolean };

const PAGE = 100;

/** Where the object the cursor names was deleted meanwhile, the list is read from its beginning again: that is harmless. */
export async function pageAfter<T extends Listed>(
  list: (query: Query) => Promise<Page<T>>,
  cursor: string | null,
): Promise<Page<T>> {
  const from = (after: string | null) =>
    calling(() => list({ limit: PAGE, ...(after ? { starting_after: after } : {}) }));
  try {
    return await from(cursor);
  } catch (error) {
    const known = toConnectorError(error);
    const isGone = isMissing(known) || known.context['code'] === 'resource_missing';
    if (!cursor || !isGone) throw known;
    return from(null);
  }
}

export function createdIn({ from, before }: TimeWindow): { created?: Created } {
  const created = { ...(from && { gte: secondsOf(from) }), ...(before && { lt: secondsOf(before) }) };
  return from || before ? { created } : {};
}

export function madeOf({ data }: Page): Pick<FactPage, 'made'> {
  const seconds = data.map(({ created }) => created);
  if (seconds.length === 0) return {};
  const at = (second: number): Date => new Date(second * 1000);
  return { made: { oldest: at(Math.min(...seconds)), newest: at(Math.max(...seconds)) } };
}

export const nextAfter = ({ data, has_more }: Page): string | null =>
  has_more ? (data.at(-1)?.id ?? null) : null;

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);
