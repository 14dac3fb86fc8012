// Moves webhook endpoints to the pinned API version, step by step over as many runs as it takes.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { command } from './command.ts';

const HOUR_MS = 3_600_000;

const moveShape = z.object({
  account: z.string(),
  workspaceId: z.string(),
  state: z.enum(['current', 'due', 'overlapping', 'moved', 'app', 'failed']),
  version: z.string().nullable(),
  overlapsSince: z.string().nullable(),
  problem: z.string().nullable(),
});
type Move = z.infer<typeof moveShape>;

export const moveEndpoints = command({
  says: 'moves webhook endpoints to the API version of this release; --account ID, --dry-run, --hours N, --retire, --new-secret',
  options: {
    account: { type: 'string' },
    'dry-run': { type: 'boolean' },
    hours: { type: 'string' },
    retire: { type: 'boolean' },
    'new-secret': { type: 'boolean' },
  },
  result: z.object({ moves: z.array(moveShape) }),
  async run(deps, { options }) {
    const account = typeof options['account'] === 'string' ? options['account'] : null;
    const newSecret = options['new-secret'] === true;
    const moves = await deps.moveEndpoints({
      account,
      isDry: options['dry-run'] === true,
      retire: options['retire'] === true,
      newSecret,
      overlapMs: hoursOf(options['hours']) * HOUR_MS,
    });
    if (account !== null && moves.length === 0)
      throw requestInvalid({ publicMessage: `No gateway account is called ${account}.` });
    return { moves };
  },
  text: ({ moves }) =>
    moves.length === 0 ? 'no gateway account is connected' : moves.map(lineOf).join('\n'),
});

/** An hour is longer than a delivery that fails a few times takes to get through. */
function hoursOf(given: string | boolean | undefined): number {
  if (given === undefined) return 1;
  if (!/^\d{1,4}$/.test(String(given)))
    throw requestInvalid({ publicMessage: '--hours takes a whole number.' });
  return Number(given);
}

const SAYS: Record<Move['state'], string> = {
  current: 'tells in the version of this release',
  due: 'would be moved',
  overlapping: 'old and new endpoint both tell; run this again later, or with --retire',
  moved: 'the old endpoint is retired',
  app: 'is heard at the address of your app; its endpoint is changed in the gateway’s dashboard',
  failed: 'not moved',
};

const lineOf = ({ account, state, version, overlapsSince, problem }: Move): string =>
  [
    `${account}: ${SAYS[state]}`,
    ...(version ? [`version ${version}`] : []),
    ...(overlapsSince ? [`since ${overlapsSince}`] : []),
    ...(problem ? [problem] : []),
  ].join('; ');
