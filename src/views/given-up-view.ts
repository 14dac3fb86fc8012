// What was given up on, as an admin is told: how much it is, and what the newest is about.
import type { SettingsView } from './settings-schema.ts';

export type GivenUp = { queue: 'inbox' | 'outbox' | 'work'; kind: string; reason: string; at: string };

type Shown = NonNullable<SettingsView['admin']>['givenUp'];

const OPERATOR = 'The operator of the connector can see more and have it tried again.';

/** Reasons of the outbox are the CRM's own words; elsewhere they are codes. */
const WORDS: Record<string, string> = {
  inbox: 'A message of the payment gateway could not be applied',
  notice: 'A message of the CRM could not be read',
  look: 'A record that was changed in the CRM could not be looked at',
  fetch: 'Something could not be read from the payment gateway',
  match: 'A customer could not be looked for in the CRM',
};

export function givenUpView(letters: readonly GivenUp[]): Shown {
  const newest = letters.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (!newest) return null;
  const count = letters.length;
  return {
    count,
    title: count === 1 ? 'One thing could not be done' : `${count} things could not be done`,
    text: `${sentence(newest)} ${OPERATOR}`,
  };
}

function sentence({ queue, kind, reason }: GivenUp): string {
  if (queue === 'outbox') return reason.endsWith('.') ? reason : `${reason}.`;
  const words =
    WORDS[queue === 'inbox' && kind !== 'notice' ? queue : kind] ??
    'Work of Payside’s own could not be finished';
  return `${words} (${reason}).`;
}
