// Payer matching against a portal: who is linked by themselves, and who is left for a person with the reason and the candidates.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crmRejected } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { fold } from '../../src/ledger/fold.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { releaseFact } from '../../src/ledger/links.ts';
import { matchPayers, matchWork, type MatchDeps } from '../../src/reconcile/match.ts';
import { unmatchedPayers, type UnmatchedReader } from '../../src/reconcile/unmatched.ts';
import type { WorkItem } from '../../src/store/store.ts';
import {
  customerFact,
  invoiceFact,
  linkFact,
  LIVE,
  ONE,
  startOutboxWorld,
  TWO,
  WORKSPACE,
  type OutboxWorld,
} from '../outbox/world.ts';

let world: OutboxWorld;
beforeEach(async () => {
  world = await startOutboxWorld();
});
afterEach(() => world.close());

const door = () => world.rig.hubspot.portal(ONE);
const contact = (email: string, more = '') =>
  door().create('contacts', { email, ...(more ? { hs_additional_emails: more } : {}) });

const deps = (portals = [ONE]): MatchDeps => ({
  store: world.store,
  clock: world.rig.clock,
  log: createLog('silent'),
  post: world.post,
  installedIn: async () => portals.map(world.installation),
  connectionFor: async (id) => world.connection(Number(id.slice('inst_'.length))),
  findByEmail: world.rig.crm.findByEmail,
  readContacts: (connection, ids) => world.rig.crm.read(connection, 'contacts', ids),
  isRecordId: world.rig.crm.isRecordId,
  retryBaseMs: 1_000,
  leaseMs: 60_000,
});

const known = (id: string, email: string | null) =>
  world.post(WORKSPACE, [customerFact(id, { personal: { name: `Name of ${id}`, email, phone: null } })]);

/** Links of a payer as `contacts/51001 email`, those that hold. */
async function links(id: string): Promise<string[]> {
  const { rows } = await world.store.loadCluster(WORKSPACE, { owners: [id], ids: [], records: [] });
  return ledgerOf(rows)
    .link.filter(({ body }) => body.active)
    .map(({ body }) => `${body.record.objectType}/${body.record.recordId} ${body.reason}`);
}

/** Work that waits, as the store would list it. */
async function reader(): Promise<UnmatchedReader> {
  const far = new Date(world.rig.clock.now().getTime() + 400 * 86_400_000);
  const waiting: WorkItem[] = await world.store.claimWork(['match'], far, 1_000, 1);
  return {
    loadCluster: world.store.loadCluster,
    loadPersonal: world.store.loadPersonal,
    waitingWork: async () => waiting,
  };
}

const unmatched = async (portal = ONE) =>
  unmatchedPayers(await reader(), WORKSPACE, world.installation(portal));

