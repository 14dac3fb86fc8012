// Tells open cards that a record shows something new, by a platform event beside the write; it carries no amount and no name.
import type { RecordWrite } from '../../crm.ts';
import type { Org } from '../schema/org.ts';
import type { Part } from './parts.ts';

/** Whether anybody hears an event says nothing about the records it is about. */
export function announcement({ names }: Org, writes: readonly RecordWrite[], now: Date): Part {
  const { name, fields } = names.event;
  const nameOf = (field: string): string => fields.get(field)?.name ?? field;
  return {
    method: 'POST',
    path: '/composite/sobjects',
    body: {
      allOrNone: false,
      records: writes.map(({ record }) => ({
        attributes: { type: name },
        [nameOf('record_id')]: record.recordId,
        [nameOf('at')]: now.toISOString(),
      })),
    },
    outcomes: async () => [],
  };
}
