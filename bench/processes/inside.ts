// Loaded into a process under measure: answers how long its loop was blocked, and how often its store committed.
import { DatabaseSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';
import { watchLoop } from '../loop.ts';

const CHANNEL = 'payside-bench-commits';
/** BroadcastChannel is the only way between threads that asks nothing of what is measured. */
const channel = new BroadcastChannel(CHANNEL);
channel.unref();

if (isMainThread) answerQuestions();
else countCommits();

function answerQuestions(): void {
  const loop = watchLoop();
  let commits = 0;
  channel.addEventListener('message', () => (commits += 1));
  const answers: Record<string, () => unknown> = {
    /** The longest the loop was blocked since the last time somebody asked. */
    blockedMs: loop.longest,
    commits: () => commits,
  };
  process.on('message', ({ question }: { question: string }) => {
    void Promise.resolve(answers[question]?.()).then((answer) => process.send?.({ question, answer }));
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
