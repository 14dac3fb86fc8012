// What operators type is carried out by the running connector, or here where none runs.
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import fields from '../../manifests/crm-fields.json' with { type: 'json' };
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { askConnector } from '../control/ask.ts';
import type { Command, ControlDeps, ImportState, Typed } from '../control/command.ts';
import { CONTROL_COMMANDS } from '../control/commands.ts';
import { listenForControl, type ControlListener } from '../control/listen.ts';
import { asConnectorError, notFound, requestInvalid, NOTHING_KEPT } from '../errors.ts';
import { createLog } from '../log.ts';
import { createEraseWorkspace } from '../workspaces/erase-workspace.ts';
import { createExamine, type Check } from '../workspaces/examine.ts';
import { steerImport, type ImportWish } from '../workspaces/imports.ts';
import { createMoveEndpoints } from '../workspaces/move-endpoints.ts';
import { createRotateKeys } from '../workspaces/rotate-keys.ts';
import { rebuild } from '../posting/rebuild.ts';
import { startBackground, type Background } from './background.ts';
import { KEEPING_COMMANDS } from './keeping.ts';
import { eraseWhomOf } from './erasing.ts';
import { furnish, storeFolder, type House } from './house.ts';
import { inspect } from './inspecting.ts';
import { SWEEPING } from './sweeping.ts';
import { routes } from './routes.ts';

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
    ...workOn(house, background.wake),
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
function workOn(house: House, wake?: () => void): ControlDeps {
  const { store, clock, config } = house;
  return {
    store,
    clock,
    steerImport: (account, wish) => steered(house, account, wish, wake),
    rebuild: (workspaceId, isCheck) =>
      rebuild({ store, clock, ...(wake ? { wake } : {}) }, workspaceId, isCheck),
    eraseWhom: eraseWhomOf(house, wake),
    workspaces: createEraseWorkspace({ ...house, crmOf: house.crms.of }),
    storeChecks: () => storeChecks(house),
    inspect: () => inspect(house),
    examine: createExamine({
      ...house,
      crmOf: house.crms.of,
      workspace: house.directory.workspace,
      schemaVersion: fields.schemaVersion,
    }),
    rotateKeys: createRotateKeys(house),
    moveEndpoints: createMoveEndpoints({ ...house, publicBaseUrl: config.PUBLIC_BASE_URL }),
  };
}

async function steered(
  house: House,
  account: string,
  wish: ImportWish | null,
  wake?: () => void,
): Promise<ImportState> {
  if (wish !== null) {
    const steering = { account, wish, actor: 'operator', operationId: null };
    const now = await steerImport(house, null, steering);
    wake?.();
    return now;
  }
  const found = await house.directory.account(account);
  if (!found) throw notFound({ publicMessage: 'No such gateway account.' });
  return found;
}

/** Below the first a connector stops taking events within hours; below the second an operator should know. */
const LEAST_BYTES = 200_000_000;
const FEW_BYTES = 2_000_000_000;

async function storeChecks({ store, config }: House): Promise<Check[]> {
  await store.ready();
  const there: Check = { name: 'store', about: null, state: 'ok', says: 'answers' };
  const folder = storeFolder(config);
  if (folder === null) return [there];
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const state = free < LEAST_BYTES ? 'failed' : free < FEW_BYTES ? 'warn' : 'ok';
  return [there, { name: 'disk', about: null, state, says: `${Math.round(free / 1e6)} MB free` }];
}

export type Operator = {
  says: string;
  options: (typeof CONTROL_COMMANDS)[string]['options'];
  /** Carries it out. @returns what tools read, and the same for people */
  run(config: Config, typed: Typed): Promise<{ result: unknown; text: string; isFailure?: boolean }>;
};

/** By the words they are typed with. */
export const OPERATOR_COMMANDS: ReadonlyMap<string, Operator> = new Map([
  ...Object.entries(CONTROL_COMMANDS).map(([name, command]) => [name, carriedOut(name, command)] as const),
  ...Object.entries(KEEPING_COMMANDS),
  ['routes', routes],
]);

function carriedOut(name: string, command: Command): Operator {
  const { says, options, prepare = (typed: Typed) => typed } = command;
  return {
    says,
    options,
    async run(config, typed) {
      const result = await resultOf(config, name, command, prepare(typed));
      return { result, text: command.text(result), isFailure: command.isFailure?.(result) ?? false };
    },
  };
}

/** Before the first start nothing is wrong; a folder that was named wrongly looks the same, so somebody should look. */
const closedCheck = (says: string, isFirstStart: boolean): Check => ({
  name: 'store',
  about: null,
  state: isFirstStart ? 'warn' : 'failed',
  says: isFirstStart ? `nothing is kept yet: ${says}` : says,
});

async function resultOf(
  config: Config,
  name: string,
  { run, closed }: Command,
  typed: Typed,
): Promise<unknown> {
  const path = socketOf(config);
  const answer = path === null ? null : await askConnector(path, { command: name, ...typed });
  if (answer && !answer.ok) throw requestInvalid({ publicMessage: answer.message });
  if (answer) return answer.result;
  try {
    return await here(config, (house) => run(hereIn(house), typed));
  } catch (error) {
    const { code, publicMessage: says, context } = asConnectorError(error);
    if (!closed || code !== 'store_unavailable') throw error;
    return closed(closedCheck(says, context['kept'] === NOTHING_KEPT.kept), typed);
  }
}

/** Opens the store that nobody holds; another process that takes it meanwhile is told that it is in use. */
async function here<T>(config: Config, work: (house: House) => Promise<T>): Promise<T> {
  const house = await furnish({ config, clock: systemClock, log: createLog('silent'), mustExist: true });
  try {
    return await work(house);
  } finally {
    await house.store.close();
  }
}

/** A database is open to several processes: what a sweep needs is done by this one, beside the connectors. */
function hereIn(house: House): ControlDeps {
  if (socketOf(house.config) !== null) return workOn(house);
  const { signal } = new AbortController();
  return {
    ...workOn(house),
    async reconcile(workspaceId, isFull) {
      const background = startBackground(house, SWEEPING);
      return background.reconcile({ workspaceId, isFull, signal }).finally(background.stop);
    },
  };
}
