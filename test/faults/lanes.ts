// Runs jobs side by side, a world each; what a job finds to do afterwards joins the queue.
import { emptyResult, type Result } from './result.ts';
import type { Job } from './rows.ts';

type Tell = (name: string, result: Result) => void;

export async function inLanes(jobs: readonly Job[], lanes: number, tell: Tell): Promise<Result[]> {
  const queue = [...jobs];
  const results: Result[] = [];
  const busy = { lanes: 0 };
  const waiters: (() => void)[] = [];
  const changed = (): void => {
    for (const wake of waiters.splice(0)) wake();
  };
  const take = async (job: Job): Promise<void> => {
    const { result, follow = [] } = await job.run().catch(unplayed);
    results.push(result);
    tell(job.name, result);
    queue.push(...follow);
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
  return results;
}

const unplayed = (error: unknown): Awaited<ReturnType<Job['run']>> => ({
  result: { ...emptyResult(), unplayed: [String(error)] },
});
