// The first file of the store's thread: has Node keep what it compiled where the process does, then opens the database.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

// Plain JavaScript, and nothing imported above, for the reasons of src/first.js; a thread does not inherit what is set there.
const { compiled } = workerData;
if (compiled) enableCompileCache(compiled);
await import('./worker.ts');
if (compiled) flushCompileCache();
