// What an inspection says of events: each that was acknowledged is applied, waits with what it said, or was put aside for a reason.
import type { Inspected } from './shapes.ts';

const WORDS: Readonly<Record<string, string>> = {
  done: 'applied',
  waiting: 'waiting',
  ignored: 'of no use',
  dead: 'given up on',
};

/** @param bodiless how many wait and have lost what they said */
export function eventsInspected(counts: ReadonlyMap<string, number>, bodiless: number): Inspected {
  const strange = [...counts].filter(([state]) => WORDS[state] === undefined);
  const problems = [
    ...strange.map(([state, count]) => `${count} are “${state}”, which nobody takes up`),
    ...(bodiless > 0 ? [`${bodiless} wait without a body, and can never be applied`] : []),
  ];
  if (problems.length > 0) return { part: 'events', state: 'damaged', says: problems.join('; ') };
  const said = Object.entries(WORDS).map(([state, word]) => `${counts.get(state) ?? 0} ${word}`);
  return { part: 'events', state: 'sound', says: said.join(', ') };
}
