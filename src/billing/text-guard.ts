// Refuses text that holds what looks like a card number: it may not reach a store, a log, a gateway or a CRM.

const SHORTEST = 13;
const LONGEST = 19;
/** How cards begin: Visa, Mastercard (5 and 2 series), American Express, Diners, Discover, JCB, UnionPay, Maestro. */
const ISSUER = /^(?:4|5[0-9]|2[2-7]|3[0456789]|6)/;

/** Any digit of any script, so that full-width or Arabic digits do not hide a number. */
const digitValue = (character: string): number | null => {
  if (!/\p{Nd}/u.test(character)) return null;
  const point = character.codePointAt(0) ?? 0;
  // Unicode keeps the ten digits of a script together, with the zero at the start of the run.
  for (let value = 0; value <= 9; value += 1)
    if (!/\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) return value;
  return point % 10;
};

/** What people put between the groups of a card number. */
const SEPARATOR = /[\s\u00a0\u2000-\u200d\u202f\u2060\ufeff\-\u2010-\u2015\u2212._/·,]/u;

/** Runs of digits that only separators interrupt. */
function digitRuns(text: string): string[] {
  const runs: string[] = [];
  let run = '';
  let gap = 0;
  for (const character of text.normalize('NFKC')) {
    const value = digitValue(character);
    if (value !== null) {
      run += String(value);
      gap = 0;
    } else if (run !== '' && SEPARATOR.test(character) && gap < 3) {
      gap += 1;
    } else {
      runs.push(run);
      run = '';
      gap = 0;
    }
  }
  return [...runs, run].filter((found) => found.length >= SHORTEST);
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** True when some stretch of 13 to 19 digits begins like a card and has a card's check digit. */
export function holdsCardNumber(text: string): boolean {
  return digitRuns(text).some((run) => {
    for (let start = 0; start + SHORTEST <= run.length; start += 1) {
      for (let length = SHORTEST; length <= Math.min(LONGEST, run.length - start); length += 1) {
        const part = run.slice(start, start + length);
        if (ISSUER.test(part) && passesLuhn(part)) return true;
      }
    }
    return false;
  });
}
