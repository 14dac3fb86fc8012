// What operators type is carried out by the running connector, or here where none runs.
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { askConnector } from '../control/ask.ts';
import type { ControlDeps, Typed } from '../control/command.ts';
import { CONTROL_COMMANDS } from '../control/commands.ts';
import { listenForControl, type ControlListener } from '../control/listen.ts';
import { requestInvalid } from '../errors.ts';
import { createLog } from '../log.ts';
import { createMoveEndpoints } from '../workspaces/move-endpoints.ts';
import { createRotateKeys } from '../workspaces/rotate-keys.ts';
import type { Background } from './background.ts';
import { furnish, storeFolder, type House } from './house.ts';

/** null where nobody has to be asked: a database is open to several processes. */
function socketOf(config: Config): string | null {
  const folder = storeFolder(config);
  return folder === null ? null : join(folder, 'control.sock');
}

/**
 * @returns null where no socket is needed, or where it cannot be made: the connector works without, and commands say that
 *   they cannot
 */
export async function openControl(house: House, background: Background): Promise<ControlListener | null> {
  const { config, log } = house;
  const path = socketOf(config);
  if (path === null) return null;
  const stopping = new AbortController();
  const { signal } = stopping;
  const work: ControlDeps = {
    ...workOn(house),
    reconcile: (workspaceId, isFull) => background.reconcile({ workspaceId, isFull, signal }),
  };
  const opening = listenForControl({ path, commands: CONTROL_COMMANDS, work, log });
  const listening = await opening.catch((error: unknown) => {
    log.error('operators cannot reach the connector', error);
    return null;
  });
  return (
    listening && {
      close() {
        stopping.abort();
        return listening.close();
      },
    }
  );
}

/** What commands can do wherever the store is open. */
function workOn(house: House): ControlDeps {
  const { store, clock, config } = house;
  return {
    store,
    clock,
    rotateKeys: createRotateKeys(house),
    moveEndpoints: createMoveEndpoints({ ...house, publicBaseUrl: config.PUBLIC_BASE_URL }),
  };
}

export type Operator = {
  says: string;
  options: (typeof CONTROL_COMMANDS)[string]['options'];
  /** Carries it out. @returns what tools read, and the same for people */
  run(config: Config, typed: Typed): Promise<{ result: unknown; text: string }>;
};

/** By the words they are typed with. */
export const OPERATOR_COMMANDS: ReadonlyMap<string, Operator> = new Map(
  Object.entries(CONTROL_COMMANDS).map(([name, { says, options, run, text }]) => [
    name,
    {
      says,
      options,
      async run(config, typed) {
        const path = socketOf(config);
        const answer = path === null ? null : await askConnector(path, { command: name, ...typed });
        if (answer && !answer.ok) throw requestInvalid({ publicMessage: answer.message });
        const result = answer ? answer.result : await here(config, (house) => run(workOn(house), typed));
        return { result, text: text(result) };
      },
    },
  ]),
);

/** Opens the store that nobody holds; another process that takes it meanwhile is told that it is in use. */
async function here<T>(config: Config, work: (house: House) => Promise<T>): Promise<T> {
  const house = await furnish({ config, clock: systemClock, log: createLog('silent'), mustExist: true });
  try {
    return await work(house);
  } finally {
    await house.store.close();
  }
}
