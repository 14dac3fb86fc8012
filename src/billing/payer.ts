// Who an invoice is for: the customer the gateway already has for this record, or one made from the CRM's person.
import type { CrmRecord } from '../crms/crm.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { Fact } from '../ledger/facts.ts';
import { recordKey } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Bench } from './operation.ts';

export type Payer = { customerId: string } | { refusal: 'no_payer' | 'no_email' };

/** The customer with the newest invoice, where several belong to the record. */
function known(ledger: Ledger, account: string): string | null {
  const customers = ledger.customer.filter(
    (customer) => customer.account === account && !customer.body.deleted,
  );
  const newest = (id: string): string =>
    ledger.invoice
      .flatMap(({ body }) => (body.customerId === id ? [body.createdAt] : []))
      .sort()
      .at(-1) ?? '';
  return customers.sort((a, b) => (newest(a.id) < newest(b.id) ? 1 : -1))[0]?.id ?? null;
}

export async function payerOf(bench: Bench): Promise<Payer> {
  const own = known(await bench.ledgerOf(bench.workspaceId, bench.record), bench.account.id);
  if (own) return { customerId: own };
  const { people } = await bench.step('people', async () => ({ people: await peopleOf(bench) }));
  for (const person of people) {
    const theirs = known(await bench.ledgerOf(bench.workspaceId, person.record), bench.account.id);
    if (theirs) return { customerId: theirs };
  }
  const [person] = people;
  if (!person) return { refusal: 'no_payer' };
  const withEmail = people.find(({ emails }) => emails.length > 0);
  return withEmail ? makeCustomer(bench, withEmail) : { refusal: 'no_email' };
}

const peopleOf = async (bench: Bench): Promise<CrmRecord[]> =>
  bench.crm.payersOf(await bench.crmConnection(bench.record.installationId), bench.record);

async function makeCustomer(bench: Bench, person: CrmRecord): Promise<Payer> {
  const email = person.emails[0] ?? null;
  const { customerId } = await bench.step('customer', async (key) => {
    const wish = { name: person.name, email, record: person.record, operationId: bench.operation.id };
    const found = bench.resumed
      ? await bench.gateway.findCustomer(bench.connection, bench.operation.id, email)
      : null;
    const made = found ?? (await bench.gateway.createCustomer(bench.connection, wish, key));
    const number = await bench.store.drawNumber();
    await bench.post(bench.workspaceId, [...made.facts, ...links(bench, made.id, person, number)]);
    return { customerId: made.id };
  });
  return { customerId };
}

function links(bench: Bench, customerId: string, person: CrmRecord, number: number): Fact[] {
  const to = (record: RecordRef, reason: 'operation' | 'primary_company'): Fact => ({
    entity: 'link',
    account: bench.account.id,
    id: `${customerId}>${recordKey(record)}`,
    aspect: 'link',
    owner: customerId,
    source: 'payside',
    number,
    body: { customerId, record, reason, active: true },
  });
  const company = person.primaryCompanyId;
  const own = to(person.record, 'operation');
  return company
    ? [own, to({ ...person.record, objectType: 'companies', recordId: company }, 'primary_company')]
    : [own];
}
