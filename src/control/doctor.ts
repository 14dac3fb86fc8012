// Everything that can be checked from here, with a sentence for each: settings, store, queues, accounts, installations.
import { z } from 'zod';
import { ASSUMPTIONS } from './assumptions.ts';
import { command, type ControlDeps } from './command.ts';

const checkShape = z.object({
  name: z.string(),
  about: z.string().nullable(),
  state: z.enum(['ok', 'warn', 'failed']),
  says: z.string(),
});
const assumptionShape = z.object({
  name: z.string(),
  assumes: z.string(),
  seen: z.string(),
  check: z.string().optional(),
});
const resultShape = z.object({
  healthy: z.boolean(),
  checks: z.array(checkShape),
  assumptions: z.array(assumptionShape).optional(),
});
type Check = z.infer<typeof checkShape>;
type Result = z.infer<typeof resultShape>;

const SETTINGS: Check = { name: 'settings', about: null, state: 'ok', says: 'complete' };

const resultOf = (checks: Check[]): Result => ({
  healthy: checks.every(({ state }) => state !== 'failed'),
  checks,
});

/** Says what is believed and asks nobody. */
const BELIEVED: Result = { healthy: true, checks: [], assumptions: [...ASSUMPTIONS] };

export const doctor = command<Result>({
  says: 'checks settings, store, accounts and CRMs; --deep reads all that is kept, --repair makes fields that are gone, --assumptions lists beliefs',
  options: { deep: { type: 'boolean' }, repair: { type: 'boolean' }, assumptions: { type: 'boolean' } },
  result: resultShape,
  // Whoever asks has read the settings, or would not have come here.
  async run(deps: ControlDeps, { options }) {
    if (options['assumptions'] === true) return BELIEVED;
    return resultOf([
      SETTINGS,
      ...(await deps.storeChecks()),
      ...(options['deep'] === true ? await deps.inspect() : []),
      ...(await deps.examine(options['repair'] === true)),
    ]);
  },
  closed: (check, { options }) => (options['assumptions'] === true ? BELIEVED : resultOf([SETTINGS, check])),
  isFailure: ({ healthy }) => !healthy,
  text: ({ checks, assumptions }) =>
    assumptions ? assumptions.map(believedOf).join('\n') : checks.map(lineOf).join('\n'),
});

const lineOf = ({ name, about, state, says }: Check): string =>
  `${state.padEnd(6)}  ${about === null ? name : `${name} ${about}`}: ${says}`;

const believedOf = ({ name, assumes, seen, check }: z.infer<typeof assumptionShape>): string =>
  `${name}: ${assumes}\n  seen by: ${check ? `the doctor’s check “${check}”; ` : ''}${seen}`;
