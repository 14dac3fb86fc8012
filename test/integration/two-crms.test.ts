// One workspace with HubSpot and Salesforce: one ledger, two sets of records, and whatever happens from either side happens once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unmatchedAnswerSchema } from '../../src/views/unmatched-schema.ts';
import {
  endOf,
  openInvoice,
  outcomeOf,
  payByLink,
  place,
  quiet,
  refusalOf,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { PORTAL, propertiesWhen, viewWhen, waitFor } from './rig.ts';
import { fieldsWhen, recordsWhen, type At } from './salesforce-rig.ts';
import { startTwoCrms, type TwoCrms } from './two-crms-rig.ts';

let rig: TwoCrms;
let inHub: Place;
let inOrg: At;

/** An open invoice made at the gateway, outside Payside. */
function owe(customer: string, amount: number): void {
  const told = { silent: false };
  const terms = { collection_method: 'send_invoice', days_until_due: 7 };
  const invoice = rig.account.create('invoices', { customer, ...terms }, told);
  rig.account.create('invoiceitems', { customer, invoice: invoice.id, amount, currency: 'eur' }, told);
  rig.account.act('invoices', invoice.id, 'finalize', {}, told);
}

const customer = (email: string): string => {
  const [name] = email.split('@');
  return rig.account.create('customers', { email, name }, { silent: false }).id;
};

/** Ada is known in both CRMs, Hal in HubSpot alone, Nora in neither; all owed something before the org joined. */
beforeAll(async () => {
  rig = await startTwoCrms();
  rig.hubspot.portal(PORTAL).create('contacts', { email: 'hal@example.com', firstname: 'Hal' });
  inHub = place(rig, 'contacts', 'ada');
  inOrg = rig.at('Contact', 'ada');
  for (const email of ['ada@example.com', 'hal@example.com', 'nora@example.com']) owe(customer(email), 5_000);
  await viewWhen(rig, inHub, ({ owed }) => owed[0]?.amountMinor === 5_000);
  await rig.join();
});
afterAll(() => rig.close());

const succeeded = (): number =>
  rig.account.all('charges').filter(({ status }) => status === 'succeeded').length;
const owedIn = (view: { owed: { amountMinor: number }[] }) => view.owed[0]?.amountMinor ?? 0;
const unmatchedIn = async (ask: Promise<{ body: unknown }>): Promise<(string | null)[]> => {
  const answer = unmatchedAnswerSchema.parse((await ask).body);
  if (!answer.ok) throw new Error(answer.message);
  return answer.payers.map(({ email }) => email);
};

describe('what was there before', () => {
  it('stands in the records of the CRM that joined', async () => {
    const fields = await fieldsWhen(rig, inOrg, (now) => now['Payside_Owed__c'] === 50);
    expect(fields).toMatchObject({ Payside_Status__c: 'open', Payside_Owed_Text__c: 'EUR 50.00' });
    expect(owedIn(await rig.cardOf(inOrg))).toBe(5_000);
  });

  it('is copied there whole, with the contact where there is one', async () => {
    const copies = await recordsWhen(
      rig,
      'Payside_Invoice__c',
      (all) => all.length === 3 && all.some((one) => one['Contact__c'] === inOrg.id),
    );
    expect(copies.filter((one) => one['Contact__c'] === inOrg.id)).toHaveLength(1);
  });

  it('makes no open question of whoever one of the CRMs knows', async () => {
    await waitFor('the lists', async () => {
      const inHubSpot = await unmatchedIn(rig.call('/api/v1/unmatched'));
      const inSalesforce = await unmatchedIn(rig.apex('/api/v1/unmatched'));
      return inHubSpot.join() === 'nora@example.com' && inSalesforce.join() === 'nora@example.com'
        ? true
        : undefined;
    });
  });
});

describe('one ledger', () => {
  it('has an invoice that was made in HubSpot on the card in Salesforce, and paid in both once it is', async () => {
    const { invoiceId, payUrl } = await openInvoice(rig, inHub);
    const there = await rig.cardOf(inOrg);
    expect(there.invoices.map(({ id }) => id)).toContain(invoiceId);
    expect(owedIn(there)).toBe(17_000);
    await payByLink(rig, payUrl, { number: VISA });
    await propertiesWhen(
      rig,
      { kind: 'contacts', id: inHub.recordId },
      ({ payside_lifetime_collected: collected }) => Number(collected) === 120,
    );
    await fieldsWhen(rig, inOrg, (now) => now['Payside_Lifetime_Collected__c'] === 120);
    await recordsWhen(rig, 'Payside_Invoice__c', (all) =>
      all.some((one) => String(one['Payside_Id__c']).endsWith(invoiceId) && one['Status__c'] === 'paid'),
    );
  });

  it('has an invoice that was made in Salesforce in HubSpot, paid in both once it is', async () => {
    const answer = await rig.act('create-invoice', inOrg, {
      currency: 'EUR',
      lines: [{ description: 'Oak door', quantity: 1, amount: '80.00' }],
      dueDate: new Date(rig.clock.now().getTime() + 9 * 86_400_000).toISOString().slice(0, 10),
      send: false,
    });
    const { payUrl = '' } = outcomeOf(answer).result;
    await viewWhen(rig, inHub, (view) => owedIn(view) === 13_000);
    await payByLink(rig, payUrl, { number: VISA });
    await fieldsWhen(rig, inOrg, (now) => now['Payside_Lifetime_Collected__c'] === 200);
    await propertiesWhen(
      rig,
      { kind: 'contacts', id: inHub.recordId },
      ({ payside_lifetime_collected: collected }) => Number(collected) === 200,
    );
    expect(rig.account.all('customers').filter(({ email }) => email === 'ada@example.com')).toHaveLength(1);
  });

  it('lets nobody in Salesforce touch an invoice that somebody in HubSpot is working on, and the other way round', async () => {
    const { payUrl } = await openInvoice(rig, inHub);
    await payByLink(rig, payUrl, { number: VISA, save: true });
    const { methods } = await viewWhen(rig, inHub, (view) =>
      view.methods.some(({ chargeable }) => chargeable),
    );
    const methodId = methods.find(({ chargeable }) => chargeable)?.id ?? '';
    const { invoiceId } = await openInvoice(rig, inHub);
    await quiet(rig);
    const before = succeeded();
    rig.stripe.faults.arm('lost-webhook', 100, 0);
    rig.stripe.faults.arm('reset-after', 100, 0, '/pay');
    const body = { operationId: randomUUID(), invoiceId, methodId, amountMinor: 12_000 };
    expect(outcomeOf(await rig.operate('charge-saved-method', inHub, body)).state).toBe('checking');
    const second = await rig.act('charge-saved-method', inOrg, { invoiceId, methodId, amountMinor: 12_000 });
    expect(refusalOf(second)).toBe('operation_in_progress');
    expect(second.body).toMatchObject({ message: expect.stringMatching(/being checked with the gateway/) });
    const void_ = await rig.act('void-invoice', inOrg, { invoiceId });
    expect(refusalOf(void_)).toBe('operation_in_progress');
    rig.stripe.faults.clear();
    await endOf(rig, body.operationId);
    expect(succeeded()).toBe(before + 1);
  });
});

describe('each CRM on its own', () => {
  it('is not disturbed while the other does not answer', async () => {
    rig.salesforce.faults.arm('status-503', 1_000, 0);
    owe(customer('grace@example.com'), 7_700);
    await propertiesWhen(
      rig,
      { kind: 'contacts', id: place(rig, 'contacts', 'grace').recordId },
      ({ payside_owed: owed }) => Number(owed) === 77,
    );
    rig.salesforce.faults.clear();
    await fieldsWhen(rig, rig.at('Contact', 'grace'), (now) => now['Payside_Owed__c'] === 77);
  });

  it('goes on when the other is uninstalled', async () => {
    rig.org.uninstall();
    const { invoiceId } = await openInvoice(rig, inHub);
    await viewWhen(rig, inHub, ({ invoices }) => invoices.some(({ id }) => id === invoiceId));
    await waitFor('the end of the org', async () =>
      (await rig.hubPart()).joined[0]?.stateText === 'Uninstalled' ? true : undefined,
    );
  });

  it('gets what it missed when it is installed again, of people the other knew meanwhile as well', async () => {
    const email = 'lou@example.com';
    const inHubSpot = rig.hubspot.portal(PORTAL).create('contacts', { email, firstname: 'Lou' });
    const id = rig.org.create('Contact', { LastName: 'Example', Email: email });
    owe(customer(email), 3_300);
    await propertiesWhen(
      rig,
      { kind: 'contacts', id: inHubSpot },
      ({ payside_owed: owed }) => Number(owed) === 33,
    );
    await rig.installOrg();
    await fieldsWhen(rig, { type: 'Contact', id }, (now) => now['Payside_Owed__c'] === 33);
  });
});
