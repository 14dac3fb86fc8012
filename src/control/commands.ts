// Every command that is carried out where the store is open, by the words it is typed with.
import { backfill } from './backfill.ts';
import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { listDeadLetters, redriveDeadLetters } from './dead-letters.ts';
import { doctor } from './doctor.ts';
import { erase } from './erase.ts';
import { moveEndpoints } from './move-endpoints.ts';
import { rebuildLedger } from './rebuild.ts';
import { reconcile } from './reconcile.ts';
import { rotateKeys } from './rotate-keys.ts';

export const CONTROL_COMMANDS: Readonly<Record<string, Command>> = {
  doctor,
  'dead-letters list': listDeadLetters,
  'dead-letters redrive': redriveDeadLetters,
  backfill,
  reconcile,
  'move-endpoints': moveEndpoints,
  'rotate-keys': rotateKeys,
  rebuild: rebuildLedger,
  backup,
  erase,
};
