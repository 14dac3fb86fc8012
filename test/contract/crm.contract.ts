// What every CRM adapter must do, checked through the port against a portal that people work in.
import { describe, expect, it } from 'vitest';
import { isOfKind } from '../../src/ledger/record-types.ts';
import type {
  Crm,
  CrmConnection,
  LinkTarget,
  HoldsToken,
  MirrorKind,
  SignedCall,
} from '../../src/crms/crm.ts';
import type { RecordKind } from '../../src/ledger/record-types.ts';
import { benchOf, FIELDS, INVOICE, type Bench } from './crm-bench.ts';
import { showing } from './crm-shown.contract.ts';

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

/** In what CRMs differ that people can see. */
export type CrmTraits = {
  /** Calls are signed, or bring a token of the org. */
  calls: 'signed' | 'token';
  /** Our fields are made by us, or come with a package that an admin installs. */
  fields: 'made' | 'packaged';
  /** A contact has one address, or further ones. */
  addresses: 'one' | 'several';
  /** Each product of a deal may have a currency of its own. */
  lineCurrencies: boolean;
};

export type CrmRig = {
  crm: Crm;
  connection: CrmConnection;
  portal: CrmPortal;
  currency: string;
  /** Judges tokens as the connector would. */
  holds: HoldsToken;
  /** A call as it comes from one of our cards. */
  sign(call: { method: string; pathAndQuery: string; body: string }, at: Date): SignedCall;
  close(): Promise<void>;
};

export function crmContract(name: string, traits: CrmTraits, setUp: () => Promise<CrmRig>): void {
  describe(`${name} as a CRM`, () => {
    const bench = benchOf(setUp);
    provisioning(bench, traits);
    writing(bench);
    reading(bench, traits);
    naming(bench);
    cardCalls(bench, traits);
    mirroring(bench);
  });
  // A portal of its own, as CRMs limit how often they may be asked.
  describe(`${name} as a CRM`, () => showing(benchOf(setUp)));
}

function provisioning(bench: Bench, { fields }: CrmTraits): void {
  describe('provision', () => {
    it('makes nothing the second time', async () => {
      expect(await bench.rig.crm.provision(bench.rig.connection)).toMatchObject({ created: 0 });
    });

    if (fields === 'packaged') return;
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
        bench.writeOf(bench.rig.crm.types.person, one!),
        bench.writeOf(bench.rig.crm.types.person, two!, { status: 'paid', link: null, next_due: null }),
      ]);
      expect(outcomes).toEqual([
        { key: `key of ${one}`, outcome: 'written' },
        { key: `key of ${two}`, outcome: 'written' },
      ]);
      expect(bench.rig.portal.fields(bench.rig.crm.types.person, one!)).toMatchObject(FIELDS);
      await bench.write([bench.writeOf(bench.rig.crm.types.person, one!, { link: null })]);
      expect(bench.rig.portal.fields(bench.rig.crm.types.person, one!)).toMatchObject({
        owed: '120.00',
        link: '',
      });
      expect(bench.rig.portal.fields(bench.rig.crm.types.person, two!)).toMatchObject({
        status: 'paid',
        next_due: '',
      });
    });

    it('says what is gone beside what was written, and makes no record', async () => {
      const [here, gone] = ['Kim Ode', 'Lou Reed'].map((person) =>
        bench.rig.portal.contact({ name: person }),
      );
      bench.rig.portal.remove(bench.rig.crm.types.person, gone!);
      const outcomes = await bench.write(
        [gone!, here!].map((id) => bench.writeOf(bench.rig.crm.types.person, id)),
      );
      expect(outcomes).toEqual([
        { key: `key of ${gone}`, outcome: 'gone' },
        { key: `key of ${here}`, outcome: 'written' },
      ]);
      expect(bench.rig.portal.fields(bench.rig.crm.types.person, gone!)).toBeUndefined();
    });

    it('names the survivor of a merge where the old id still leads to it', async () => {
      const [kept, old] = ['Mia Sand', 'M. Sand'].map((person) => bench.rig.portal.contact({ name: person }));
      const survivor = bench.rig.portal.merge(bench.rig.crm.types.person, kept!, old!, {
        oldIdsResolve: true,
      });
      expect(await bench.write([bench.writeOf(bench.rig.crm.types.person, old!)])).toEqual([
        { key: `key of ${old}`, outcome: 'moved', recordId: survivor },
      ]);
    });

    it('calls a merged record gone where the old id leads nowhere', async () => {
      const [kept, old] = ['Nell Orr', 'N. Orr'].map((person) => bench.rig.portal.contact({ name: person }));
      bench.rig.portal.merge(bench.rig.crm.types.person, kept!, old!, { oldIdsResolve: false });
      expect(await bench.write([bench.writeOf(bench.rig.crm.types.person, old!)])).toEqual([
        { key: `key of ${old}`, outcome: 'gone' },
      ]);
    });

    it('tells a refused value from an outage, by an outcome or a refusal of the whole batch', async () => {
      const id = bench.rig.portal.contact({ name: 'Ola Berg' });
      const tried = await bench
        .write([bench.writeOf(bench.rig.crm.types.person, id, { status: 'no such status' })])
        .catch((error: unknown) => error);
      if (Array.isArray(tried)) expect(tried).toMatchObject([{ outcome: 'refused' }]);
      else expect(tried).toMatchObject({ code: 'crm_rejected', retry: 'never' });
    });

    it('takes a full batch in one call', async () => {
      const ids = Array.from({ length: bench.rig.crm.batchSize }, (_, index) =>
        bench.rig.portal.contact({ name: `Crowd ${index}` }),
      );
      const outcomes = await bench.write(ids.map((id) => bench.writeOf(bench.rig.crm.types.person, id)));
      expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(bench.rig.crm.batchSize);
    });
  });
}

