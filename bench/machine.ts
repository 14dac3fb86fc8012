// What the machine did besides: how busy it was, and what its host took away.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Ticks of all processors since start: stolen by the host, and altogether. */
function ticks(): { stolen: number; all: number } {
  const fields = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1, 9)
    .map(Number);
  return { stolen: fields[7] ?? 0, all: fields.reduce((sum, one) => sum + one, 0) };
}

/** @returns a line about the time since `watchMachine` was called */
export function watchMachine(): () => string {
  const before = ticks();
  return () => {
    const after = ticks();
    const steal = ((after.stolen - before.stolen) / Math.max(1, after.all - before.all)) * 100;
    const load = loadavg()
      .slice(0, 2)
      .map((one) => one.toFixed(1))
      .join(', ');
    return `${availableParallelism()} processors, load ${load}, steal ${steal.toFixed(1)} %`;
  };
}
