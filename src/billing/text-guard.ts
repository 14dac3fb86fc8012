// Refuses text that holds what looks like a card number: it may not reach a store, a log, a gateway or a CRM.

const SHORTEST = 13;
const LONGEST = 19;
/** Visible signs between two groups of digits beyond which they are no longer one number; a single letter may be among them. */
const MOST_SIGNS = 6;
const MOST_LETTERS = 1;

/** How the numbers of each network begin, and how long they are. */
const NETWORKS: readonly { begins: RegExp; lengths: readonly number[] }[] = [
  { begins: /^4/, lengths: [13, 16, 19] },
  { begins: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { begins: /^3[47]/, lengths: [15] },
  { begins: /^3(?:0[0-5]|[689])/, lengths: [14, 16] },
  { begins: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { begins: /^(?:6011|62|64[4-9]|65)/, lengths: [16, 17, 18, 19] },
  { begins: /^(?:50|5[6-8]|6[0-9])/, lengths: [13, 15, 16, 17, 18, 19] },
];

const isAscii = (character: string): boolean => character >= '0' && character <= '9';
const isMark = (character: string): boolean => /[\p{M}\p{Cf}]/u.test(character);
const isSpace = (character: string): boolean => /[\s\p{Z}\p{Cc}]/u.test(character);
const isWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);

/** Any digit of any script, so that Arabic or Devanagari digits do not hide a number. */
function digitValue(character: string): number | null {
  if (isAscii(character)) return Number(character);
  if (!/\p{Nd}/u.test(character)) return null;
  const point = character.codePointAt(0) ?? 0;
  // Unicode keeps the ten digits of a script together, with the zero at the start of the run.
  for (let value = 0; value <= 9; value += 1)
    if (!/\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) return value;
  return point % 10;
}

/** What stands between two digits; space of any width does not count. */
type Gap = { signs: number; letters: number };

const NO_GAP: Gap = { signs: 0, letters: 0 };

function widened({ signs, letters }: Gap, character: string): Gap {
  if (isSpace(character)) return { signs, letters };
  return isWord(character) ? { signs, letters: letters + 1 } : { signs: signs + 1, letters };
}

const isTooWide = ({ signs, letters }: Gap): boolean => signs > MOST_SIGNS || letters > MOST_LETTERS;

/** Digits that only a few separators interrupt; `starts` says where a group begins, `ends` where one has ended. */
type Run = { digits: number[]; starts: boolean[]; ends: boolean[] };

const newRun = (): Run => ({ digits: [], starts: [], ends: [] });

function digitRuns(text: string): Run[] {
  const runs = [newRun()];
  let run = runs[0] ?? newRun();
  let gap = NO_GAP;
  let isFresh = true;
  for (const character of text.normalize('NFKC')) {
    const value = digitValue(character);
    if (value !== null) {
      run.digits.push(value);
      run.starts.push(isFresh);
      run.ends.push(true);
      if (!isFresh) run.ends[run.ends.length - 2] = false;
      isFresh = false;
      gap = NO_GAP;
    } else if (!isMark(character)) {
      isFresh = true;
      gap = widened(gap, character);
      if (isTooWide(gap) && run.digits.length > 0) runs.push((run = newRun()));
    }
  }
  return runs.filter(({ digits }) => digits.length >= SHORTEST);
}

const doubled = (digit: number): number => (digit > 4 ? digit * 2 - 9 : digit * 2);

/** Whether a card number stands at `start`: whole groups, the beginning and length of a network, a right check digit. */
function isCardAt(run: Run, start: number): boolean {
  const { digits, ends } = run;
  const most = Math.min(LONGEST, digits.length - start);
  // Counted from the right each second digit is doubled: which ones those are depends on the length, so both are summed.
  let asIs = 0;
  let other = 0;
  for (let length = 1; length <= most; length += 1) {
    const digit = digits[start + length - 1] ?? 0;
    [asIs, other] = [other + digit, asIs + doubled(digit)];
    const isWhole = length >= SHORTEST && ends[start + length - 1];
    if (isWhole && asIs % 10 === 0 && fits(digits, start, length)) return true;
  }
  return false;
}

function fits(digits: readonly number[], start: number, length: number): boolean {
  const beginning = digits.slice(start, start + 4).join('');
  return NETWORKS.some(({ begins, lengths }) => begins.test(beginning) && lengths.includes(length));
}

/** True when some stretch of digit groups begins like a card, is as long as one and has a card's check digit. */
export const holdsCardNumber = (text: string): boolean =>
  digitRuns(text).some((run) => run.starts.some((isStart, start) => isStart && isCardAt(run, start)));