describe('a payer is linked by themselves', () => {
  it('to the contact their customer names by id, before any address', async () => {
    const named = contact('accounts@birch.test');
    contact('bea@birch.test');
    await world.post(WORKSPACE, [
      customerFact('cus_bea', {
        body: { externalId: named },
        personal: { name: 'Bea', email: 'bea@birch.test', phone: null },
      }),
    ]);
    await matchPayers(deps());
    expect(await links('cus_bea')).toEqual([`contacts/${named} external_id`]);
  });

  it('by their address where the contact their customer names is not there', async () => {
    const id = contact('cy@cedar.test');
    const name = { name: 'Cy', email: 'cy@cedar.test', phone: null };
    await world.post(WORKSPACE, [
      customerFact('cus_cy', { body: { externalId: '999999999' }, personal: name }),
    ]);
    await matchPayers(deps());
    expect(await links('cus_cy')).toEqual([`contacts/${id} email`]);
  });

  it('to the one contact with their address, whatever its case', async () => {
    const id = contact('ada@acorn.test');
    await known('cus_ada', 'Ada@Acorn.test');
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
    expect(await unmatched()).toEqual([]);
  });

  it('by an address that arrived while they were being looked for without one', async () => {
    const id = contact('ada@acorn.test');
    await known('cus_ada', null);
    const personal = { name: 'Ada', email: 'ada@acorn.test', phone: null };
    const meanwhile = async () => {
      await world.post(WORKSPACE, [customerFact('cus_ada', { number: 99, personal })]);
      return deps().installedIn(WORKSPACE);
    };
    await matchPayers({ ...deps(), installedIn: meanwhile });
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
  });

  it('to the one contact that has it as an additional address', async () => {
    const id = contact('ada@acorn.test', 'ada@old.test;ada@older.test');
    await known('cus_ada', 'ada@older.test');
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
  });

  it('to the company that is the contact’s primary one, and to no other', async () => {
    const id = contact('ada@acorn.test');
    const [primary, other, sameDomain] = ['Acorn', 'Beech', 'Acorn Two'].map((name) =>
      door().create('companies', { name, domain: 'acorn.test' }),
    );
    for (const company of [primary, other])
      door().associate({ kind: 'contacts', id }, { kind: 'companies', id: company! });
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual(
      expect.arrayContaining([`companies/${primary} primary_company`, `contacts/${id} email`]),
    );
    expect((await links('cus_ada')).join()).not.toContain(sameDomain);
    expect(await links('cus_ada')).toHaveLength(2);
  });

  it('a hundred of them in two calls', async () => {
    for (let index = 0; index < 100; index += 1) {
      contact(`p${index}@acorn.test`);
      await known(`cus_${index}`, `p${index}@acorn.test`);
    }
    world.forgetCalls();
    expect(await matchPayers(deps())).toBe(100);
    expect(world.calls()).toEqual(['contacts/batch/read', 'contacts/companies/batch/read']);
    expect(await links('cus_99')).toHaveLength(1);
  });
});

describe('a payer is left for a person', () => {
  it.each([
    ['nobody has the address', 'ada@acorn.test', [], 'no_contact'],
    ['the gateway knows no address', null, ['ada@acorn.test'], 'no_contact'],
    ['the address is a shared mailbox', 'billing@acorn.test', ['billing@acorn.test'], 'shared_address'],
    [
      'the address is a tagged shared mailbox',
      'info+de@acorn.test',
      ['info+de@acorn.test'],
      'shared_address',
    ],
    ['the address is free mail', 'ada.lovelace@gmail.com', ['ada.lovelace@gmail.com'], 'shared_address'],
    ['only the domain is the same', 'ada@acorn.test', ['bob@acorn.test'], 'no_contact'],
  ])('when %s', async (_, email, contacts, reason) => {
    const ids = contacts.map((address) => contact(address));
    await known('cus_ada', email);
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([]);
    const found = await unmatched();
    expect(found).toMatchObject([{ customerId: 'cus_ada', reason, email, name: 'Name of cus_ada' }]);
    const candidates = reason === 'shared_address' ? ids : [];
    expect(found[0]?.candidates.map(({ recordId }) => recordId)).toEqual(candidates);
  });

  it('when two contacts have the address', async () => {
    const ids = [
      contact('ada@acorn.test'),
      contact('ada.l@acorn.test', 'shared@acorn.test'),
      contact('bob@acorn.test', 'shared@acorn.test'),
    ];
    await known('cus_ada', 'shared@acorn.test');
    // The portal itself answers with one of them; the other shows because it was asked for as well.
    await known('cus_l', 'ada.l@acorn.test');
    await known('cus_b', 'bob@acorn.test');
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([]);
    const found = await unmatched();
    expect(found).toMatchObject([{ customerId: 'cus_ada', reason: 'several_contacts' }]);
    expect(found[0]?.candidates.map(({ recordId }) => recordId).sort()).toEqual(ids.slice(1).sort());
  });

  it('and no contact is made for them', async () => {
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    expect(world.calls()).toEqual(['contacts/batch/read']);
    const shown = await fetch(`${world.rig.hubspot.url}/_sandbox/objects/contacts`);
    expect(await shown.json()).toEqual([]);
  });

  it('until the contact appears: a day later they are linked', async () => {
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    const id = contact('ada@acorn.test');
    expect(await matchPayers(deps())).toBe(0);
    world.rig.clock.advance(25 * 3_600_000);
    await matchPayers({ ...deps(), connectionFor: fresh });
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
  });

  it('or until a person has said who they are, to which nothing is added', async () => {
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    const chosen = contact('someone.else@beech.test');
    await world.post(WORKSPACE, [
      linkFact('cus_ada', { portal: ONE, objectType: 'contacts', id: chosen }, { number: 9 }),
    ]);
    contact('ada@acorn.test');
    world.rig.clock.advance(25 * 3_600_000);
    expect(await matchPayers({ ...deps(), connectionFor: fresh })).toBe(1);
    expect(await links('cus_ada')).toEqual([`contacts/${chosen} email`]);
    expect(await unmatched()).toEqual([]);
  });
});

