// Erases persons: step by step, each of which may be done twice, so that whoever is killed goes on where it stopped.
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork } from '../store/store.ts';
import { erasureShape } from './request.ts';
import { STEPS, type Step, type StepDeps } from './steps.ts';

export type EraseDeps = StepDeps & { log: Log; retryBaseMs: number; leaseMs: number };

/** An operation that is under way is waited for: it needs what was typed until it has ended. */
const WAIT_MS = 60_000;

/** One step of one erasure. @returns whether there was something to do */
export async function erasePersons(deps: EraseDeps): Promise<number> {
  const { store, clock } = deps;
  const [item] = await store.claimWork(['erase'], clock.now(), 1, deps.leaseMs);
  if (!item) return 0;
  await step(deps, item).catch(async (error: unknown) => {
    const { id, workspaceId, attempts } = item;
    deps.log.error('a person could not be erased', error, { workspace: workspaceId, attempts });
    const known = asConnectorError(error);
    // Never given up: somebody has a right to it.
    await store.postponeWork(id, retryAt(clock.now(), deps.retryBaseMs, attempts, known), known.code);
  });
  return 1;
}

async function step(deps: EraseDeps, item: ClaimedWork): Promise<void> {
  const { store, clock } = deps;
  const erasure = erasureShape.parse(item.payload);
  const next = await (erasure.isLate ? toTheEnd : oneStep)(deps, item.workspaceId, erasure);
  if (next === 'done') return store.finishWork(item.id);
  if (next !== 'wait') return store.postponeWork(item.id, clock.now(), 'next step', next);
  await store.postponeWork(item.id, new Date(clock.now().getTime() + WAIT_MS), 'an operation is under way');
}

const oneStep: Step = (deps, workspaceId, erasure) => STEPS[erasure.stage](deps, workspaceId, erasure);

const toTheEnd: Step = async (deps, workspaceId, erasure) => {
  let next: Awaited<ReturnType<Step>> = erasure;
  while (typeof next !== 'string') next = await oneStep(deps, workspaceId, next);
  return next;
};
