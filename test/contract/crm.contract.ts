// What every CRM adapter must do, checked through the port against a portal that people work in.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Crm,
  CrmConnection,
  LinkTarget,
  MirrorKind,
  RecordWrite,
  SignedCall,
  WriteOutcome,
} from '../../src/crms/crm.ts';
import type { RecordRef } from '../../src/ledger/entities.ts';

export type Person = { name: string; email?: string; more?: string[] };

/** What people do at the CRM's own screens, and what they see there. */
export type CrmPortal = {
  contact(person: Person): string;
  company(name: string): string;
  deal(name: string): string;
  link(from: { objectType: string; id: string }, to: { objectType: string; id: string }): void;
  line(dealId: string, line: { name: string; quantity: string; price: string; currency?: string }): void;
  /** Our fields on a record by canonical name, as the screen shows them; '' where nothing is set. */
  fields(objectType: string, id: string): Record<string, string> | undefined;
  remove(objectType: string, id: string): void;
  /** @returns the id of the survivor */
  merge(objectType: string, primary: string, other: string, how: { oldIdsResolve: boolean }): string;
  statusOptions: {
    add(value: string): Promise<void>;
    remove(value: string): Promise<void>;
    all(): Promise<string[]>;
  };
  /** Type of a summary field as the CRM keeps it. */
  typeOf(field: string): Promise<string | undefined>;
  /** Our own records of a kind, with our fields by canonical name and the number of their links. */
  mirrored(kind: MirrorKind): Promise<{ paysideId: string; fields: Record<string, string>; links: number }[]>;
};

export type CrmRig = {
  crm: Crm;
  connection: CrmConnection;
  types: { contacts: string; companies: string; deals: string };
  portal: CrmPortal;
  currency: string;
  /** A call as the CRM itself signs it. */
  sign(call: { method: string; pathAndQuery: string; body: string }, at: Date): SignedCall;
  close(): Promise<void>;
};

const INVOICE = {
  currency: 'EUR',
  number: 'NO-1',
  status: 'open',
  total: '120.00',
  total_text: 'EUR 120.00',
  due: '120.00',
  due_text: 'EUR 120.00',
  due_date: '2031-03-31',
};

