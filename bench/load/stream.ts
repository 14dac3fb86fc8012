// A stream of signed events as raw HTTP requests: lives of payments, told again and again under new ids.
import { signatureOf } from '../place/door.ts';

/** What a client is told; plain text, as it goes to a process of its own. */
export type Load = {
  port: number;
  path: string;
  secret: string;
  /** Connections, each with one request under way. */
  connections: number;
  /** How many events. */
  events: number;
  /** Number of the first life; lives of the same number are the same events. */
  from: number;
  /** Events of one payment as JSON text, in the order in which they happened. */
  life: string[];
  /** The customer in `life`, and the customers it stands for by turns. */
  customer: string;
  customers: string[];
  /** Each so many-th event is one that was sent before. */
  againEvery?: number;
};

/** Ids that each life has of its own; whatever else stands in the events belongs to the account. */
const OWN = /\b(evt|in|pi|ch|inpay|il|ii|txn|py)_(\w+)/g;

export function bodiesOf({ events, from, life, customer, customers, againEvery = 0 }: Load): string[] {
  const bodies: string[] = [];
  for (let nth = 0; bodies.length < events; nth += 1) {
    const number = from + nth;
    const payer = customers[number % customers.length] ?? customer;
    for (const told of life) {
      if (bodies.length === events) break;
      const isAgain = againEvery > 0 && bodies.length % againEvery === againEvery - 1;
      const before = isAgain ? bodies.at(-4) : undefined;
      const own = told.replaceAll(OWN, (_, kind: string, id: string) => `${kind}_${id}x${number}`);
      bodies.push(before ?? own.replaceAll(customer, payer));
    }
  }
  return bodies;
}

export function requestsOf(load: Load, at: Date): Buffer[] {
  return bodiesOf(load).map((body) =>
    Buffer.from(
      [
        `POST ${load.path} HTTP/1.1`,
        `host: 127.0.0.1:${load.port}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        `stripe-signature: ${signatureOf(load.secret, body, at)}`,
        '',
        body,
      ].join('\r\n'),
    ),
  );
}