describe('a payer whom a person took off a record', () => {
  const at = (id: string) => ({ portal: ONE, objectType: 'contacts', id }) as const;
  const released = { number: 9_000, active: false, released: true };

  /** Linked by matching, then taken off by a person; matching is asked to look again. */
  async function takenOff(id: string, change: object = {}): Promise<void> {
    const personal = { name: 'Ada', email: 'ada@acorn.test', phone: null };
    await world.post(WORKSPACE, [customerFact('cus_ada', { personal, ...change })]);
    await matchPayers(deps());
    expect(await links('cus_ada')).toHaveLength(1);
    const work = matchWork(WORKSPACE, LIVE, 'cus_ada', world.rig.clock.now().toISOString());
    await world.post(WORKSPACE, [linkFact('cus_ada', at(id), released)], { add: [work] });
  }

  it.each([
    ['their address', () => ({})],
    ['the id written at the gateway', (id: string) => ({ body: { currency: 'EUR', externalId: id } })],
  ])('is not linked again by %s, and waits for a person with that record last', async (_, change) => {
    const id = contact('ada@acorn.test');
    await takenOff(id, change(id));
    expect(await matchPayers(deps())).toBe(1);
    expect(await links('cus_ada')).toEqual([]);
    expect(await unmatched()).toMatchObject([
      { customerId: 'cus_ada', reason: 'released', candidates: [{ recordId: id }] },
    ]);
  });

  it('is not linked to another contact either, nor to what the record was merged into', async () => {
    const id = contact('ada@acorn.test');
    await takenOff(id);
    const survivor = door().merge('contacts', contact('a.byron@acorn.test'), id, { redirect: false });
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([]);
    const [found] = await unmatched();
    expect(found?.candidates.map(({ recordId }) => recordId)).toEqual([survivor, id]);
  });

  it('is still left to a person a day later, and after all facts were folded again', async () => {
    await takenOff(contact('ada@acorn.test'));
    await matchPayers(deps());
    const facts = (await world.store.allFacts(WORKSPACE, 0, 1_000)).map(({ fact }) => fact);
    const [again] = ledgerOf(fold(new Map(), facts.toReversed()).values()).link;
    expect(again?.body).toMatchObject({ reason: 'email', active: false, released: true });
    world.rig.clock.advance(25 * 3_600_000);
    expect(await matchPayers({ ...deps(), connectionFor: fresh })).toBe(1);
    expect(await links('cus_ada')).toEqual([]);
  });

  it('may be assigned to the same record again, and is then off the list', async () => {
    const id = contact('ada@acorn.test');
    await takenOff(id);
    await matchPayers(deps());
    await world.post(WORKSPACE, [linkFact('cus_ada', at(id), { number: 9_001 })]);
    world.rig.clock.advance(25 * 3_600_000);
    await matchPayers({ ...deps(), connectionFor: fresh });
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
    expect(await unmatched()).toEqual([]);
  });

  it('while the CRM is being asked about them stays off it', async () => {
    const id = contact('ada@acorn.test');
    await known('cus_ada', 'ada@acorn.test');
    const findByEmail: MatchDeps['findByEmail'] = async (connection, emails) => {
      const found = await world.rig.crm.findByEmail(connection, emails);
      const base = { account: LIVE, customerId: 'cus_ada', number: await world.store.drawNumber() };
      await world.post(WORKSPACE, [releaseFact(base, { record: found[0]!.record, reason: 'person' })]);
      return found;
    };
    await matchPayers({ ...deps(), findByEmail });
    expect(await links('cus_ada')).toEqual([]);
    expect(
      await world.store.findRows(WORKSPACE, 'link', [`cus_ada>inst_${ONE}|contacts|${id}`]),
    ).toHaveLength(1);
  });

  it('in one portal is still linked by themselves in another', async () => {
    const [here, there] = [contact('ada@acorn.test'), world.rig.hubspot.portal(TWO)];
    await takenOff(here);
    const other = there.create('contacts', { email: 'ada@acorn.test' });
    await matchPayers(deps([ONE, TWO]));
    expect(await links('cus_ada')).toEqual([`contacts/${other} email`]);
  });
});

