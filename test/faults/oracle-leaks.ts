// Looks for what must never leave its place: keys and card numbers in logs, e-mails in logs, one merchant's ids in calls for another.
import type { Finding } from './oracle.ts';

export type Canaries = {
  /** Keys, tokens and secrets, as they are. */
  secrets: readonly string[];
  /** Addresses of payers and people of the CRM. */
  emails: readonly string[];
  cardNumbers: readonly string[];
};

export function leaksIn(text: string, where: string, { secrets, emails, cardNumbers }: Canaries): Finding[] {
  const digits = text.replaceAll(/[ -]/g, '');
  const found = [
    ...secrets.filter((one) => text.includes(one)).map((one) => `${one.slice(0, 8)}…`),
    ...emails.filter((one) => text.includes(one)),
    ...cardNumbers.filter((one) => digits.includes(one)).map((one) => `card ${one.slice(0, 6)}…`),
  ];
  return found.map((what) => ({ verdict: 'leaked', what: `${what} stands in ${where}` }));
}

type Call = { requestHeaders: Record<string, unknown>; path: string; body: string };

/** Ids of records by the merchant they belong to, and who a bearer token speaks for. */
export type Owners = { tokens: ReadonlyMap<string, string>; records: ReadonlyMap<string, string> };

const RECORD_ID = /"(?:id|Id)":"([A-Za-z0-9]+)"/g;

/** Every call a CRM was sent speaks for one merchant, and may name records of no other. */
export async function strayCalls(url: string, { tokens, records }: Owners): Promise<Finding[]> {
  const response = await fetch(`${url}/_sandbox/calls`);
  const calls = (await response.json()) as Call[];
  return calls.flatMap((call) => {
    const token = String(call.requestHeaders['authorization'] ?? '').replace(/^Bearer /, '');
    const speaksFor = tokens.get(token);
    if (speaksFor === undefined) return [];
    const strangers = [...call.body.matchAll(RECORD_ID)].filter(([, id = '']) => {
      const owner = records.get(id);
      return owner !== undefined && owner !== speaksFor;
    });
    return strangers.map(([, id]): Finding => ({
      verdict: 'leaked',
      what: `${call.path} for ${speaksFor} names ${id} of ${records.get(id ?? '')}`,
    }));
  });
}
