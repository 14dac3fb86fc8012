// Platform events: published by a write, read by whoever subscribed.
import { randomUUID } from 'node:crypto';
import type { Place } from './records.ts';
import { noSuchType } from './refusal.ts';
import { checkedValues } from './values.ts';

/** @returns the id of the published message */
export function publish({ world, org }: Place, type: string, given: Record<string, unknown>): string {
  const definition = org.definitions.get(type);
  if (!definition?.name.endsWith('__e')) throw noSuchType(type);
  const fields = checkedValues({ org, definition, creating: true }, given);
  org.events.push({ type, fields, at: world.clock.now().toISOString() });
  return `e00${randomUUID().replaceAll('-', '').slice(0, 15)}`;
}
