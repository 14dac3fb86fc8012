// Bodies of events as they lie in the file: packed, as what gateways send takes a third of the place then.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sql, SqlRow } from './sql.ts';

export type StoredBody = { raw: Uint8Array; packed: 0 | 1 };

/** More effort takes half as long again and gains a tenth. */
const EFFORT = 1;

export function packedBody(raw: Uint8Array): StoredBody {
  const packed = deflateRawSync(raw, { level: EFFORT });
  return packed.length < raw.length ? { raw: packed, packed: 1 } : { raw, packed: 0 };
}

/** @param row with the columns `raw` and `packed` */
export function openedBody({ raw, packed }: SqlRow): Uint8Array {
  const stored = raw as Uint8Array;
  if (packed !== 1) return stored;
  try {
    return inflateRawSync(stored);
  } catch {
    // Damaged: whoever reads it buries this one event, and the others are not kept waiting.
    return stored;
  }
}

export function saveBody(sql: Sql, id: number, receivedAt: string, body: Uint8Array): void {
  const { raw, packed } = packedBody(body);
  sql.run('INSERT INTO body (id, received_at, raw, packed) VALUES (?, ?, ?, ?)', id, receivedAt, raw, packed);
}

/** Empty where it was erased. */
export function bodyOf(sql: Sql, id: number): Uint8Array {
  const row = sql.get('SELECT raw, packed FROM body WHERE id = ?', id);
  return row ? openedBody(row) : new Uint8Array();
}
