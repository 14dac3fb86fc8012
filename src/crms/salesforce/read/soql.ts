// SOQL by hand: what comes from outside is escaped here, as jsforce leaves backslashes alone, and ids are checked.
import { z } from 'zod';
import { crmRejected, crmUnavailable } from '../../../errors.ts';
import type { Ask } from '../client.ts';
import { isRecordId } from './record-id.ts';

/** A literal. Control characters are in no address and no id. */
export function text(value: string): string {
  if (/\p{Cc}/u.test(value))
    throw crmRejected({ context: { vendor: 'salesforce', code: 'control_character' } });
  return `'${value.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}

export const texts = (values: readonly string[]): string => `(${values.map(text).join(',')})`;

export function id(value: string): string {
  if (!isRecordId(value)) throw crmRejected({ context: { vendor: 'salesforce', code: 'malformed_id' } });
  return `'${value}'`;
}

export const ids = (values: readonly string[]): string => `(${values.map(id).join(',')})`;

/** Most values of a list: the whole query stands in the address, which may have 16 kB. */
const MOST_VALUES = 100;

/** Pages of 2,000; beyond these an answer is cut off, as nothing of ours asks for more. */
const MOST_PAGES = 5;

const pageShape = z.object({
  done: z.boolean(),
  records: z.array(z.unknown()),
  nextRecordsUrl: z
    .string()
    .regex(/^\/services\/data\/v\d+\.0\/query\/[\w-]+$/)
    .optional(),
});

type Asked<T> = { soql: string; row: z.ZodType<T>; bin?: boolean; background?: boolean };

/** @param bin also what lies in the recycle bin @param background work that nobody waits for */
export async function queried<T>(
  ask: Ask,
  { soql, row, bin = false, background = false }: Asked<T>,
): Promise<T[]> {
  const found: T[] = [];
  let path: string | undefined = `/${bin ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
    const answer = pageShape.safeParse(await ask({ method: 'GET', path, background }));
    const rows = z.array(row).safeParse(answer.data?.records);
    if (!answer.success || !rows.success)
      throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
    found.push(...rows.data);
    path = answer.data.nextRecordsUrl;
  }
  return found;
}

/** In lists of a length that an address can hold. */
export async function queriedInParts<T>(
  ask: Ask,
  values: readonly string[],
  asked: (part: string[]) => Asked<T>,
): Promise<T[]> {
  const found: T[] = [];
  for (let start = 0; start < values.length; start += MOST_VALUES)
    found.push(...(await queried(ask, asked(values.slice(start, start + MOST_VALUES)))));
  return found;
}
