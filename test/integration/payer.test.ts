// Whom an invoice goes to: the one the card names, and nobody at a guess.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  invoiceBody,
  newPerson,
  openInvoice,
  outcomeOf,
  rowsOf,
  writesTo,
  type Place,
} from '../billing/scene.ts';
import { PORTAL, startRig, waitFor, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());

const person = (name: string): Place =>
  newPerson(rig, { firstname: name, lastname: 'Payer', email: `${name.toLowerCase()}@payers.test` });

function recordOf(kind: 'deals' | 'companies', people: Place[]): Place {
  const portal = rig.hubspot.portal(PORTAL);
  const id = portal.create(kind, kind === 'deals' ? { dealname: 'Stairs' } : { name: 'Yard' });
  for (const { recordId } of people) portal.associate({ kind, id }, { kind: 'contacts', id: recordId });
  return { objectType: kind, recordId: id };
}

const customerOf = (invoiceId: string | undefined): string =>
  String(rig.account.all('invoices').find(({ id }) => id === invoiceId)?.customer);

const create = async (at: Place, change: Record<string, unknown> = {}) =>
  outcomeOf(await rig.operate('create-invoice', at, invoiceBody(rig, change)));

/** Two customers of one company; the one whose id comes first got the older invoice. */
async function sharedCompany(...names: string[]) {
  const people = names.map(person);
  const opened = [];
  for (const one of people)
    opened.push({ at: one, customer: customerOf((await openInvoice(rig, one)).invoiceId) });
  const [, second] = opened.sort((a, b) => (a.customer < b.customer ? -1 : 1));
  if (!second) throw new Error('two were opened');
  const company = recordOf('companies', []);
  for (const { customer } of opened) await rig.operate('assign-payer', company, { customerId: customer });
  rig.clock.advance(60_000);
  await openInvoice(rig, second.at);
  await waitFor('both customers at the company', async () => {
    const { invoices } = await rig.view('companies', company.recordId);
    return invoices.length === 3 ? true : undefined;
  });
  return { company, second };
}

describe('where several customers belong to a record', () => {
  it('an invoice goes to the one the card names, and says so when it is made', async () => {
    const { company, second } = await sharedCompany('Rosalind', 'Barbara');
    const { composer } = await rig.view('companies', company.recordId);
    const { result } = await create(company);
    expect(customerOf(result.invoiceId)).toBe(second.customer);
    const { name, email } = rig.account.all('customers').find(({ id }) => id === second.customer)!;
    expect(composer.payer).toEqual({ name, email });
    expect(result.message).toBe(`Invoice ${result.number} is open. It is for ${name} (${email}).`);
  });

  it('each invoice names the customer it is for, as long as it can be paid', async () => {
    const { company } = await sharedCompany('Vera', 'Chien');
    const { invoices } = await rig.view('companies', company.recordId);
    const customers = rig.account.all('customers');
    for (const { id, payer } of invoices)
      expect(payer?.email).toBe(customers.find((one) => one.id === customerOf(id))?.email);
    const [{ id = '' } = {}] = invoices;
    await rig.operate('void-invoice', company, { invoiceId: id });
    const view = await rig.view('companies', company.recordId);
    expect(view.invoices.find((one) => one.id === id)?.payer).toBeNull();
  });
});

describe('where nobody of a record is a customer yet', () => {
  it.each(['deals', 'companies'] as const)(
    'and several contacts of %s could be meant, nothing is made at a guess',
    async (kind) => {
      const at = recordOf(kind, [person(`Hedy-${kind}`), person(`Mary-${kind}`)]);
      const before = writesTo(rig);
      const { state, result } = await create(at);
      expect([state, result.code]).toEqual(['refused', 'several_contacts']);
      expect(result.message).toMatch(/Leave only the one who pays.*or start from that contact/);
      expect(writesTo(rig)).toEqual(before);
    },
  );

  it('one contact with an address is the payer, and is named', async () => {
    const silent = newPerson(rig, { firstname: 'Silent', email: '' });
    const { result } = await create(recordOf('deals', [silent, person('Radia')]));
    expect(result.message).toMatch(/It is for Radia Payer \(radia@payers\.test\)\.$/);
  });
});

describe('where a contact of a deal is a customer', () => {
  it('that one is the payer, and is named', async () => {
    const known = person('Edith');
    const { invoiceId } = await openInvoice(rig, known);
    const { result } = await create(recordOf('deals', [person('Katherine'), known]));
    expect(customerOf(result.invoiceId)).toBe(customerOf(invoiceId));
    expect(result.message).toMatch(/It is for Edith Payer/);
  });

  it('and another one is too, nothing is made at a guess', async () => {
    const both = [person('Annie'), person('Dorothy')];
    for (const one of both) await openInvoice(rig, one);
    expect(await create(recordOf('deals', both))).toMatchObject({ result: { code: 'several_contacts' } });
  });
});

describe('what names the payer', () => {
  it('is told for a link and a mail too, and asked for again in the same words', async () => {
    const at = person('Evelyn');
    const link = { currency: 'EUR', amount: '9.00', description: 'Deposit' };
    const made = outcomeOf(await rig.operate('create-link', at, link));
    expect(made.result.message).toMatch(/It is for Evelyn Payer/);
    const { body } = await rig.call<{ outcome: unknown }>(`/api/v1/operations/${made.operationId}`);
    expect(body.outcome).toEqual(made);
    const { invoiceId = '' } = made.result;
    const sent = outcomeOf(await rig.operate('send-invoice', at, { invoiceId }));
    expect(sent.result.message).toMatch(/sent by e-mail\. It is for Evelyn Payer/);
  });

  it('is kept with no operation, so that a person can be forgotten', async () => {
    const at = person('Grete');
    expect((await create(at)).result.message).toMatch(/Grete Payer/);
    const kept = JSON.stringify(await rowsOf(rig, 'SELECT * FROM operation'));
    expect(kept).toMatch(/is open/);
    expect(kept).not.toMatch(/Grete|grete@/);
  });
});
