// Whatever people do with contacts between polls, and wherever polls break off: each payer ends at the contact that is left, and at its account.
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { crmUnavailable } from '../../src/errors.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { isOfContact, linkFacts } from '../../src/ledger/links.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { createApplyChanges } from '../../src/reconcile/changes.ts';
import { createFollow } from '../../src/reconcile/follow.ts';
import { createPoll } from '../../src/reconcile/poll.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { startSalesforceRig, type SalesforceRig } from '../crms/salesforce/rig.ts';
import '../support/property-seed.ts';

const WORKSPACE = 'ws_1';
const MINUTE = 60_000;
/** Contacts of one life, how many of them are payers, and the accounts they can belong to. */
const CONTACTS = 4;
const PAYERS = 2;
const ACCOUNTS = 3;

let folder: string;
let store: Store;
let rig: SalesforceRig;
let accounts: string[];
let poll: () => Promise<number>;
let breaks: boolean[];
let payers = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-contacts-'));
  store = await openEmbeddedStore(folder);
  rig = await startSalesforceRig({ org: { dailyCalls: 1_000_000 } });
  accounts = Array.from({ length: ACCOUNTS }, (_, nth) => rig.portal.company(`Account ${nth}`));
  const { clock } = rig;
  const contextOf = async () => ({ zone: 'UTC', counts: () => true });
  const post = createPost({ store, clock, wake: () => undefined, contextOf });
  const follow = createFollow({ store, clock, post });
  const installedAt = clock.now().toISOString();
  poll = createPoll({
    store,
    clock,
    log: createLog('silent'),
    apply: createApplyChanges({
      store,
      clock,
      post,
      async follow(...given) {
        // Before it, or after it: the page is read again either way.
        if (breaks.shift()) throw crmUnavailable();
        await follow(...given);
        if (breaks.shift()) throw crmUnavailable();
      },
    }),
    polled: async () => [{ id: rig.connection.installationId, workspaceId: WORKSPACE, installedAt }],
    connectionFor: async () => rig.connection,
    changedSince: (...given) => rig.crm.changedSince!(...given),
    retryBaseMs: 1,
    leaseMs: MINUTE,
  });
});
afterAll(async () => {
  await rig.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** To the end, however often it breaks off. */
async function polled(): Promise<void> {
  rig.clock.advance(16 * MINUTE);
  while ((await poll()) > 0) rig.clock.advance(1_000);
}

type Step =
  | { does: 'merge'; into: number; gone: number }
  | { does: 'remove'; gone: number }
  | { does: 'move'; who: number; to: number | null }
  | { does: 'poll' };

const contact = fc.nat({ max: CONTACTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('merge' as const), into: contact, gone: contact }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove' as const), gone: contact }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('move' as const),
      who: contact,
      to: fc.option(fc.nat({ max: ACCOUNTS - 1 })),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ does: 'poll' as const }) },
);

/** A payer of the contact, with the links that matching would make. */
async function payerOf(contactId: string): Promise<string> {
  const customerId = `cus_${(payers += 1)}`;
  const [found] = await rig.crm.read(rig.connection, 'Contact', [contactId]);
  const base = { account: 'ga_1', customerId, number: await store.drawNumber() };
  const clock = rig.clock;
  const contextOf = async () => ({ zone: 'UTC', counts: () => true });
  const post = createPost({ store, clock, wake: () => undefined, contextOf });
  await post(WORKSPACE, linkFacts(base, found!, 'email'));
  return customerId;
}

async function linksOf(customerId: string) {
  const { rows } = await store.loadCluster(WORKSPACE, { owners: [customerId], ids: [], records: [] });
  const links = ledgerOf(rows).link.filter(({ body }) => body.active && body.customerId === customerId);
  const idsOf = (list: typeof links): string[] => list.map(({ body }) => body.record.recordId);
  return {
    contacts: idsOf(links.filter(isOfContact)),
    accounts: idsOf(links.filter((link) => !isOfContact(link))),
  };
}

/** Where each contact is now, kept apart from what is tested; null once it is gone for good. */
type Whereabouts = (number | null)[];

async function take(one: Step, ids: string[], now: Whereabouts): Promise<void> {
  const isThere = (nth: number): boolean => now[nth] === nth;
  const goes = (from: number, to: number | null): void =>
    now.forEach((at, nth) => at === from && (now[nth] = to));
  rig.clock.advance(MINUTE);
  if (one.does === 'poll') return polled();
  if (one.does === 'move') {
    const AccountId = one.to === null ? null : accounts[one.to]!;
    return isThere(one.who) ? rig.org.update('Contact', ids[one.who]!, { AccountId }) : undefined;
  }
  if (!isThere(one.gone)) return;
  if (one.does === 'remove') {
    rig.org.remove('Contact', ids[one.gone]!);
    return goes(one.gone, null);
  }
  if (one.into === one.gone || !isThere(one.into)) return;
  rig.org.merge('Contact', ids[one.into]!, ids[one.gone]!);
  goes(one.gone, one.into);
}

async function expectSettled(customer: string, contactId: string | null): Promise<void> {
  const links = await linksOf(customer);
  expect(links.contacts).toEqual(contactId === null ? [] : [contactId]);
  if (contactId === null) return;
  const account = rig.org.fields('Contact', contactId)?.['AccountId'];
  expect(links.accounts).toEqual(account ? [account] : []);
}

it('and none is lost, doubled or left behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      async (steps, broken) => {
        breaks = [];
        await polled();
        const ids = Array.from({ length: CONTACTS }, (_, nth) =>
          rig.org.create('Contact', { LastName: `Contact ${nth}`, AccountId: accounts[0]! }),
        );
        const customers: string[] = [];
        for (const id of ids.slice(0, PAYERS)) customers.push(await payerOf(id));
        breaks = [...broken];
        const now: Whereabouts = ids.map((_, nth) => nth);
        for (const one of steps) await take(one, ids, now);
        await polled();
        for (const [nth, customer] of customers.entries())
          await expectSettled(customer, ids[now[nth] ?? -1] ?? null);
      },
    ),
    { numRuns: 60 },
  );
});
