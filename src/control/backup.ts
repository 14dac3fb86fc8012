// `payside backup`: everything a store keeps, of one moment, into one file that nobody else can read.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { writeBackup } from './backup-file.ts';
import { command, type Typed } from './command.ts';

/** The folder in which it was typed, where the connector writes it. */
function prepare(typed: Typed): Typed {
  const to = typed.options['to'];
  if (typeof to !== 'string' || to === '')
    throw requestInvalid({ publicMessage: 'Say --to with a file or a folder for the backup.' });
  return { ...typed, options: { ...typed.options, to: resolve(to) } };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

export const backup = command({
  says: 'writes all that is kept into one file: --to FILE, or a folder for one named by the time',
  options: { to: { type: 'string' } },
  result: z.object({ file: z.string(), rows: z.int(), createdAt: z.string() }),
  prepare,
  async run({ store, clock }, { options }) {
    const at = clock.now();
    const to = String(options['to']);
    const file = isFolder(to) ? join(to, `payside-${at.toISOString().replaceAll(/[:.]/g, '-')}.backup`) : to;
    const rows = await writeBackup(file, store.copyOut(), at);
    return { file, rows, createdAt: at.toISOString() };
  },
  text: ({ file, rows }) =>
    [
      `${rows} rows in ${file}`,
      'It holds names and addresses of customers. Tokens and keys in it are sealed by ENCRYPTION_KEYS:',
      'without those keys nothing can be restored. Keep them elsewhere.',
    ].join('\n'),
});
