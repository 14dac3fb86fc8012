// What the package's triggers do after a save: a won Opportunity and a changed billing address are told to the connector, by a job of their own.
import { randomUUID } from 'node:crypto';
import { callout } from './apex.ts';
import type { Fields } from './types.ts';
import type { Org, SfRecord, World } from './world.ts';

const DOOR = '/webhooks/salesforce';

const BILLING = ['BillingStreet', 'BillingCity', 'BillingState', 'BillingPostalCode', 'BillingCountry'];

/** @param before null where the record is new */
export function afterSave(world: World, org: Org, record: SfRecord, before: Fields | null): void {
  const kind = kindOf(record, before);
  const [user] = org.seed.users;
  if (!kind || !user || !(org.seed.packageInstalled ?? true)) return;
  const change = { kind, objectType: record.type, recordId: record.id };
  const job = async (): Promise<void> => {
    if (world.faults.take('lost-notice')) return;
    const body = { id: randomUUID(), changes: [change] };
    await callout(world, org, { userId: user.id, method: 'POST', path: DOOR, body });
  };
  // Once the save is committed. A hint that cannot be sent harms nobody, as in Apex.
  setImmediate(() => void job().catch(() => undefined));
}

function kindOf({ type, values }: SfRecord, before: Fields | null): string | null {
  const isWon = (fields: Fields | null): boolean => fields?.['StageName'] === 'Closed Won';
  if (type === 'Opportunity' && isWon(values) && !isWon(before)) return 'opportunity-won';
  const hasMoved = BILLING.some((name) => (values[name] ?? null) !== (before?.[name] ?? null));
  return type === 'Account' && before !== null && hasMoved ? 'billing-address-changed' : null;
}
