// Seals everything anew with the first key, and says what each key still opens.
import { z } from 'zod';
import { command } from './command.ts';

export const rotateKeys = command({
  says: 'seals what is kept anew with the first key of ENCRYPTION_KEYS; says what is left of each key',
  options: {},
  result: z.object({ resealed: z.int(), left: z.record(z.string(), z.int()) }),
  run: ({ rotateKeys }) => rotateKeys(),
  text: ({ resealed, left }) =>
    [
      `${resealed} accounts and installations sealed anew`,
      ...Object.entries(left).map(([key, count]) => `${key}: seals ${count}`),
    ].join('\n'),
});
