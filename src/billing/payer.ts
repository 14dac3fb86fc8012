// Who an invoice is for: the customer the gateway already has for this record, or one made from the CRM's person.
import type { CrmRecord } from '../crms/crm.ts';
import { linkFacts } from '../ledger/links.ts';
import { payerChoice } from '../ledger/record-ledger.ts';
import type { Bench } from './operation.ts';
import { holdsCardNumber } from './text-guard.ts';

type NoPayer = { refusal: 'no_payer' | 'no_email' | 'several_contacts' | 'card_number_refused' };
export type Payer = { customerId: string } | NoPayer;

/** `customerId`: who it is, where that is known already. */
type Wanted = { needsEmail: boolean; customerId: string | null };

/** The choice is kept, as the record's people may change before a killed operation goes on. */
export async function payerOf(bench: Bench, { needsEmail, customerId }: Wanted): Promise<Payer> {
  const { payer } = await bench.step('payer', async (key) => ({
    payer: customerId === null ? await choose(bench, key) : { customerId },
  }));
  if ('refusal' in payer || !needsEmail) return payer;
  const personal = (await bench.store.loadPersonal(bench.workspaceId, [payer.customerId]))[payer.customerId];
  return personal && !personal.email ? { refusal: 'no_email' } : payer;
}

async function choose(bench: Bench, key: string): Promise<Payer> {
  const own = payerChoice(await bench.ledgerOf(bench.workspaceId, bench.record), bench.account);
  if (own) return { customerId: own };
  const people = await peopleOf(bench);
  const [known, ...others] = await customersOf(bench, people);
  if (others.length > 0) return { refusal: 'several_contacts' };
  return known ? { customerId: known } : chooseNew(bench, people, key);
}

const peopleOf = async (bench: Bench): Promise<CrmRecord[]> =>
  bench.crm.payersOf(await bench.crmConnection(bench.record.installationId), bench.record);

/** Customers the gateway has for these people already. */
async function customersOf(bench: Bench, people: readonly CrmRecord[]): Promise<string[]> {
  const found = new Set<string>();
  for (const { record } of people) {
    const theirs = payerChoice(await bench.ledgerOf(bench.workspaceId, record), bench.account);
    if (theirs) found.add(theirs);
  }
  return [...found];
}

/** Of several people nobody has dealt with yet, none is taken at a guess: the invoice may go to the wrong one. */
async function chooseNew(bench: Bench, people: readonly CrmRecord[], key: string): Promise<Payer> {
  if (people.length === 0) return { refusal: 'no_payer' };
  const [person, ...others] = people.filter(({ emails }) => emails.length > 0);
  if (!person) return { refusal: 'no_email' };
  if (others.length > 0) return { refusal: 'several_contacts' };
  if (holdsCardNumber(person.name ?? '')) return { refusal: 'card_number_refused' };
  return { customerId: await makeCustomer(bench, person, key) };
}

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
