// Calls that arrive while a statement runs go together with the next one, so that a burst costs few commits.
import { sqlState } from './connections.ts';

/** A group no larger than this, so that one statement stays short. */
const MOST = 256;

type Waiting<In, Out> = { item: In; resolve(value: Out): void; reject(error: unknown): void };

/**
 * A call never joins a statement that has begun: it sees everything that was committed before it.
 * @param run answers each item in its order
 */
export function grouped<In, Out>(run: (items: In[]) => Promise<Out[]>): (item: In) => Promise<Out> {
  const waiting: Waiting<In, Out>[] = [];
  const state = { isRunning: false };
  const settle = async (group: Waiting<In, Out>[]): Promise<void> => {
    try {
      const answers = await run(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Out);
    } catch (error) {
      if (group.length > 1 && isAboutOne(error)) for (const alone of group) await settle([alone]);
      else for (const { reject } of group) reject(error);
    }
  };
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) await settle(waiting.splice(0, MOST));
    state.isRunning = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (state.isRunning) return;
      state.isRunning = true;
      // What else arrives in this turn comes along.
      setImmediate(() => void pump());
    });
}

/** The database refused a value: whoever brought another one is not to blame. */
const isAboutOne = (error: unknown): boolean =>
  error instanceof Error && /^2[23]/.test(sqlState(error.cause) ?? '');
