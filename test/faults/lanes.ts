// Runs jobs side by side, a world each; what a job finds to do afterwards joins the queue.
import type { Result } from './result.ts';
import type { Job } from './rows.ts';

type Tell = (name: string, result: Result) => void;

/** @throws what a job throws, once the others have ended */
export async function inLanes(jobs: readonly Job[], lanes: number, tell: Tell): Promise<Result[]> {
  const queue = [...jobs];
  const results: Result[] = [];
  const failures: unknown[] = [];
  const busy = { lanes: 0 };
  const waiters: (() => void)[] = [];
  const changed = (): void => {
    for (const wake of waiters.splice(0)) wake();
  };
  const take = async (job: Job): Promise<void> => {
    try {
      const { result, follow = [] } = await job.run();
      results.push(result);
      tell(job.name, result);
      queue.push(...follow);
    } catch (error) {
      failures.push(new Error(`${job.name} could not be played`, { cause: error }));
      queue.length = 0;
    }
  };
  const lane = async (): Promise<void> => {
    for (;;) {
      const job = queue.shift();
      if (job) {
        busy.lanes += 1;
        await take(job);
        busy.lanes -= 1;
        changed();
      } else if (busy.lanes === 0) return changed();
      else await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