function reading(bench: Bench, { addresses, lineCurrencies }: CrmTraits): void {
  const read = (type: string, ids: string[]) => bench.rig.crm.read(bench.rig.connection, type, ids);
  describe('reading', () => {
    it('finds a contact by its address and by an additional one, in any case', async () => {
      const id = bench.rig.portal.contact({
        name: 'Pia Qvist',
        email: 'PIA@acorn.test',
        ...(addresses === 'several' ? { more: ['pia@old.test'] } : {}),
      });
      const own = 'pia@acorn.test';
      const emails = addresses === 'several' ? [own, 'pia@old.test'] : [own];
      for (const asked of [...emails.map((email) => [email]), emails]) {
        const found = await bench.rig.crm.findByEmail(bench.rig.connection, asked);
        expect(found.map(({ record }) => record.recordId)).toEqual([id]);
        expect(found[0]).toMatchObject({ name: 'Pia Qvist', emails, primaryCompanyId: null });
      }
    });

    it('finds nobody for an address that no contact has, and asks nothing for no address', async () => {
      expect(await bench.rig.crm.findByEmail(bench.rig.connection, ['nobody@acorn.test'])).toEqual([]);
      expect(await bench.rig.crm.findByEmail(bench.rig.connection, [])).toEqual([]);
    });

    it('names only the primary company of a contact', async () => {
      const { person: contacts, company: companies } = bench.rig.crm.types;
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
      bench.rig.portal.remove(bench.rig.crm.types.company, ids[3]!);
      const found = await read(bench.rig.crm.types.company, ids);
      expect(found).toHaveLength(ids.length - 1);
      expect(found.some(({ name }) => name === 'Branch 3')).toBe(false);
    });

    it('reads the products of a deal in their own currency, or in that of the CRM', async () => {
      const deal = bench.rig.portal.deal('Two stairs');
      bench.rig.portal.line(deal, { name: 'Oak step', quantity: '12', price: '80.50' });
      if (lineCurrencies)
        bench.rig.portal.line(deal, { name: 'Rail', quantity: '1', price: '5000', currency: 'JPY' });
      const lines = await bench.rig.crm.dealLines(bench.rig.connection, deal, bench.rig.currency);
      const oak = { amountMinor: 8_050, currency: bench.rig.currency };
      const rail = {
        description: 'Rail',
        quantity: 1,
        unit: { amountMinor: 5_000, currency: 'JPY' },
      };
      const wanted = [
        { description: 'Oak step', quantity: 12, unit: oak },
        ...(lineCurrencies ? [rail] : []),
      ];
      expect(lines).toEqual(expect.arrayContaining(wanted));
      expect(lines).toHaveLength(wanted.length);
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
      const { person: contacts, deal: deals } = bench.rig.crm.types;
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
      const { person: contacts, company: companies, deal: deals } = bench.rig.crm.types;
      for (const type of [contacts, companies, deals]) expect(bench.rig.crm.objectType(type)).toBe(type);
      for (const [kind, objectType] of Object.entries(bench.rig.crm.types))
        expect(isOfKind({ objectType }, kind as RecordKind)).toBe(true);
      for (const type of ['', 'toString', '__proto__', '../contacts', 'users'])
        expect(bench.rig.crm.objectType(type)).toBeNull();
      expect(bench.rig.crm.isRecordId(bench.rig.portal.deal('Named'))).toBe(true);
      for (const id of ['', '../1', "x' OR Name LIKE '%", '1/../../users/5', '1?x=1', 'a b', '1\n', '１'])
        expect(bench.rig.crm.isRecordId(id)).toBe(false);
    });
  });
}

