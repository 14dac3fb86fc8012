// List answers: newest first, paged by object id.
import { missing } from './errors.ts';
import type { List } from './shapes.ts';
import type { Moment } from './params.ts';

type Paging = {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
};

/** A page of objects, newest first. */
export function newestFirst<T extends { id: string; created: number }>(
  objects: Iterable<T>,
  paging: Paging,
  url: string,
): List<T> {
  const sorted = [...objects].reverse().sort((a, b) => b.created - a.created);
  return page(sorted, paging, url);
}

/** A page of objects in the order they are given. */
export function page<T extends { id: string }>(objects: readonly T[], paging: Paging, url: string): List<T> {
  const limit = Math.min(100, Math.max(1, paging.limit ?? 10));
  if (paging.ending_before !== undefined) {
    const end = indexOf(objects, paging.ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: objects.slice(start, end), has_more: start > 0, url };
  }
  const start =
    paging.starting_after === undefined ? 0 : indexOf(objects, paging.starting_after, 'starting_after') + 1;
  const data = objects.slice(start, start + limit);
  return { object: 'list', data, has_more: start + limit < objects.length, url };
}

/** A list that is part of an object: its first ten entries. */
export function embedded<T extends { id: string }>(objects: readonly T[], url: string): List<T> {
  return page(objects, {}, url);
}

function indexOf(objects: readonly { id: string }[], id: string, param: string): number {
  const index = objects.findIndex((object) => object.id === id);
  if (index < 0) throw missing('object', id, param);
  return index;
}

/** Whether a time in unix seconds is inside a `created`-like filter. */
export function within(seconds: number | null, filter: Moment | undefined): boolean {
  if (filter === undefined) return true;
  if (seconds === null) return false;
  if (typeof filter === 'number') return seconds === filter;
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = filter;
  return seconds >= Math.max(gt + 1, gte) && seconds <= Math.min(lt - 1, lte);
}

/** A filter that was not given lets everything through. */
export function same<T>(value: T, wish: T | undefined): boolean {
  return wish === undefined || value === wish;
}