/** The connection with a new access token: a day has passed. */
async function fresh() {
  const tokens = await world.rig.crm.refresh(world.rig.grant.tokens.refresh);
  return { ...world.connection(ONE), accessToken: tokens.access };
}

describe('the list of unmatched payers', () => {
  it('leaves out who was assigned by a person before matching looked again', async () => {
    await known('cus_ada', 'ada@acorn.test');
    await known('cus_bob', 'bob@acorn.test');
    await matchPayers(deps());
    const chosen = contact('someone.else@beech.test');
    const to = { portal: ONE, objectType: 'contacts', id: chosen } as const;
    await world.post(WORKSPACE, [linkFact('cus_ada', to, { number: 9 })]);
    expect((await unmatched()).map(({ customerId }) => customerId)).toEqual(['cus_bob']);
  });
});

describe('a merge whose old id leads nowhere', () => {
  it('is followed by the address, which the survivor has kept', async () => {
    const old = contact('ada@acorn.test');
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    await world.drain();
    const kept = contact('a.byron@acorn.test');
    const survivor = door().merge('contacts', kept, old, { redirect: false });
    await world.post(WORKSPACE, [invoiceFact('in_1', 'cus_ada', 12_000)]);
    await world.drain();
    await matchPayers(deps());
    await world.drain();
    expect(await links('cus_ada')).toEqual([`contacts/${survivor} email`]);
    expect(door().properties('contacts', survivor)?.['payside_owed']).toBe('120.00');
  });

  it('of a deleted contact ends the link and shows the payer as unmatched', async () => {
    const id = contact('ada@acorn.test');
    await known('cus_ada', 'ada@acorn.test');
    await matchPayers(deps());
    door().archive('contacts', id);
    await world.drain();
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([]);
    expect(await unmatched()).toMatchObject([{ customerId: 'cus_ada', reason: 'no_contact' }]);
  });
});

describe('a payer whom the CRM refuses to look for', () => {
  it('is left alone as a dead letter; those asked for with them are linked', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => contact(`p${index}@acorn.test`));
    for (const index of ids.keys()) await known(`cus_${index}`, `p${index}@acorn.test`);
    await known('cus_odd', 'odd@acorn.test');
    await matchPayers({
      ...deps(),
      findByEmail: (connection, emails) =>
        emails.includes('odd@acorn.test')
          ? Promise.reject(crmRejected())
          : world.rig.crm.findByEmail(connection, emails),
    });
    for (const [index, id] of ids.entries())
      expect(await links(`cus_${index}`)).toEqual([`contacts/${id} email`]);
    expect(await world.store.deadLetters()).toMatchObject([{ queue: 'work', kind: 'match' }]);
  });
});

describe('a CRM that fails while payers are matched', () => {
  it('is asked again later, and nobody is taken for unmatched', async () => {
    const id = contact('ada@acorn.test');
    await known('cus_ada', 'ada@acorn.test');
    world.rig.hubspot.faults.arm('status-503', 1, 0);
    await matchPayers(deps());
    expect(await matchPayers(deps())).toBe(0);
    world.rig.clock.advance(2_000);
    await matchPayers(deps());
    expect(await links('cus_ada')).toEqual([`contacts/${id} email`]);
  });
});