function cardCalls(bench: Bench, { calls }: CrmTraits): void {
  describe('calls from its cards', () => {
    const now = new Date('2031-03-01T10:00:00Z');
    const call = { method: 'POST', pathAndQuery: '', body: '{"amount":"12.50"}' };
    const signed = (at = now) => bench.rig.sign({ ...call, pathAndQuery: '/api/v1/records/contacts/1' }, at);
    const verdict = async (given: SignedCall) => bench.rig.crm.verifyCall(given, now, bench.rig.holds);
    const refused = { verified: false, reason: 'signature' };

    it('are verified, and tell who calls', async () => {
      expect(await verdict(signed())).toMatchObject({
        verified: true,
        caller: { portalId: bench.rig.connection.portalId, userId: expect.any(String) },
      });
    });

    it('are refused without proof, or with a part of it', async () => {
      const genuine = signed();
      expect(await verdict({ ...genuine, headers: {} })).toEqual(refused);
      for (const missing of Object.keys(genuine.headers)) {
        const { [missing]: _gone, ...headers } = genuine.headers;
        expect(await verdict({ ...genuine, headers }), missing).toEqual(refused);
      }
    });

    // A token says where a call comes from, and nothing about the call itself.
    if (calls === 'token') return;
    it('are refused with anything changed', async () => {
      const genuine = signed();
      const changed: SignedCall[] = [
        { ...genuine, method: 'PUT' },
        { ...genuine, pathAndQuery: genuine.pathAndQuery.replace('contacts/1', 'contacts/2') },
        { ...genuine, raw: Buffer.from('{"amount":"1.50"}') },
      ];
      for (const one of changed) expect(await verdict(one)).toEqual(refused);
    });

    it('are refused for their time more than five minutes off, early or late', async () => {
      const off = (ms: number) => verdict(signed(new Date(now.getTime() + ms)));
      for (const ms of [-300_000, 300_000]) expect(await off(ms)).toMatchObject({ verified: true });
      for (const ms of [-301_000, 301_000, 31_536_000_000])
        expect(await off(ms)).toEqual({ verified: false, reason: 'time' });
    });
  });
}

function mirroring(bench: Bench): void {
  describe('records of our own', () => {
    const FIELDS_OF: Partial<Record<MirrorKind, Record<string, string>>> = {
      invoice: INVOICE,
      line: { description: 'Oak', quantity: '1', price: '120.00', currency: 'EUR' },
    };
    const upsert = (
      kind: MirrorKind,
      id: string,
      change: Record<string, string | null> = {},
      refs: LinkTarget[] = [],
    ) =>
      bench.rig.crm.upsert(bench.rig.connection, kind, [
        { key: `key of ${id}`, paysideId: id, fields: { ...FIELDS_OF[kind], ...change }, refs },
      ]);
    /** Where links are no records of their own, they come with what hangs on another. */
    const hang = async (kind: MirrorKind, id: string, to: LinkTarget[], drop: LinkTarget[] = []) => {
      const { link } = bench.rig.crm;
      const made = await upsert(kind, id, {}, to);
      return link
        ? link(bench.rig.connection, kind, [{ key: `key of ${id}`, paysideId: id, to, drop }])
        : made;
    };
    const ended = (id: string, outcome: string) => [{ key: `key of ${id}`, outcome }];
    const linksOf = async (kind: MirrorKind, id: string): Promise<number> =>
      (await bench.rig.portal.mirrored(kind)).find(({ paysideId }) => paysideId === id)?.links ?? 0;

    it('are made once, however often they are sent, and changed in place', async () => {
      const written = ended('ga_1:in_1', 'written');
      expect(await upsert('invoice', 'ga_1:in_1')).toEqual(written);
      expect(await upsert('invoice', 'ga_1:in_1', { status: 'paid', due: '0.00' })).toEqual(written);
      const found = await bench.rig.portal.mirrored('invoice');
      expect(found.filter(({ paysideId }) => paysideId === 'ga_1:in_1')).toMatchObject([
        { fields: { status: 'paid', due: '0.00', total_text: 'EUR 120.00' } },
      ]);
    });

    it('are linked with records of the CRM and with each other, and let go of again', async () => {
      const recordId = bench.rig.portal.contact({ name: 'Tam Ude' });
      const person = { objectType: bench.rig.crm.types.person, recordId };
      const invoice: LinkTarget = { mirror: 'invoice', paysideId: 'ga_1:in_2' };
      for (let nth = 0; nth < 2; nth += 1) {
        expect(await hang('invoice', 'ga_1:in_2', [person])).toEqual(ended('ga_1:in_2', 'written'));
        expect(await hang('line', 'ga_1:il_2', [invoice])).toEqual(ended('ga_1:il_2', 'written'));
      }
      expect(await linksOf('line', 'ga_1:il_2')).toBe(1);
      const before = await linksOf('invoice', 'ga_1:in_2');
      expect(await hang('invoice', 'ga_1:in_2', [], [person])).toEqual(ended('ga_1:in_2', 'written'));
      expect(await linksOf('invoice', 'ga_1:in_2')).toBe(before - 1);
    });

    it('are called gone where one of ours is not there to be linked', async () => {
      const missing: LinkTarget[] = [{ mirror: 'invoice', paysideId: 'ga_1:in_none' }];
      expect(await hang('line', 'ga_1:il_3', missing)).toEqual(ended('ga_1:il_3', 'gone'));
    });
  });
}
