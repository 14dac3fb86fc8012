// Kept connections to HubSpot, one call at a time on each: a call that gets no answer is broken off without its neighbours.
import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

export type Line = PlainAgent;

export type Lines = {
  take(): Line;
  /** For a call that has ended, well or badly. */
  giveBack(line: Line): void;
};

/** An idle connection is let go of before the other side does it, in the middle of the next call. */
const IDLE_MS = 4_000;

export function createLines(base: string): Lines {
  const idle: Line[] = [];
  const settings = { keepAlive: true, maxSockets: 1, timeout: IDLE_MS };
  return {
    take: () => idle.pop() ?? (base.startsWith('https:') ? new TlsAgent(settings) : new PlainAgent(settings)),
    giveBack: (line) => void idle.push(line),
  };
}
