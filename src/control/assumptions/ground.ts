// What is believed of more than one vendor, and of the machine without proof, by the names of docs/assumptions.md.
import type { Assumption } from '../assumptions.ts';

export const GROUND: readonly Assumption[] = [
  {
    name: 'crm-late-write',
    assumes: 'A write to a CRM that got no answer is done within five minutes or never',
    seen: 'when records whose writes were cut off say they were last changed',
  },
  {
    name: 'crm-read-back',
    assumes: 'A CRM gives back what was written to a field, numbers and times perhaps in another form',
    seen: 'read back a written record',
  },
  { name: 'disk-writes', assumes: 'A disk that says it has written has written', seen: 'pulling the plug' },
];
