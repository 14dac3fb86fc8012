// Payer matching where a workspace has two CRMs: each is asked on its own, and what one knows is no open question in the other.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crmUnavailable } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { matchPayers, type MatchDeps } from '../../src/reconcile/match.ts';
import { unmatchedPayers } from '../../src/reconcile/unmatched.ts';
import { customerFact, ONE, startOutboxWorld, TWO, WORKSPACE, type OutboxWorld } from '../outbox/world.ts';

let world: OutboxWorld;
beforeEach(async () => {
  world = await startOutboxWorld();
});
afterEach(() => world.close());

const contact = (portal: number, email: string, more = ''): string =>
  world.rig.hubspot
    .portal(portal)
    .create('contacts', { email, ...(more ? { hs_additional_emails: more } : {}) });

const known = (id: string, email: string) =>
  world.post(WORKSPACE, [customerFact(id, { personal: { name: id, email, phone: null } })]);

const connectionFor: MatchDeps['connectionFor'] = async (id) =>
  world.connection(Number(id.slice('inst_'.length)));

const deps = (change: Partial<MatchDeps> = {}): MatchDeps => ({
  store: world.store,
  clock: world.rig.clock,
  log: createLog('silent'),
  post: world.post,
  installedIn: async () => [ONE, TWO].map(world.installation),
  connectionFor,
  findByEmail: world.rig.crm.findByEmail,
  readContacts: (connection, ids) => world.rig.crm.read(connection, 'contacts', ids),
  isRecordId: world.rig.crm.isRecordId,
  retryBaseMs: 1_000,
  leaseMs: 60_000,
  ...change,
});

/** Where a payer has a record, as `inst_1/51001`. */
async function links(id: string): Promise<string[]> {
  const { rows } = await world.store.loadCluster(WORKSPACE, { owners: [id], ids: [], records: [] });
  const held = ledgerOf(rows).link.filter(({ body }) => body.active);
  return held.map(({ body }) => `${body.record.installationId}/${body.record.recordId}`).sort();
}

const listed = async (portal: number) =>
  (await unmatchedPayers(world.store, WORKSPACE, world.installation(portal))).map(
    ({ customerId, reason, candidates }) => [
      customerId,
      reason,
      ...candidates.map(({ recordId }) => recordId),
    ],
  );

const toRead = async () => (await world.store.waitingWork(WORKSPACE, 'methods')).map(({ key }) => key);

it('a payer both CRMs know is linked in both, and nothing is left to a person', async () => {
  const [one, two] = [contact(ONE, 'ada@acorn.test'), contact(TWO, 'ada@acorn.test')];
  await known('cus_ada', 'ada@acorn.test');
  await matchPayers(deps());
  expect(await links('cus_ada')).toEqual([`inst_${ONE}/${one}`, `inst_${TWO}/${two}`]);
  expect(await world.store.waitingWork(WORKSPACE, 'match')).toEqual([]);
});

it('a payer one CRM knows and the other does not is on neither list, and what they have saved is read once', async () => {
  contact(ONE, 'ada@acorn.test');
  await known('cus_ada', 'ada@acorn.test');
  await matchPayers(deps());
  expect(await links('cus_ada')).toHaveLength(1);
  expect([await listed(ONE), await listed(TWO)]).toEqual([[], []]);
  expect(await toRead()).toHaveLength(1);
});

it('a contact that comes to the other CRM later is found when the payer is looked for again, a day later', async () => {
  contact(ONE, 'ada@acorn.test');
  await known('cus_ada', 'ada@acorn.test');
  await matchPayers(deps());
  const [waiting] = await world.store.waitingWork(WORKSPACE, 'match');
  const now = world.rig.clock.now().getTime();
  expect(Date.parse(waiting!.nextAt) - now).toBeLessThanOrEqual(24 * 3_600_000);
  const later = contact(TWO, 'ada@acorn.test');
  await world.store.addWork([{ ...waiting!, nextAt: new Date(now).toISOString() }]);
  await matchPayers(deps());
  expect(await links('cus_ada')).toContain(`inst_${TWO}/${later}`);
  expect(await world.store.waitingWork(WORKSPACE, 'match')).toEqual([]);
});

it('a payer nobody knows is on both lists', async () => {
  await known('cus_ada', 'ada@acorn.test');
  await matchPayers(deps());
  expect(await listed(ONE)).toEqual([['cus_ada', 'no_contact']]);
  expect(await listed(TWO)).toEqual([['cus_ada', 'no_contact']]);
});

it('a payer with a record here whom several contacts fit there is listed there alone', async () => {
  contact(ONE, 'shared@acorn.test');
  const first = contact(TWO, 'lena@acorn.test', 'shared@acorn.test');
  const second = contact(TWO, 'bob@acorn.test', 'shared@acorn.test');
  await known('cus_ada', 'shared@acorn.test');
  await known('cus_lena', 'lena@acorn.test');
  await known('cus_bob', 'bob@acorn.test');
  await matchPayers(deps());
  expect(await listed(ONE)).toEqual([]);
  const [found, ...others] = await listed(TWO);
  expect(others).toEqual([]);
  expect(found?.slice(0, 2)).toEqual(['cus_ada', 'several_contacts']);
  expect(found?.slice(2).sort()).toEqual([first, second].sort());
});

it('a reason that holds in one CRM is not given in the other', async () => {
  const id = contact(ONE, 'billing@acorn.test');
  await known('cus_ada', 'billing@acorn.test');
  await matchPayers(deps());
  expect(await listed(ONE)).toEqual([['cus_ada', 'shared_address', id]]);
  expect(await listed(TWO)).toEqual([['cus_ada', 'no_contact']]);
});

it.each([
  ['whose token cannot be renewed', 'connectionFor'],
  ['that does not answer', 'findByEmail'],
] as const)('a CRM %s keeps nobody from being found in the other', async (_, failing) => {
  const one = contact(ONE, 'ada@acorn.test');
  const two = contact(TWO, 'ada@acorn.test');
  await known('cus_ada', 'ada@acorn.test');
  const isDown = (installationId: string) => installationId === world.installation(TWO);
  const down: Partial<MatchDeps> =
    failing === 'connectionFor'
      ? { connectionFor: (id) => (isDown(id) ? Promise.reject(crmUnavailable()) : connectionFor(id)) }
      : {
          findByEmail: (connection, emails) =>
            isDown(connection.installationId)
              ? Promise.reject(crmUnavailable())
              : world.rig.crm.findByEmail(connection, emails),
        };
  await matchPayers(deps(down));
  expect(await links('cus_ada')).toEqual([`inst_${ONE}/${one}`]);
  expect(await listed(TWO)).toEqual([]);
  world.rig.clock.advance(2_000);
  await matchPayers(deps());
  expect(await links('cus_ada')).toEqual([`inst_${ONE}/${one}`, `inst_${TWO}/${two}`]);
});
