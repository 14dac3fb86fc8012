// The first file of the process: has Node keep what it compiled for the next start, then runs the command line.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Plain JavaScript: what is compiled before this line is compiled at every start, and taking types out costs the most.
// Beside the packages, where only who may change the code may write: what lies there is run as code.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/payside', import.meta.url)));
// An import that stood above would be compiled before.
await import('./cli.ts');
