// Who an invoice is for: the customer the gateway already has for this record, or one made from the CRM's person.
import type { CrmRecord } from '../crms/crm.ts';
import { linkFacts } from '../ledger/links.ts';
import type { RecordLedger } from '../ledger/record-ledger.ts';
import type { Bench } from './operation.ts';
import { holdsCardNumber } from './text-guard.ts';

type NoPayer = { refusal: 'no_payer' | 'no_email' | 'card_number_refused' };
export type Payer = { customerId: string } | NoPayer;

/** The choice is kept, as the record's people may change before a killed operation goes on. */
export async function payerOf(bench: Bench, needsEmail: boolean): Promise<Payer> {
  const { payer } = await bench.step('payer', async (key) => ({ payer: await choose(bench, key) }));
  if ('refusal' in payer || !needsEmail) return payer;
  const personal = (await bench.store.loadPersonal(bench.workspaceId, [payer.customerId]))[payer.customerId];
  return personal && !personal.email ? { refusal: 'no_email' } : payer;
}

async function choose(bench: Bench, key: string): Promise<Payer> {
  const own = known(await bench.ledgerOf(bench.workspaceId, bench.record), bench.account);
  if (own) return { customerId: own };
  const people = await peopleOf(bench);
  for (const person of people) {
    const theirs = known(await bench.ledgerOf(bench.workspaceId, person.record), bench.account);
    if (theirs) return { customerId: theirs };
  }
  if (people.length === 0) return { refusal: 'no_payer' };
  const person = people.find(({ emails }) => emails.length > 0);
  if (!person) return { refusal: 'no_email' };
  if (holdsCardNumber(person.name ?? '')) return { refusal: 'card_number_refused' };
  return { customerId: await makeCustomer(bench, person, key) };
}

/** The customer with the newest invoice, where several belong to the record. */
function known(ledger: RecordLedger, account: string): string | null {
  const customers = ledger.payers.customer.filter(
    (customer) => customer.account === account && !customer.body.deleted,
  );
  const newest = (id: string): string =>
    ledger.invoice
      .flatMap(({ body }) => (body.customerId === id ? [body.createdAt] : []))
      .sort()
      .at(-1) ?? '';
  return customers.sort((a, b) => (newest(a.id) < newest(b.id) ? 1 : -1))[0]?.id ?? null;
}

const peopleOf = async (bench: Bench): Promise<CrmRecord[]> =>
  bench.crm.payersOf(await bench.crmConnection(bench.record.installationId), bench.record);

async function makeCustomer(bench: Bench, person: CrmRecord, key: string): Promise<string> {
  const email = person.emails[0] ?? null;
  const wish = { name: person.name, email, record: person.record, operationId: bench.operation.id };
  const found = bench.resumed
    ? await bench.gateway.findCustomer(bench.connection, bench.operation.id, email)
    : null;
  const made = found ?? (await bench.gateway.createCustomer(bench.connection, wish, key));
  const number = await bench.store.drawNumber();
  await bench.post(bench.workspaceId, [
    ...made.facts,
    ...linkFacts({ account: bench.account, customerId: made.id, number }, person, 'operation'),
  ]);
  return made.id;
}
