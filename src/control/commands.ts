// Every command that is carried out where the store is open, by the words it is typed with.
import type { Command } from './command.ts';
import { listDeadLetters, redriveDeadLetters } from './dead-letters.ts';
import { reconcile } from './reconcile.ts';

export const CONTROL_COMMANDS: Readonly<Record<string, Command>> = {
  'dead-letters list': listDeadLetters,
  'dead-letters redrive': redriveDeadLetters,
  reconcile,
};
