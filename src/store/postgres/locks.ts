// Locks by name, held by a connection of their own, so that they end with the process that took them.
import { inTurn } from '../../in-turn.ts';
import { unavailable, type Connections } from './connections.ts';

/** In this process callers stand in line, so that each name takes no more than one connection. */
export const locking =
  (connections: Connections) =>
  <T>(name: string, work: () => Promise<T>): Promise<T> =>
    inTurn(connections, name, () => holding(connections, name, work));

async function holding<T>({ holder }: Connections, name: string, work: () => Promise<T>): Promise<T> {
  const client = await holder();
  const key = `hashtextextended('payside lock ' || $1, 0)`;
  try {
    await client.query(`SELECT pg_advisory_lock(${key})`, [name]);
  } catch (error) {
    client.release(true);
    return unavailable(error);
  }
  try {
    return await work();
  } finally {
    // A connection that cannot say that it let go is closed, which lets go as well.
    const isFree = await client.query(`SELECT pg_advisory_unlock(${key})`, [name]).then(
      () => true,
      () => false,
    );
    client.release(!isFree);
  }
}
