// Asks the running connector to carry out a command.
import { connect } from 'node:net';
import { configInvalid, storeUnavailable } from '../errors.ts';
import { answerShape, lineOf, readLine, type ControlAnswer, type ControlRequest } from './protocol.ts';

/** Nobody listens: there is no socket, or it was left by a process that is gone. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED']);

/** @returns null where no connector runs on this store */
export async function askConnector(path: string, request: ControlRequest): Promise<ControlAnswer | null> {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (NOBODY.has(code)) return null;
    throw configInvalid({ publicMessage: `${path} cannot be used (${code}).`, cause: error });
  }
  socket.end(lineOf(request));
  const said = answerShape.safeParse(await readLine(socket, Infinity).catch(() => undefined));
  if (!said.success)
    throw storeUnavailable({ publicMessage: 'The connector ended before it answered. Look, and try again.' });
  return said.data;
}
