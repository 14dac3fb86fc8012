// The main job on Salesforce, through the real app: install, card, invoice from the products of an opportunity, payment, records that say so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayFromNow, outcomeOf, payByLink, VISA } from '../billing/scene.ts';
import { fieldsWhen, recordsWhen, startOrgRig, type OrgRig } from './salesforce-rig.ts';

let rig: OrgRig;
beforeAll(async () => void (rig = await startOrgRig()));
afterAll(() => rig.close());

const soon = (): { dueDate: string } => ({ dueDate: dayFromNow(rig, 14) });

describe('an opportunity', () => {
  let paid: { invoiceId: string; payUrl: string };

  it('shows a card that offers its products as the lines of an invoice', async () => {
    const view = await rig.cardOf(rig.at('Opportunity', 'stairs'));
    expect(view).toMatchObject({
      mode: 'live',
      record: { objectType: 'Opportunity' },
      owed: [],
      invoices: [],
    });
    expect(view.actions).toContain('create-invoice');
  });

  it('becomes an invoice to the primary contact, with its products as lines', async () => {
    const answer = await rig.act('create-invoice', rig.at('Opportunity', 'stairs'), {
      currency: 'EUR',
      lines: 'record',
      send: false,
      ...soon(),
    });
    const { result } = outcomeOf(answer);
    paid = { invoiceId: result.invoiceId ?? '', payUrl: result.payUrl ?? '' };
    const [customer] = rig.account.all('customers');
    expect(customer).toMatchObject({ email: 'grace@example.com', name: 'Grace Murray' });
    const [invoice] = await recordsWhen(rig, 'Payside_Invoice__c', (all) => all.length === 1);
    expect(invoice).toMatchObject({
      Status__c: 'open',
      State__c: 'open',
      Currency_Code__c: 'EUR',
      Total_Minor__c: 96_600,
      Total__c: 966,
      Total_Text__c: 'EUR 966.00',
      Due_Minor__c: 96_600,
      Due_Date__c: soon().dueDate,
      Contact__c: rig.org.ref('grace'),
      Account__c: rig.org.ref('mill'),
      Opportunity__c: rig.org.ref('stairs'),
    });
    expect(invoice?.['Payside_Id__c']).toMatch(new RegExp(`^ga_\\w+:${paid.invoiceId}$`));
    const [line] = await recordsWhen(rig, 'Payside_Invoice_Line__c', (all) => all.length === 1);
    expect(line).toMatchObject({
      Description__c: 'Oak step × 12',
      Quantity__c: 1,
      Amount_Minor__c: 96_600,
      Invoice__c: invoice?.['Id'],
    });
  });

  it('owes it on the opportunity, the contact and the account', async () => {
    for (const [type, ref] of [
      ['Opportunity', 'stairs'],
      ['Contact', 'grace'],
      ['Account', 'mill'],
    ] as const) {
      const fields = await fieldsWhen(rig, rig.at(type, ref), (now) => now['Payside_Owed__c'] === 966);
      expect(fields).toMatchObject({
        Payside_Status__c: 'open',
        Payside_Owed_Text__c: 'EUR 966.00',
        Payside_Next_Due__c: soon().dueDate,
        Payside_Link__c: null,
      });
    }
    expect((await rig.cardOf(rig.at('Contact', 'grace'))).owed).toMatchObject([{ amountMinor: 96_600 }]);
  });

  it('is paid on every record once the gateway says so', async () => {
    await payByLink(rig, paid.payUrl, { number: VISA });
    for (const [type, ref] of [
      ['Opportunity', 'stairs'],
      ['Contact', 'grace'],
      ['Account', 'mill'],
    ] as const) {
      const fields = await fieldsWhen(rig, rig.at(type, ref), (now) => now['Payside_Status__c'] === 'paid');
      expect(fields).toMatchObject({ Payside_Owed__c: 0, Payside_Lifetime_Collected__c: 966 });
    }
    const [invoice] = await recordsWhen(rig, 'Payside_Invoice__c', ([one]) => one?.['Status__c'] === 'paid');
    expect(invoice).toMatchObject({ State__c: 'paid', Due_Minor__c: 0, Due__c: 0 });
    const [payment] = await recordsWhen(rig, 'Payside_Payment__c', (all) => all.length === 1);
    expect(payment).toMatchObject({
      Status__c: 'succeeded',
      Amount_Minor__c: 96_600,
      Collected__c: 966,
      Method_Text__c: 'Visa •••• 4242',
      Failure__c: null,
      Contact__c: rig.org.ref('grace'),
      Opportunity__c: rig.org.ref('stairs'),
    });
    const [allocation] = await recordsWhen(rig, 'Payside_Allocation__c', (all) => all.length === 1);
    expect(allocation).toMatchObject({
      Status__c: 'paid',
      Amount_Minor__c: 96_600,
      Invoice__c: invoice?.['Id'],
      Payment__c: payment?.['Id'],
    });
  });

  it('shows what was paid back, and what the bank wants back, beside the payment', async () => {
    const [charge] = rig.account.all('charges');
    rig.account.create('refunds', { charge: charge?.id, amount: 10_000 }, { silent: false });
    const [refund] = await recordsWhen(
      rig,
      'Payside_Refund__c',
      ([one]) => one?.['Status__c'] === 'succeeded',
    );
    expect(refund).toMatchObject({ Amount_Minor__c: 10_000, Amount_Text__c: 'EUR 100.00' });
    rig.account.dispute(String(charge?.id), 5_000, { silent: false });
    const [dispute] = await recordsWhen(rig, 'Payside_Dispute__c', (all) => all.length === 1);
    expect(dispute).toMatchObject({ Status__c: 'needs_response', Amount_Minor__c: 5_000 });
    const [payment] = await recordsWhen(
      rig,
      'Payside_Payment__c',
      ([one]) => one?.['Status__c'] === 'disputed',
    );
    expect(payment).toMatchObject({ Refunded_Minor__c: 10_000, Collected_Minor__c: 81_600 });
    expect([refund, dispute].map((one) => one?.['Payment__c'])).toEqual([payment?.['Id'], payment?.['Id']]);
  });
});

describe('a payer the gateway knows already', () => {
  it('is matched with the contact of the same address, in any case', async () => {
    const ada = rig.at('Contact', 'ada');
    rig.org.update('Contact', ada.id, { Email: 'Ada@Example.com' });
    const customer = rig.account.create('customers', { email: 'ada@example.com' }, { silent: false });
    const invoice = rig.account.create('invoices', {
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
    });
    rig.account.create('invoiceitems', {
      customer: customer.id,
      invoice: invoice.id,
      amount: 4_200,
      currency: 'eur',
    });
    rig.account.act('invoices', invoice.id, 'finalize', {}, { silent: false });
    const fields = await fieldsWhen(rig, ada, (now) => now['Payside_Owed__c'] === 42);
    expect(fields['Payside_Status__c']).toBe('open');
    expect((await rig.cardOf(ada)).owed).toMatchObject([{ amountMinor: 4_200 }]);
  });
});
