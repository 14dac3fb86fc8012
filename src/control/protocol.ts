// The line protocol of the control socket: one line of JSON asks, one line answers, then the connection ends.
import type { Readable } from 'node:stream';
import { z } from 'zod';

export const requestShape = z.strictObject({
  /** A name of the table of commands. */
  command: z.string(),
  words: z.array(z.string()),
  options: z.record(z.string(), z.union([z.string(), z.boolean()])),
});
export type ControlRequest = z.infer<typeof requestShape>;

export const answerShape = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ControlAnswer = z.infer<typeof answerShape>;

export const lineOf = (message: ControlRequest | ControlAnswer): string => `${JSON.stringify(message)}\n`;

/** @returns the first line as JSON; undefined where the other side went before its end, or said more than `most` characters */
export async function readLine(from: Readable, most: number): Promise<unknown> {
  let text = '';
  // Whoever was read from is answered yet.
  for await (const chunk of from.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const end = text.indexOf('\n');
    if (end >= 0) return JSON.parse(text.slice(0, end));
    if (text.length > most) return undefined;
  }
  return undefined;
}
