// Loaded into a process under measure: answers how long its loop was blocked, and how often its store committed.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

const CHANNEL = 'payside-bench-commits';
const RESOLUTION_MS = 2;
/** BroadcastChannel is the only way between threads that asks nothing of what is measured. */
const channel = new BroadcastChannel(CHANNEL);
channel.unref();

if (isMainThread) answerQuestions();
else countCommits();

function answerQuestions(): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let commits = 0;
  channel.addEventListener('message', () => (commits += 1));
  const answers: Record<string, () => unknown> = {
    /** The longest the loop was blocked since the last time somebody asked. */
    blockedMs() {
      const ms = delay.max / 1e6 - RESOLUTION_MS;
      delay.reset();
      return Math.max(0, ms);
    },
    commits: () => commits,
  };
  process.on('message', ({ question }: { question: string }) => {
    process.send?.({ question, answer: answers[question]?.() });
  });
  process.channel?.unref();
}

/** Each COMMIT of something is one write-ahead log made durable: one fsync. */
function countCommits(): void {
  const { exec } = DatabaseSync.prototype;
  const changes = new WeakMap<DatabaseSync, number>();
  const changed = (database: DatabaseSync): boolean => {
    const total = Number(database.prepare('SELECT total_changes() AS n').get()?.['n']);
    const isMore = total !== (changes.get(database) ?? 0);
    changes.set(database, total);
    return isMore;
  };
  DatabaseSync.prototype.exec = function counted(this: DatabaseSync, sql: string): void {
    exec.call(this, sql);
    if (sql === 'COMMIT' && changed(this)) channel.postMessage(1);
  };
}
