// The events of one paid invoice as the gateway tells them, to be told again under other ids.
import type { Load } from '../load/stream.ts';
import type { World } from '../../sandbox/world/world.ts';
import { doorOf } from './door.ts';
import type { Bill, Merchant } from './merchant.ts';

/** The kinds that every receiver of the gateway's events keeps. */
const KINDS = ['invoice.finalized', 'payment_intent.succeeded', 'charge.succeeded', 'invoice.paid'];

export type Lives = Pick<Load, 'life' | 'customer' | 'customers' | 'secret' | 'path' | 'port'>;

/** @param pattern a bill of a customer of its own, already paid; @param payers customers the lives are shared among */
export function livesOf(world: World, merchant: Merchant, pattern: Bill, payers: Bill[]): Lives {
  const { url, secret } = doorOf(world, merchant.account);
  const { pathname, port } = new URL(url);
  const events = merchant.account
    .all('events')
    .filter(({ type, data }) => KINDS.includes(type) && JSON.stringify(data).includes(pattern.customer));
  const life = KINDS.flatMap((kind) => {
    const told = events.find(({ type }) => type === kind);
    return told ? [JSON.stringify(told, null, 2)] : [];
  });
  if (life.length < KINDS.length) throw new Error('the pattern was not paid');
  return {
    life,
    customer: pattern.customer,
    customers: payers.map(({ customer }) => customer),
    secret,
    path: pathname,
    port: Number(port),
  };
}
