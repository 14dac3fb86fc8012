// Gives all test files of a run one folder for a PostgreSQL server, and ends the server if one of them started it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopServer } from './server.ts';

export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'payside-postgres-'));
  process.env['PAYSIDE_TEST_POSTGRES'] = folder;
  return async () => {
    await stopServer(folder);
    await rm(folder, { recursive: true, force: true });
  };
}
