// What was given up on: shown to an operator, and tried once more when they say so.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import type { DeadLetter } from '../store/store.ts';
import { command, type ControlDeps } from './command.ts';

const letterShape = z.object({
  /** `queue:id`, the name it is redriven by. */
  letter: z.string(),
  workspaceId: z.string(),
  kind: z.string(),
  reason: z.string(),
  at: z.string(),
});

const nameOf = ({ queue, id }: DeadLetter): string => `${queue}:${id}`;

export const listDeadLetters = command({
  says: 'shows what was given up on and waits for a person',
  options: {},
  result: z.object({ deadLetters: z.array(letterShape) }),
  async run({ store }) {
    const letters = await store.deadLetters();
    return {
      deadLetters: letters
        .map(({ queue, id, ...rest }) => ({ letter: nameOf({ queue, id, ...rest }), ...rest }))
        .sort((a, b) => (a.at < b.at ? -1 : 1)),
    };
  },
  text: ({ deadLetters }) =>
    deadLetters.length === 0
      ? 'nothing was given up on'
      : deadLetters.map(({ at, letter, kind, reason }) => `${at}  ${letter}  ${kind}: ${reason}`).join('\n'),
});

const NOTHING_NAMED = 'Name dead letters as `dead-letters list` shows them, or say --all.';

export const redriveDeadLetters = command({
  says: 'has dead letters tried again: those that are named, or --all',
  options: { all: { type: 'boolean' } },
  result: z.object({ redriven: z.array(z.string()), unknown: z.array(z.string()) }),
  async run(deps, { words, options }) {
    const isAll = options['all'] === true;
    if (isAll === words.length > 0) throw requestInvalid({ publicMessage: NOTHING_NAMED });
    const letters = new Map((await deps.store.deadLetters()).map((letter) => [nameOf(letter), letter]));
    const wanted = isAll ? [...letters.keys()] : [...new Set(words)];
    const tried = await Promise.all(wanted.map((name) => redrive(deps, letters.get(name))));
    return {
      redriven: wanted.filter((_, index) => tried[index]),
      unknown: wanted.filter((_, index) => !tried[index]),
    };
  },
  text: ({ redriven, unknown }) =>
    [`${redriven.length} tried again`, ...unknown.map((name) => `not among the dead letters: ${name}`)].join(
      '\n',
    ),
});

async function redrive({ store, clock }: ControlDeps, letter: DeadLetter | undefined): Promise<boolean> {
  if (!letter || !(await store.redrive(letter))) return false;
  const { queue, id, kind, reason, workspaceId } = letter;
  await store.audit({
    workspaceId,
    at: clock.now().toISOString(),
    actor: 'operator',
    action: 'redrive',
    operationId: null,
    record: null,
    before: { queue, id, kind, reason },
    after: null,
  });
  return true;
}
