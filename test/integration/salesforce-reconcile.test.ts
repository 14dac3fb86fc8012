// In Salesforce as well, what people changed or deleted of ours is put right by a reconcile.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askConnector } from '../../src/control/ask.ts';
import type { SettingsAnswer } from '../../src/views/settings-schema.ts';
import { fieldsWhen, recordsWhen, startOrgRig, type At, type OrgRig } from './salesforce-rig.ts';

let rig: OrgRig;
let ada: At;

beforeAll(async () => {
  rig = await startOrgRig();
  ada = rig.at('Contact', 'ada');
  const { account } = rig;
  const customer = account.create('customers', { email: 'ada@example.com' }, { silent: false }).id;
  const wish = { customer, collection_method: 'send_invoice', days_until_due: 30, currency: 'eur' };
  const { id } = account.create('invoices', wish);
  account.act('invoices', id, 'add_lines', { lines: [{ description: 'Stairs', amount: 12_000 }] });
  account.act('invoices', id, 'finalize', {}, { silent: false });
  await fieldsWhen(rig, ada, (fields) => fields['Payside_Status__c'] === 'open');
  await recordsWhen(rig, 'Payside_Invoice__c', (records) => records.length === 1);
  await reconciled();
});
afterAll(() => rig.close());

async function reconciled(): Promise<unknown> {
  const request = { command: 'reconcile', words: [], options: {} };
  const answer = await askConnector(join(rig.folder, 'data', 'control.sock'), request);
  return answer?.ok ? answer.result : answer;
}

it('a field changed by hand says again what is so, and a deleted copy is there again', async () => {
  rig.org.update(ada.type, ada.id, { Payside_Status__c: 'paid' });
  const [copy] = rig.org.all('Payside_Invoice__c');
  rig.org.remove('Payside_Invoice__c', String(copy!['Id']));
  // Its line went with it.
  const found = { missing: 2, different: 0, edited: 1, kept: 0, repaired: 3 };
  expect(await reconciled()).toMatchObject({ ...found, crmWrites: 3, problems: [] });
  expect(rig.org.fields(ada.type, ada.id)).toMatchObject({ Payside_Status__c: 'open' });
  expect(rig.org.all('Payside_Invoice__c')).toHaveLength(1);
  expect(rig.org.all('Payside_Invoice_Line__c')).toHaveLength(1);
  expect(await reconciled()).toMatchObject({ repaired: 0, crmWrites: 0 });
});

it('an edit is kept where an admin wants that, and a lookup that was emptied is filled again', async () => {
  const body = { operationId: randomUUID(), crmEdits: 'keep' };
  await rig.apex('/api/v1/settings', { body });
  const [invoice] = rig.org.all('Payside_Invoice__c');
  const contact = invoice!['Contact__c'];
  rig.org.update('Payside_Invoice__c', String(invoice!['Id']), { Contact__c: null });
  rig.org.update(ada.type, ada.id, { Payside_Status__c: 'paid' });
  const found = { missing: 0, different: 1, edited: 1, kept: 1, repaired: 1, crmWrites: 1 };
  expect(await reconciled()).toMatchObject(found);
  expect(rig.org.all('Payside_Invoice__c')).toMatchObject([{ Contact__c: contact }]);
  expect(rig.org.fields(ada.type, ada.id)).toMatchObject({ Payside_Status__c: 'paid' });
  const { body: answer } = await rig.apex<SettingsAnswer>('/api/v1/settings');
  const [record] = (answer.ok && answer.view.admin?.keptEdits?.records) || [];
  expect(record?.text).toContain(`Contact ${ada.id}`);
});
