// What an org says has changed: each change once, in the order it happened, page by page, with what was deleted and merged.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordNow } from '../../../src/crms/crm.ts';
import { startSalesforceRig, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
beforeEach(async () => void (rig = await startSalesforceRig()));
afterEach(() => rig.close());

const MINUTE = 60_000;
const nowText = (): string => rig.clock.now().toISOString();
const person = (LastName: string, more: Record<string, string> = {}): string =>
  rig.org.create('Contact', { LastName, ...more });
const ref = (objectType: string, recordId: string) => ({
  installationId: rig.connection.installationId,
  objectType,
  recordId,
});
const idOf = (change: RecordNow): string =>
  change.now === 'there' ? change.found.record.recordId : change.record.recordId;

/** Everything since a moment, and the calls it took. */
async function changedSince(since: string): Promise<{ changes: RecordNow[]; calls: number }> {
  const before = rig.salesforce.calls.length;
  const changes: RecordNow[] = [];
  let cursor: string | null = null;
  do {
    const page = await rig.crm.changedSince!(rig.connection, since, cursor);
    changes.push(...page.changes);
    cursor = page.next;
  } while (cursor !== null);
  return { changes, calls: rig.salesforce.calls.length - before };
}

describe('what changed', () => {
  it('is asked in three calls where nothing did', async () => {
    person('Early');
    rig.clock.advance(MINUTE);
    expect(await changedSince(nowText())).toEqual({ changes: [], calls: 3 });
  });

  it('is told of people with their address and account, of accounts and of opportunities', async () => {
    const AccountId = rig.portal.company('Mill');
    const id = person('Byron', { FirstName: 'Ada', Email: 'Ada@Acorn.test', AccountId });
    const deal = rig.portal.deal('Stairs');
    rig.clock.advance(MINUTE);
    const since = nowText();
    rig.org.update('Contact', id, { Phone: '555 0100' });
    rig.org.update('Account', AccountId, { Phone: '555 0101' });
    rig.org.update('Opportunity', deal, { StageName: 'Closed Won' });
    const { changes, calls } = await changedSince(since);
    const [emails, none] = [['ada@acorn.test'], { emails: [], primaryCompanyId: null }];
    expect(changes).toEqual([
      {
        now: 'there',
        found: { record: ref('Contact', id), name: 'Ada Byron', emails, primaryCompanyId: AccountId },
      },
      { now: 'there', found: { record: ref('Account', AccountId), name: 'Mill', ...none } },
      { now: 'there', found: { record: ref('Opportunity', deal), name: 'Stairs', ...none } },
    ]);
    expect(calls).toBe(3);
  });

  it('is told of what was deleted, and of what was merged with where it went', async () => {
    const [gone, kept, into] = [person('Gone'), person('Kept'), person('Into')];
    const [mill, old] = [rig.portal.company('Mill'), rig.portal.company('Old Mill')];
    const deal = rig.portal.deal('Stairs');
    rig.clock.advance(MINUTE);
    const since = nowText();
    rig.org.remove('Contact', gone);
    rig.org.merge('Contact', into, kept);
    rig.org.merge('Account', mill, old);
    rig.org.remove('Opportunity', deal);
    const { changes } = await changedSince(since);
    expect(changes).toEqual(
      expect.arrayContaining([
        { now: 'gone', record: ref('Contact', gone) },
        { now: 'moved', record: ref('Contact', kept), elsewhere: into },
        { now: 'moved', record: ref('Account', old), elsewhere: mill },
        { now: 'gone', record: ref('Opportunity', deal) },
      ]),
    );
    expect(changes.filter(({ now }) => now === 'there').map(idOf)).toEqual([into, mill]);
  });

  it('in one moment in thousands of records is told once each, page by page', async () => {
    const ids = Array.from({ length: 4_100 }, (_, nth) => person(`Person ${nth}`));
    rig.clock.advance(MINUTE);
    const last = person('Last');
    const { changes, calls } = await changedSince(new Date(0).toISOString());
    expect(changes.map(idOf)).toHaveLength(ids.length + 1);
    expect(new Set(changes.map(idOf))).toEqual(new Set([...ids, last]));
    expect(idOf(changes.at(-1)!)).toBe(last);
    expect(calls).toBe(5);
  });

  it('while it is being read is told at the latest on a later page', async () => {
    const ids = Array.from({ length: 2_001 }, (_, nth) => person(`Person ${nth}`));
    const first = await rig.crm.changedSince!(rig.connection, new Date(0).toISOString(), null);
    expect(first.changes).toHaveLength(2_000);
    rig.clock.advance(MINUTE);
    rig.org.update('Contact', ids[0]!, { Phone: '555 0100' });
    const second = await rig.crm.changedSince!(rig.connection, new Date(0).toISOString(), first.next);
    expect(second.changes.map(idOf)).toContain(ids[0]);
  });

  it('is not asked for in the last tenth of the day’s calls', async () => {
    rig.org.setUsage(14_000);
    await rig.crm.read(rig.connection, 'Contact', [person('Byron')]);
    await expect(changedSince(nowText())).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it.each(['nonsense', '{"type":"User","after":null}', `{"type":"Contact","after":{"at":"x","id":"' OR"}}`])(
    'is not asked for from a place that is none (%s)',
    async (cursor) => {
      const before = rig.salesforce.calls.length;
      await expect(rig.crm.changedSince!(rig.connection, nowText(), cursor)).rejects.toMatchObject({
        code: 'crm_rejected',
      });
      expect(rig.salesforce.calls).toHaveLength(before);
    },
  );
});

describe('a record that is named', () => {
  it('is there, merged, deleted, or has left no trace', async () => {
    const [there, merged, gone] = [person('There'), person('Merged'), person('Gone')];
    const purged = rig.portal.deal('Purged');
    rig.org.remove('Opportunity', purged);
    rig.org.purge();
    rig.org.merge('Contact', there, merged);
    rig.org.remove('Contact', gone);
    const records = [...[there, merged, gone].map((id) => ref('Contact', id)), ref('Opportunity', purged)];
    expect(await rig.crm.recordsNow!(rig.connection, records)).toMatchObject([
      { now: 'there', found: { record: { recordId: there } } },
      { now: 'moved', elsewhere: there },
      { now: 'gone' },
      { now: 'gone', record: { recordId: purged } },
    ]);
  });
});
