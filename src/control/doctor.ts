// Everything that can be checked from here, with a sentence for each: settings, store, queues, accounts, installations.
import { z } from 'zod';
import { command, type ControlDeps } from './command.ts';

const checkShape = z.object({
  name: z.string(),
  about: z.string().nullable(),
  state: z.enum(['ok', 'warn', 'failed']),
  says: z.string(),
});
type Check = z.infer<typeof checkShape>;
type Result = { healthy: boolean; checks: Check[] };

const SETTINGS: Check = { name: 'settings', about: null, state: 'ok', says: 'complete' };

const resultOf = (checks: Check[]): Result => ({
  healthy: checks.every(({ state }) => state !== 'failed'),
  checks,
});

export const doctor = command<Result>({
  says: 'checks settings, store, queues, accounts and installations; --repair makes CRM fields that are gone',
  options: { repair: { type: 'boolean' } },
  result: z.object({ healthy: z.boolean(), checks: z.array(checkShape) }),
  // Whoever asks has read the settings, or would not have come here.
  run: async (deps: ControlDeps, { options }) =>
    resultOf([SETTINGS, ...(await deps.storeChecks()), ...(await deps.examine(options['repair'] === true))]),
  closed: (check) => resultOf([SETTINGS, check]),
  isFailure: ({ healthy }) => !healthy,
  text: ({ checks }) => checks.map(lineOf).join('\n'),
});

const lineOf = ({ name, about, state, says }: Check): string =>
  `${state.padEnd(6)}  ${about === null ? name : `${name} ${about}`}: ${says}`;
