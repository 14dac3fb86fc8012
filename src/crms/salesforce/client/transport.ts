// How jsforce's calls go out: jsforce's own way ends the process where an answer breaks off in its body, as nobody listens to that stream.
import { PassThrough } from 'node:stream';

type Sent = { method: string; url: string; headers?: Record<string, string>; body?: string };
type Answer = { statusCode: number; headers: Record<string, string>; body: string };

/** What jsforce expects of a call beside its answer: a stream of it, which nothing here reads. */
type Call = Promise<Answer> & { stream(): PassThrough };

export type Transport = { httpRequest(sent: Sent): Call };

/** Asks once, follows nowhere, and has the answer whole before it hands it on. */
export const createTransport = (timeoutMs: number): Transport => ({
  httpRequest: (sent) => Object.assign(ask(sent, timeoutMs), { stream: () => new PassThrough() }),
});

async function ask({ method, url, headers = {}, body }: Sent, timeoutMs: number): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body }),
  });
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
