// The calendar day of a moment, without what luxon does for one: a ledger asks for the day of everything in it.
import type { Instant } from './entities.ts';

/** Making a format costs a hundred times its use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  // Swedish writes days as YYYY-MM-DD.
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  formats.set(zone, format);
  return format;
}

/** As we and the gateways write a moment. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** @returns YYYY-MM-DD, or null for what is no moment or is written in another way */
export function quickDay(at: Instant | Date, zone: string): string | null {
  const time = at instanceof Date || INSTANT.test(at) ? new Date(at) : null;
  return time === null || Number.isNaN(time.getTime()) ? null : formatOf(zone).format(time);
}
