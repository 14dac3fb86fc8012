// Salesforce's record ids: 15 case-sensitive characters, and three more that make them safe where case is lost.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
/** Stands in every id of one Salesforce instance. */
const POD = 'gK';

/** The last three characters of an id: each says which of five characters before are capitals. */
function suffixOf(fifteen: string): string {
  return [0, 5, 10]
    .map((start) => {
      const capitals = [0, 1, 2, 3, 4].reduce(
        (bits, place) => bits + (/[A-Z]/.test(fifteen.charAt(start + place)) ? 2 ** place : 0),
        0,
      );
      return CHECK[capitals] ?? 'A';
    })
    .join('');
}

/** The nth id behind a key prefix such as `003`. */
export function makeId(prefix: string, nth: number): string {
  let rest = nth;
  let digits = '';
  while (digits.length < 10) {
    digits = (DIGITS[rest % DIGITS.length] ?? '0') + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  const fifteen = prefix + POD + digits;
  return fifteen + suffixOf(fifteen);
}

/** The 18 characters of an id given in either length; undefined for what cannot be one. */
export function fullId(text: string): string | undefined {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text)) return undefined;
  return text.length === 18 ? text : text + suffixOf(text);
}
