// Planted into a server: every request costs a millisecond more of processor time.
import { Server } from 'node:http';

const MORE_MS = 1;
const { emit } = Server.prototype;

Server.prototype.emit = function slowed(this: Server, event: string, ...args: unknown[]): boolean {
  if (event === 'request') {
    const until = performance.now() + MORE_MS;
    while (performance.now() < until);
  }
  return Reflect.apply(emit, this, [event, ...args]);
};
