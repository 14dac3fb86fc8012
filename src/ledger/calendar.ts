// Calendar days in the workspace's zone: due dates are days there, and end at local midnight.
import { DateTime } from 'luxon';
import type { Instant } from './entities.ts';
import { quickDay } from './quick-day.ts';

/** The calendar day of an instant, as YYYY-MM-DD. */
export const dayOf = (at: Instant | Date, zone: string): string => {
  const day = quickDay(at, zone);
  if (day !== null) return day;
  const time = at instanceof Date ? DateTime.fromJSDate(at) : DateTime.fromISO(at);
  return time.setZone(zone).toISODate() ?? '';
};

/** The last second of a calendar day in a zone. @param day YYYY-MM-DD */
export const endOfDay = (day: string, zone: string): Date =>
  DateTime.fromISO(day, { zone }).endOf('day').startOf('second').toJSDate();

/** True once the local day of `dueAt` has ended. */
export const isPastDue = (dueAt: Instant | null, asOf: Date, zone: string): boolean =>
  // What is due later needs no calendar, and most of what is open is.
  dueAt !== null && Date.parse(dueAt) <= asOf.getTime() && dayOf(asOf, zone) > dayOf(dueAt, zone);

/** @param day YYYY-MM-DD */
export const addDays = (day: string, days: number): string =>
  DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');

/** The moment the local day of `at` ends. */
export const nextMidnight = (at: Date, zone: string): Date =>
  DateTime.fromJSDate(at).setZone(zone).plus({ days: 1 }).startOf('day').toJSDate();

/** The first moment of the local day so many days before that of `at`, in Unix milliseconds. */
export const startsBefore = (at: Date, zone: string, days: number): number =>
  DateTime.fromJSDate(at).setZone(zone).minus({ days }).startOf('day').toMillis();

/** The first moments of the last, this and the next local month, in Unix milliseconds. */
export function monthsAround(at: Date, zone: string): [number, number, number] {
  const month = DateTime.fromJSDate(at).setZone(zone).startOf('month');
  const start = (months: number): number => month.plus({ months }).startOf('month').toMillis();
  return [start(-1), start(0), start(1)];
}
