// Calendar days in the workspace's zone: due dates are days there, and end at local midnight.
import { DateTime } from 'luxon';
import type { Instant } from './entities.ts';

/** The calendar day of an instant, as YYYY-MM-DD. */
export const dayOf = (at: Instant | Date, zone: string): string => {
  const time = at instanceof Date ? DateTime.fromJSDate(at) : DateTime.fromISO(at);
  return time.setZone(zone).toFormat('yyyy-MM-dd');
};

/** The last second of a calendar day in a zone. @param day YYYY-MM-DD */
export const endOfDay = (day: string, zone: string): Date =>
  DateTime.fromISO(day, { zone }).endOf('day').startOf('second').toJSDate();

/** True once the local day of `dueAt` has ended. */
export const isPastDue = (dueAt: Instant | null, asOf: Date, zone: string): boolean =>
  dueAt !== null && dayOf(asOf, zone) > dayOf(dueAt, zone);

/** @param day YYYY-MM-DD */
export const addDays = (day: string, days: number): string =>
  DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');

/** The moment the local day of `at` ends. */
export const nextMidnight = (at: Date, zone: string): Date =>
  DateTime.fromJSDate(at).setZone(zone).plus({ days: 1 }).startOf('day').toJSDate();
