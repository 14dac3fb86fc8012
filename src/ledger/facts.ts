// Facts: single statements about one entity, from which the ledger is folded.
import type { EntityBody, EntityKind, Personal, RecordRef } from './entities.ts';

export type FactSource = 'gateway' | 'payside' | 'crm';

/**
 * What one source said about one aspect of one entity. Facts are never changed; folding the same set of facts in any
 * order, with any repetition, gives the same ledger.
 */
export type FactOf<K extends EntityKind> = {
  entity: K;
  /** Our id of the gateway account; together with `id` the key of the entity inside a workspace. */
  account: string;
  id: string;
  /** Vendors describe one entity through several objects (a payment by intent and by charge): each is an aspect. */
  aspect: string;
  /** Gateway customer the entity belongs to, or null where the gateway names none. */
  owner: string | null;
  source: FactSource;
  /** Drawn before the request of a fetch, so that the later fetch wins; 0 for what an event carried. */
  number: number;
  body: Partial<EntityBody[K]>;
  /** Only on customers; split off before the fact is stored. */
  personal?: Personal;
};

export type Fact = { [K in EntityKind]: FactOf<K> }[EntityKind];

/** The winning fact of each aspect of one entity. */
export type Row = {
  entity: EntityKind;
  account: string;
  id: string;
  owner: string | null;
  /** Id of the payment or invoice this entity hangs on; lends its owner where the gateway names none. */
  parent: string | null;
  /** Key of the CRM record this row points at, or null; see `recordKey`. */
  record: string | null;
  aspects: Record<string, Fact>;
};

export const rowKey = (row: { entity: EntityKind; account: string; id: string }): string =>
  `${row.entity}|${row.account}|${row.id}`;

/** One name for a CRM record across rooms. */
export const recordKey = (ref: RecordRef): string =>
  `${ref.installationId}|${ref.objectType}|${ref.recordId}`;

/** The reverse of `recordKey`; null for text that is no key. */
export function parseRecordKey(key: string): RecordRef | null {
  const [installationId, objectType, recordId, ...rest] = key.split('|');
  if (!installationId || !objectType || !recordId || rest.length > 0) return null;
  return { installationId, objectType, recordId };
}