const FIELDS = {
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
type Bench = {
  readonly rig: CrmRig;
  ref(objectType: string, recordId: string): RecordRef;
  writeOf(objectType: string, id: string, change?: Record<string, string | null>): RecordWrite;
  write(writes: RecordWrite[]): Promise<WriteOutcome[]>;
};

export function crmContract(name: string, setUp: () => Promise<CrmRig>): void {
  describe(`${name} as a CRM`, () => {
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
    const bench: Bench = {
      get rig() {
        return rig;
      },
      ref,
      writeOf: (objectType, id, change = {}) => ({
        key: `key of ${id}`,
        record: ref(objectType, id),
        fields: { ...FIELDS, ...change },
      }),
      write: (writes) => rig.crm.write(rig.connection, rig.types.contacts, writes),
    };
    provisioning(bench);
    writing(bench);
    reading(bench);
    naming(bench);
    cardCalls(bench);
    mirroring(bench);
  });
}

function provisioning(bench: Bench): void {
  describe('provision', () => {
    it('makes nothing the second time', async () => {
      expect(await bench.rig.crm.provision(bench.rig.connection)).toMatchObject({ created: 0 });
    });

    it('adds a missing option back and keeps the one an admin made', async () => {
      await bench.rig.portal.statusOptions.remove('disputed');
      await bench.rig.portal.statusOptions.add('on_hold');
      const before = await bench.rig.portal.typeOf('status');
      expect(await bench.rig.crm.provision(bench.rig.connection)).toMatchObject({ created: 0 });
      expect(await bench.rig.portal.statusOptions.all()).toEqual(
        expect.arrayContaining(['disputed', 'on_hold']),
      );
      expect(await bench.rig.portal.typeOf('status')).toBe(before);
    });
  });
}

function writing(bench: Bench): void {
  describe('write', () => {
    it('sets every field of every record, and null clears one', async () => {
      const [one, two] = ['Ines Roth', 'Jo March'].map((person) =>
        bench.rig.portal.contact({ name: person }),
      );
      const outcomes = await bench.write([
        bench.writeOf(bench.rig.types.contacts, one!),
        bench.writeOf(bench.rig.types.contacts, two!, { status: 'paid', link: null, next_due: null }),
      ]);
      expect(outcomes).toEqual([
        { key: `key of ${one}`, outcome: 'written' },
        { key: `key of ${two}`, outcome: 'written' },
      ]);
      expect(bench.rig.portal.fields(bench.rig.types.contacts, one!)).toMatchObject(FIELDS);
      await bench.write([bench.writeOf(bench.rig.types.contacts, one!, { link: null })]);
      expect(bench.rig.portal.fields(bench.rig.types.contacts, one!)).toMatchObject({
        owed: '120.00',
        link: '',
      });
      expect(bench.rig.portal.fields(bench.rig.types.contacts, two!)).toMatchObject({
        status: 'paid',
        next_due: '',
      });
    });

    it('says what is gone beside what was written, and makes no record', async () => {
      const [here, gone] = ['Kim Ode', 'Lou Reed'].map((person) =>
        bench.rig.portal.contact({ name: person }),
      );
      bench.rig.portal.remove(bench.rig.types.contacts, gone!);
      const outcomes = await bench.write(
        [gone!, here!].map((id) => bench.writeOf(bench.rig.types.contacts, id)),
      );
      expect(outcomes).toEqual([
        { key: `key of ${gone}`, outcome: 'gone' },
        { key: `key of ${here}`, outcome: 'written' },
      ]);
      expect(bench.rig.portal.fields(bench.rig.types.contacts, gone!)).toBeUndefined();
    });

    it('names the survivor of a merge where the old id still leads to it', async () => {
      const [kept, old] = ['Mia Sand', 'M. Sand'].map((person) => bench.rig.portal.contact({ name: person }));
      const survivor = bench.rig.portal.merge(bench.rig.types.contacts, kept!, old!, { oldIdsResolve: true });
      expect(await bench.write([bench.writeOf(bench.rig.types.contacts, old!)])).toEqual([
        { key: `key of ${old}`, outcome: 'moved', recordId: survivor },
      ]);
    });

    it('calls a merged record gone where the old id leads nowhere', async () => {
      const [kept, old] = ['Nell Orr', 'N. Orr'].map((person) => bench.rig.portal.contact({ name: person }));
      bench.rig.portal.merge(bench.rig.types.contacts, kept!, old!, { oldIdsResolve: false });
      expect(await bench.write([bench.writeOf(bench.rig.types.contacts, old!)])).toEqual([
        { key: `key of ${old}`, outcome: 'gone' },
      ]);
    });

    it('tells a refused value from an outage, by an outcome or a refusal of the whole batch', async () => {
      const id = bench.rig.portal.contact({ name: 'Ola Berg' });
      const tried = await bench
        .write([bench.writeOf(bench.rig.types.contacts, id, { status: 'no such status' })])
        .catch((error: unknown) => error);
      if (Array.isArray(tried)) expect(tried).toMatchObject([{ outcome: 'refused' }]);
      else expect(tried).toMatchObject({ code: 'crm_rejected', retry: 'never' });
    });

    it('takes a full batch in one call', async () => {
      const ids = Array.from({ length: bench.rig.crm.batchSize }, (_, index) =>
        bench.rig.portal.contact({ name: `Crowd ${index}` }),
      );
      const outcomes = await bench.write(ids.map((id) => bench.writeOf(bench.rig.types.contacts, id)));
      expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(bench.rig.crm.batchSize);
    });
  });
}

function reading(bench: Bench): void {
  const read = (type: string, ids: string[]) => bench.rig.crm.read(bench.rig.connection, type, ids);
  describe('reading', () => {
    it('finds a contact by its address and by an additional one, in any case', async () => {
      const id = bench.rig.portal.contact({
        name: 'Pia Qvist',
        email: 'pia@acorn.test',
        more: ['pia@old.test'],
      });
      const [own, old] = ['pia@acorn.test', 'pia@old.test'];
      for (const emails of [[own], [old], [own, old]]) {
        const found = await bench.rig.crm.findByEmail(bench.rig.connection, emails);
        expect(found.map(({ record }) => record.recordId)).toEqual([id]);
        expect(found[0]).toMatchObject({
          name: 'Pia Qvist',
          emails: ['pia@acorn.test', 'pia@old.test'],
          primaryCompanyId: null,
        });
      }
    });

    it('finds nobody for an address that no contact has, and asks nothing for no address', async () => {
      expect(await bench.rig.crm.findByEmail(bench.rig.connection, ['nobody@acorn.test'])).toEqual([]);
      expect(await bench.rig.crm.findByEmail(bench.rig.connection, [])).toEqual([]);
    });

    it('names only the primary company of a contact', async () => {
      const { contacts, companies } = bench.rig.types;
      const id = bench.rig.portal.contact({ name: 'Rui Silva', email: 'rui@acorn.test' });
      const [other, primary] = ['Beech', 'Acorn'].map((company) => bench.rig.portal.company(company));
      bench.rig.portal.link({ objectType: contacts, id }, { objectType: companies, id: primary! });
      bench.rig.portal.link({ objectType: contacts, id }, { objectType: companies, id: other! });
      const [found] = await bench.rig.crm.findByEmail(bench.rig.connection, ['rui@acorn.test']);
      expect(found?.primaryCompanyId).toBe(primary);
      const [same] = await read(contacts, [id]);
      expect(same?.primaryCompanyId).toBe(primary);
    });

    it('reads more records than one batch holds, and leaves out the missing ones', async () => {
      const ids = Array.from({ length: bench.rig.crm.batchSize + 5 }, (_, index) =>
        bench.rig.portal.company(`Branch ${index}`),
      );
      bench.rig.portal.remove(bench.rig.types.companies, ids[3]!);
      const found = await read(bench.rig.types.companies, ids);
      expect(found).toHaveLength(ids.length - 1);
      expect(found.some(({ name }) => name === 'Branch 3')).toBe(false);
    });

    it('reads the products of a deal in their own currency, or in that of the CRM', async () => {
      const deal = bench.rig.portal.deal('Two stairs');
      bench.rig.portal.line(deal, { name: 'Oak step', quantity: '12', price: '80.50' });
      bench.rig.portal.line(deal, { name: 'Rail', quantity: '1', price: '5000', currency: 'JPY' });
      const lines = await bench.rig.crm.dealLines(bench.rig.connection, deal, bench.rig.currency);
      expect(lines).toEqual(
        expect.arrayContaining([
          {
            description: 'Oak step',
            quantity: 12,
            unit: { amountMinor: 8_050, currency: bench.rig.currency },
          },
          { description: 'Rail', quantity: 1, unit: { amountMinor: 5_000, currency: 'JPY' } },
        ]),
      );
      expect(lines).toHaveLength(2);
    });

    it('says which product of a deal cannot be billed; only what costs exactly nothing is left out', async () => {
      const deal = bench.rig.portal.deal('Old stairs');
      for (const [name, price] of [
        ['Removal', '300.000'],
        ['Allowance', '-100.00'],
        ['Advice', '0.00'],
      ] as const)
        bench.rig.portal.line(deal, { name, quantity: '1', price });
      const lines = await bench.rig.crm.dealLines(bench.rig.connection, deal, bench.rig.currency);
      expect(lines).toHaveLength(2);
      expect(lines).toEqual(
        expect.arrayContaining([
          {
            description: 'Removal',
            quantity: 1,
            unit: { amountMinor: 30_000, currency: bench.rig.currency },
          },
          { description: 'Allowance', problem: 'negative' },
        ]),
      );
    });

    it('names the people of a record: themselves, or those on it', async () => {
      const { contacts, deals } = bench.rig.types;
      const id = bench.rig.portal.contact({ name: 'Sal Tor', email: 'sal@acorn.test' });
      const deal = bench.rig.portal.deal('Gate');
      bench.rig.portal.link({ objectType: deals, id: deal }, { objectType: contacts, id });
      for (const [type, record] of [
        [contacts, id],
        [deals, deal],
      ] as const) {
        const people = await bench.rig.crm.payersOf(bench.rig.connection, bench.ref(type, record));
        expect(people.map(({ record: { recordId } }) => recordId)).toEqual([id]);
      }
      expect(
        await bench.rig.crm.payersOf(bench.rig.connection, bench.ref(deals, bench.rig.portal.deal('Empty'))),
      ).toEqual([]);
    });
  });
}

function naming(bench: Bench): void {
  describe('names', () => {
    it('knows its own object types and ids, and nothing else', () => {
      const { contacts, companies, deals } = bench.rig.types;
      for (const type of [contacts, companies, deals]) expect(bench.rig.crm.objectType(type)).toBe(type);
      for (const type of ['', 'toString', '__proto__', '../contacts', 'users'])
        expect(bench.rig.crm.objectType(type)).toBeNull();
      expect(bench.rig.crm.isRecordId(bench.rig.portal.deal('Named'))).toBe(true);
      for (const id of ['', '../1', "x' OR Name LIKE '%", '1/../../users/5', '1?x=1', 'a b', '1\n', '１'])
        expect(bench.rig.crm.isRecordId(id)).toBe(false);
    });
  });
}

function cardCalls(bench: Bench): void {
  describe('calls from its cards', () => {
    const now = new Date('2031-03-01T10:00:00Z');
    const call = { method: 'POST', pathAndQuery: '', body: '{"amount":"12.50"}' };
    const signed = (at = now) => bench.rig.sign({ ...call, pathAndQuery: '/api/v1/records/contacts/1' }, at);
    const verdict = (given: SignedCall) => bench.rig.crm.verifyCall(given, now);

    it('are verified, and tell who calls', () => {
      expect(verdict(signed())).toMatchObject({
        verified: true,
        caller: { portalId: bench.rig.connection.portalId, userId: expect.any(String) },
      });
    });

    it('are refused without proof, or with anything changed', () => {
      const genuine = signed();
      const changed: SignedCall[] = [
        { ...genuine, headers: {} },
        { ...genuine, method: 'PUT' },
        { ...genuine, pathAndQuery: genuine.pathAndQuery.replace('contacts/1', 'contacts/2') },
        { ...genuine, raw: Buffer.from('{"amount":"1.50"}') },
      ];
      for (const one of changed) expect(verdict(one)).toEqual({ verified: false, reason: 'signature' });
    });

    it('are refused for their time more than five minutes off, early or late', () => {
      const off = (ms: number) => verdict(signed(new Date(now.getTime() + ms)));
      expect([off(-300_000), off(300_000)]).toMatchObject([{ verified: true }, { verified: true }]);
      for (const ms of [-301_000, 301_000, 31_536_000_000])
        expect(off(ms)).toEqual({ verified: false, reason: 'time' });
    });
  });
}

function mirroring(bench: Bench): void {
  describe('records of our own', () => {
    const upsert = (id: string, change: Record<string, string | null> = {}) =>
      bench.rig.crm.upsert(bench.rig.connection, 'invoice', [
        { key: `key of ${id}`, paysideId: id, fields: { ...INVOICE, ...change } },
      ]);
    const link = (id: string, to: LinkTarget[], drop: LinkTarget[] = []) =>
      bench.rig.crm.link(bench.rig.connection, 'invoice', [{ key: `key of ${id}`, paysideId: id, to, drop }]);
    const written = (id: string) => [{ key: `key of ${id}`, outcome: 'written' }];

    it('are made once, however often they are sent, and changed in place', async () => {
      expect(await upsert('ga_1:in_1')).toEqual(written('ga_1:in_1'));
      expect(await upsert('ga_1:in_1', { status: 'paid', due: '0.00' })).toEqual(written('ga_1:in_1'));
      const found = await bench.rig.portal.mirrored('invoice');
      expect(found.filter(({ paysideId }) => paysideId === 'ga_1:in_1')).toMatchObject([
        { fields: { status: 'paid', due: '0.00', total_text: 'EUR 120.00' } },
      ]);
    });

    it('are linked with records of the CRM and with each other, and let go of again', async () => {
      const person = bench.rig.portal.contact({ name: 'Tam Ude' });
      await upsert('ga_1:in_2');
      await bench.rig.crm.upsert(bench.rig.connection, 'line', [
        {
          key: 'line',
          paysideId: 'ga_1:il_2',
          fields: { description: 'Oak', quantity: '1', price: '120.00', currency: 'EUR' },
        },
      ]);
      const ends: LinkTarget[] = [
        { objectType: bench.rig.types.contacts, recordId: person },
        { mirror: 'line', paysideId: 'ga_1:il_2' },
      ];
      const links = async () =>
        (await bench.rig.portal.mirrored('invoice')).find(({ paysideId }) => paysideId === 'ga_1:in_2')
          ?.links;
      expect(await link('ga_1:in_2', ends)).toEqual(written('ga_1:in_2'));
      expect(await link('ga_1:in_2', ends)).toEqual(written('ga_1:in_2'));
      expect(await links()).toBe(2);
      expect(await link('ga_1:in_2', ends.slice(1), ends.slice(0, 1))).toEqual(written('ga_1:in_2'));
      expect(await links()).toBe(1);
    });

    it('are called gone where one of ours is not there to be linked', async () => {
      await upsert('ga_1:in_3');
      const missing: LinkTarget[] = [{ mirror: 'line', paysideId: 'ga_1:il_none' }];
      expect(await link('ga_1:in_3', missing)).toEqual([{ key: 'key of ga_1:in_3', outcome: 'gone' }]);
      expect(await link('ga_1:in_none', [])).toEqual([{ key: 'key of ga_1:in_none', outcome: 'gone' }]);
    });
  });
}
