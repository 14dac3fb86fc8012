// What the tests of the CRM contract stand on: a portal with our fields, and samples of what is written to it.
import { afterAll, beforeAll } from 'vitest';
import type { RecordWrite, WriteOutcome } from '../../src/crms/crm.ts';
import type { RecordRef } from '../../src/ledger/entities.ts';
import type { CrmRig } from './crm.contract.ts';

export const INVOICE = {
  currency: 'EUR',
  number: 'NO-1',
  status: 'open',
  total: '120.00',
  total_text: 'EUR 120.00',
  due: '120.00',
  due_text: 'EUR 120.00',
  due_date: '2031-03-31',
};

export const FIELDS = {
  owed: '120.00',
  overdue: '0.00',
  lifetime_collected: '80.50',
  owed_text: 'EUR 120.00',
  status: 'open',
  last_payment_at: '2031-03-01T10:00:00.000Z',
  next_due: '2031-03-31',
  link: 'https://pay.example.com/pay/one',
};

/** The rig is there once the tests run. */
export type Bench = {
  readonly rig: CrmRig;
  ref(objectType: string, recordId: string): RecordRef;
  writeOf(objectType: string, id: string, change?: Record<string, string | null>): RecordWrite;
  write(writes: RecordWrite[]): Promise<WriteOutcome[]>;
};

/** A portal with our fields, for the tests of the describe it is made in. */
export function benchOf(setUp: () => Promise<CrmRig>): Bench {
  let rig: CrmRig;
  beforeAll(async () => {
    rig = await setUp();
    await rig.crm.provision(rig.connection);
  });
  afterAll(() => rig.close());
  const ref = (objectType: string, recordId: string): RecordRef => ({
    installationId: rig.connection.installationId,
    objectType,
    recordId,
  });
  return {
    get rig() {
      return rig;
    },
    ref,
    writeOf: (objectType, id, change = {}) => ({
      key: `key of ${id}`,
      record: ref(objectType, id),
      fields: { ...FIELDS, ...change },
    }),
    write: (writes) => rig.crm.write(rig.connection, rig.crm.types.person, writes),
  };
}
