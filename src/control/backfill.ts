// The import of an account's history: how far it is, and an operator's wish to pause it, go on, or have it done again.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { command } from './command.ts';

const WISHES = ['pause', 'resume', 'again'] as const;
const USAGE = 'Name an account by --account ID, and at most one of --pause, --resume and --again.';

const resultShape = z.object({
  account: z.string(),
  state: z.enum(['importing', 'paused', 'connected', 'disconnected']),
  done: z.int().nullable(),
  total: z.int().nullable(),
  secondsLeft: z.int().nullable(),
});

export const backfill = command({
  says: 'shows how far the import of --account ID is; --pause, --resume, --again to read all of history once more',
  options: {
    account: { type: 'string' },
    pause: { type: 'boolean' },
    resume: { type: 'boolean' },
    again: { type: 'boolean' },
  },
  result: resultShape,
  async run({ steerImport }, { options }) {
    const { account } = options;
    const wishes = WISHES.filter((wish) => options[wish] === true);
    if (typeof account !== 'string' || wishes.length > 1) throw requestInvalid({ publicMessage: USAGE });
    const { state, importing } = await steerImport(account, wishes[0] ?? null);
    const { done = null, total = null, secondsLeft = null, paused = false } = importing ?? {};
    return { account, state: paused ? 'paused' : state, done, total, secondsLeft };
  },
  text({ account, state, done, total, secondsLeft }) {
    const read = done === null ? '' : `: ${done}${total === null ? '' : ` of about ${total}`} objects read`;
    const left = secondsLeft === null ? '' : `, about ${secondsLeft} s left`;
    return `${account} ${state}${read}${left}`;
  },
});
