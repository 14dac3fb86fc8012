// Whom an org wants forgotten: every contact whose data privacy record says so, page by page; or that it keeps no such record.
import { afterEach, describe, expect, it } from 'vitest';
import type { FlaggedPerson } from '../../../src/crms/crm.ts';
import { startSalesforceRig, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
afterEach(() => rig.close());

const start = async (org: Parameters<typeof startSalesforceRig>[0] = { org: { dataPrivacy: true } }) =>
  void (rig = await startSalesforceRig(org));

/** A contact with a data privacy record. */
function person(LastName: string, ShouldForget: boolean): string {
  const IndividualId = rig.org.create('Individual', { LastName, ShouldForget });
  return rig.org.create('Contact', { LastName, IndividualId });
}

const flagged = (cursor: string | null = null) => rig.crm.flagged!(rig.connection, cursor);
const named = (recordId: string, isGone: boolean): FlaggedPerson => ({
  record: { installationId: rig.connection.installationId, objectType: 'Contact', recordId },
  isGone,
});

describe('people who are flagged to be forgotten', () => {
  it('are named in one call, with those who were deleted since, and nobody else', async () => {
    await start();
    const [one, gone] = [person('One', true), person('Gone', true)];
    person('Other', false);
    rig.org.create('Contact', { LastName: 'Without' });
    rig.org.remove('Contact', gone);
    const before = rig.salesforce.calls.length;
    expect(await flagged()).toEqual({ people: [named(one, false), named(gone, true)], next: null });
    expect(rig.salesforce.calls.length - before).toBe(1);
  });

  it('are not who was merged into somebody without the flag', async () => {
    await start();
    const [lost, kept] = [person('Lost', true), person('Kept', false)];
    rig.org.merge('Contact', kept, lost);
    expect(await flagged()).toEqual({ people: [], next: null });
  });

  it('are named page by page where they are many, each once', async () => {
    await start();
    const IndividualId = rig.org.create('Individual', { LastName: 'Many', ShouldForget: true });
    const made = Array.from({ length: 2_001 }, (_, index) =>
      rig.org.create('Contact', { LastName: `Person ${index}`, IndividualId }),
    );
    const first = await flagged();
    const second = await flagged(first?.next ?? null);
    expect([first?.people.length, second?.next]).toEqual([2_000, null]);
    const found = [...(first?.people ?? []), ...(second?.people ?? [])].map(({ record }) => record.recordId);
    expect(found).toEqual(made.toSorted());
  });
});

describe('an org', () => {
  it.each([
    ['without data privacy records', {}],
    ['that hides the flag', { dataPrivacy: true, hiddenFields: ['Individual.ShouldForget'] }],
    ['that hides whose record it is', { dataPrivacy: true, hiddenFields: ['Contact.IndividualId'] }],
  ])('%s keeps no flag', async (_, org) => {
    await start({ org });
    expect(await flagged()).toBeNull();
  });

  it('that cannot be asked is not one without a flag', async () => {
    await start();
    rig.salesforce.faults.arm('status-503', 1, 0);
    await expect(flagged()).rejects.toMatchObject({ code: 'crm_unavailable' });
  });

  it('whose day of calls is nearly used is not asked', async () => {
    await start();
    rig.org.setUsage(14_000);
    await flagged();
    await expect(flagged()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it.each(['strange', "003' OR Id != '"])('takes no cursor like %s', async (cursor) => {
    await start();
    await expect(flagged(cursor)).rejects.toMatchObject({ code: 'crm_rejected' });
  });
});
