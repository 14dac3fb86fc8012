// Sweeps: what the gateway did without a word that arrived is found, posted once, and seen on records and cards.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../sandbox/world/wait.ts';
import { newPerson, rowsOf, type Place } from '../billing/scene.ts';
import { PORTAL, propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

const DAY_MS = 86_400_000;
const INTERVAL_MS = 900_000;
const COMPANIES = '/crm/associations/2026-03/contacts/companies/batch/read';

let rig: Rig;
const ago = (days: number): { at: Date } => ({ at: new Date(rig.clock.now().getTime() - days * DAY_MS) });

/** A payer with a card, known for so many days, and the contact of the same address. */
class Payer {
  readonly at: Place;
  readonly id: string;
  readonly #method: string;

  constructor(days: number) {
    this.at = newPerson(rig);
    const { email } = rig.hubspot.portal(PORTAL).properties('contacts', this.at.recordId) ?? {};
    this.id = rig.account.create('customers', { email, name: 'Lou' }, ago(days)).id;
    const attached = { customer: this.id };
    this.#method = rig.account.act('payment_methods', 'pm_card_visa', 'attach', attached, ago(days)).id;
  }

  draft(days: number): string {
    const wish = { customer: this.id, collection_method: 'send_invoice', days_until_due: 400 };
    const { id } = rig.account.create('invoices', { ...wish, currency: 'eur' }, ago(days));
    const lines = [{ description: 'Stairs', amount: 12_000 }];
    rig.account.act('invoices', id, 'add_lines', { lines }, ago(days));
    return id;
  }

  /** An open invoice over 120 EUR. */
  invoice(days: number): string {
    const id = this.draft(days);
    rig.account.act('invoices', id, 'finalize', {}, ago(days));
    return id;
  }

  pay(invoiceId: string, days: number): void {
    rig.account.act('invoices', invoiceId, 'pay', { payment_method: this.#method }, ago(days));
  }

  charge(): string {
    return rig.account.all('charges').findLast(({ customer }) => customer === this.id)!.id;
  }

  says(wanted: Record<string, string>): Promise<Record<string, string>> {
    return propertiesWhen(rig, { kind: 'contacts', id: this.at.recordId }, (there) =>
      Object.entries(wanted).every(([name, value]) => there[`payside_${name}`] === value),
    );
  }
}

/** The first sweep is due an interval after all of history was read. */
const imported = () => viewWhen(rig, people['a payment']!.at, ({ importing }) => !importing);

/** Lets a sweep begin, and waits for its end. */
async function sweep(): Promise<void> {
  const { at } = people['a payment']!;
  const before = (await rig.view(at.objectType, at.recordId)).verifiedAt ?? '';
  // A card says so a moment before the sweep is put back: a look into the store waits for that.
  await rowsOf(rig, 'SELECT id FROM work');
  rig.clock.advance(INTERVAL_MS + 1_000);
  await viewWhen(rig, at, ({ verifiedAt }) => (verifiedAt ?? '') > before);
}

/** Waits until records were compared with what was delivered, which is done again in a day. */
const compared = () =>
  waitFor('the end of the daily comparison', async () => {
    const [row] = await rowsOf(rig, `SELECT reason FROM work WHERE kind = 'sweep' AND key = 'records'`);
    return row?.['reason'] === 'next sweep' ? true : undefined;
  });

/** Somebody who owes or has paid 120 EUR, what happens then, and what their record says of it. */
type Tale = {
  begins: (payer: Payer) => string;
  goesOn: (payer: Payer, invoiceId: string) => void;
  ends: Record<string, string>;
};
const owing = (payer: Payer): string => payer.invoice(60);
const paid = (payer: Payer): string => {
  const id = payer.invoice(60);
  payer.pay(id, 50);
  return id;
};
const TALES: Record<string, Tale> = {
  'a payment': {
    begins: owing,
    goesOn: (payer, id) => payer.pay(id, 0),
    ends: { owed: '0.00', status: 'paid', lifetime_collected: '120.00' },
  },
  'a payment for an invoice of 200 days ago, of which no event is listed': {
    begins: (payer) => payer.invoice(200),
    goesOn: (payer, id) => payer.pay(id, 40),
    ends: { owed: '0.00', status: 'paid', lifetime_collected: '120.00' },
  },
  'a refund': {
    begins: paid,
    goesOn: (payer) => void rig.account.create('refunds', { charge: payer.charge(), amount: 2_000 }),
    ends: { lifetime_collected: '100.00' },
  },
  'a dispute': {
    begins: paid,
    goesOn: (payer) => void rig.account.dispute(payer.charge()),
    ends: { status: 'disputed', lifetime_collected: '0.00' },
  },
  'a dispute that was lost': {
    begins(payer) {
      const id = paid(payer);
      rig.account.dispute(payer.charge(), 12_000, ago(45));
      return id;
    },
    goesOn(payer) {
      const own = rig.account.all('disputes').find(({ charge }) => charge === payer.charge())!;
      rig.account.closeDispute(own.id, 'lost', ago(35));
    },
    ends: { owed: '120.00', status: 'reversed', lifetime_collected: '0.00' },
  },
  'a new invoice': {
    begins: paid,
    goesOn: (payer) => void payer.invoice(0),
    ends: { owed: '120.00', status: 'open' },
  },
  'a credit note': {
    begins: owing,
    goesOn: (_, invoice) => void rig.account.create('credit_notes', { invoice, amount: 3_000 }),
    ends: { owed: '90.00' },
  },
  'an invoice that was voided': {
    begins: owing,
    goesOn: (_, id) => void rig.account.act('invoices', id, 'void'),
    ends: { owed: '0.00' },
  },
};
const people: Record<string, Payer> = {};
let latecomer: Payer;
let draft: string;

beforeAll(async () => {
  rig = await startRig();
  const invoices: Record<string, string> = {};
  for (const [name, { begins }] of Object.entries(TALES)) {
    people[name] = new Payer(210);
    invoices[name] = begins(people[name]);
  }
  draft = people['a payment']!.draft(50);
  await rig.setUp();
  await people['a new invoice']!.says({ lifetime_collected: '120.00' });
  await imported();
  for (const [name, { goesOn }] of Object.entries(TALES)) goesOn(people[name]!, invoices[name]!);
  rig.account.request('DELETE', `/v1/invoices/${draft}`, {}, ago(45));
  latecomer = new Payer(0);
  latecomer.invoice(0);
  await sweep();
});
afterAll(() => rig.close());

describe('what nobody was told', () => {
  it.each(Object.entries(TALES))('%s is found, and seen on the record', async (name, { ends }) => {
    await people[name]!.says(ends);
  });

  it('a payer who came meanwhile is matched to their record', async () => {
    await latecomer.says({ owed: '120.00' });
  });

  it('a draft that was deleted leaves the card', async () => {
    const { at } = people['a payment']!;
    const { invoices } = await viewWhen(rig, at, ({ invoices: shown }) => shown.length === 1);
    expect(invoices.map(({ id }) => id)).not.toContain(draft);
  });

  it('a payment that was read because its invoice was paid stands on the card', async () => {
    const { at } = people['a payment for an invoice of 200 days ago, of which no event is listed']!;
    const { payments } = await viewWhen(rig, at, ({ payments: shown }) => shown.length > 0);
    expect(payments).toMatchObject([{ amount: { amountMinor: 12_000 } }]);
  });
});

describe('a sweep that finds nothing', () => {
  it('posts nothing and writes nothing, and the card says when the gateway was looked at', async () => {
    await latecomer.says({ owed: '120.00' });
    await sweep();
    await waitFor('everything to be written', async () => {
      const waiting = await rowsOf(rig, `SELECT key FROM outbox WHERE state = 'waiting'`);
      return waiting.length === 0 ? true : undefined;
    });
    await compared();
    const facts = () => rowsOf(rig, 'SELECT count(*) AS n FROM fact');
    const before = await facts();
    const calls = rig.hubspot.calls.length;
    const lines = rig.log().length;
    await sweep();
    expect(await facts()).toEqual(before);
    // Which companies people belong to is asked as often as accounts are swept, by a loop of its own.
    const asked = rig.hubspot.calls.slice(calls).map(({ path }) => path);
    expect(asked.filter((path) => path.startsWith('/crm/') && path !== COMPANIES)).toEqual([]);
    expect(rig.log().slice(lines)).not.toContain('nobody had told');
  });
});
