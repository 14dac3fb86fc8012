// Credit notes of open invoices, and taking them back: what the gateway asks for is what everybody is shown.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { deliver, event, newPerson, openInvoice, quiet, totals, type Place } from '../billing/scene.ts';
import { propertiesWhen, startRig, viewWhen, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());
beforeEach(() => {
  at = newPerson(rig);
});

const TOLD = { silent: false };

const owes = (amount: number) => (all: Record<string, string>) => Number(all['payside_owed']) === amount;
const owing = (text: string) => viewWhen(rig, at, (view) => totals(view).join() === text);
const payPage = async (payUrl: string): Promise<{ due: { text: string } }> =>
  (await (await fetch(`${payUrl}/view`)).json()) as { due: { text: string } };

it('a credit note lowers what is owed, and one that is voided raises it again, everywhere', async () => {
  const { invoiceId, payUrl } = await openInvoice(rig, at);
  const note = rig.account.create('credit_notes', { invoice: invoiceId, amount: 4_000 }, TOLD);
  await owing('€80.00');
  await propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, owes(80));
  expect((await payPage(payUrl)).due.text).toBe('€80.00');
  rig.account.act('credit_notes', note.id, 'void', {}, TOLD);
  await owing('€120.00');
  await propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, owes(120));
  expect((await payPage(payUrl)).due.text).toBe('€120.00');
});

it('news of a credit note that comes after it was voided lowers nothing', async () => {
  const { invoiceId } = await openInvoice(rig, at);
  const note = rig.account.create('credit_notes', { invoice: invoiceId, amount: 4_000 });
  const lowered = rig.account.all('invoices').find(({ id }) => id === invoiceId);
  rig.account.act('credit_notes', note.id, 'void', {}, TOLD);
  await quiet(rig);
  const changed = { object: lowered, previous_attributes: { pre_payment_credit_notes_amount: 0 } };
  await deliver(rig, event(rig, 'invoice.updated', lowered, { data: changed }));
  await deliver(rig, event(rig, 'credit_note.created', note));
  await quiet(rig);
  expect(totals(await rig.view(at.objectType, at.recordId))).toEqual(['€120.00']);
});
