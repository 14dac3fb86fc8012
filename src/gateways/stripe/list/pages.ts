// A page of one of Stripe's lists, after the object that the page before ended with.
import { calling, isMissing, toConnectorError } from '../errors.ts';

export type Query = { limit: number; starting_after?: string; created?: { gte: number } };
export type Page<T extends { id: string } = { id: string }> = { data: T[]; has_more: boolean };

const PAGE = 100;

/** Where the object the cursor names was deleted meanwhile, the list is read from its beginning again: that is harmless. */
export async function pageAfter<T extends { id: string }>(
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

export const nextAfter = ({ data, has_more }: Page): string | null =>
  has_more ? (data.at(-1)?.id ?? null) : null;

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);
