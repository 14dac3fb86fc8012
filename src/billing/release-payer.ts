// Says by hand that a gateway customer does not belong to this record after all.
import type { Link, RecordRef } from '../ledger/entities.ts';
import type { Entry } from '../ledger/fold.ts';
import { besides, isBrought, isOfContact, linksOf, releaseFact } from '../ledger/links.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { done, refusedAs, type Bench, type Handler, type Refusal } from './operation.ts';

/** The same answer for a customer of another record or of somebody else as for one that never was. */
const NOT_HERE: Refusal = { code: 'not_found', message: 'This record has no such customer.' };

const CAME_ALONG: Refusal = {
  code: 'linked_through_contact',
  message: 'This customer came along with its contact. Open the contact, and take the customer off there.',
};

export const releasePayer: Handler<'release-payer'> = {
  subject: (request) => `customer:${request.customerId}`,
  check: (request, { ledger, record }) => refusalOf(ledger, record, request.customerId),
  async run({ customerId }, bench) {
    const { refusal, number, released, isLeftOver } = await bench.step('choose', () =>
      choose(customerId, bench),
    );
    if (refusal) return refusedAs(refusal);
    await bench.step('release', async () => {
      const accounts = new Set(released.map(({ account }) => account));
      const nextAt = bench.clock.now().toISOString();
      const left = [...accounts].map((account) =>
        bench.releasedWork(bench.workspaceId, { account, customerId, record: bench.record }, nextAt),
      );
      const facts = released.map((link) => releaseFact({ account: link.account, customerId, number }, link));
      await bench.post(bench.workspaceId, facts, isLeftOver ? { add: left } : {});
      return {};
    });
    const message = 'The customer no longer belongs to this record.';
    return done({ message: isLeftOver ? `${message} ${TO_BE_ASSIGNED}` : message });
  },
};

const TO_BE_ASSIGNED = 'It waits in the settings, among the customers without a record.';

const here = ({ link: links }: Ledger, record: RecordRef, customerId: string): Entry<'link'>[] =>
  linksOf(links, record).filter(({ body }) => body.customerId === customerId);

function refusalOf(ledger: Ledger, record: RecordRef, customerId: string): Refusal | null {
  const links = here(ledger, record, customerId);
  if (links.length === 0) return NOT_HERE;
  return links.some((link) => isBrought(link, ledger.link)) ? CAME_ALONG : null;
}

type Taken = { account: string; record: RecordRef; reason: Link['reason'] };

type Choice = {
  refusal: Refusal | null;
  /** Kept with the choice: whoever goes on after a kill says the same, no newer thing. */
  number: number;
  released: Taken[];
  /** True where no other record of the portal has the customer. */
  isLeftOver: boolean;
};

async function choose(customerId: string, bench: Bench): Promise<Choice> {
  const ledger = await bench.ledgerOf(bench.workspaceId, bench.record);
  const refusal = refusalOf(ledger, bench.record, customerId);
  if (refusal) return { refusal, number: 0, released: [], isLeftOver: false };
  const links = here(ledger, bench.record, customerId);
  const others = links.flatMap((link) => besides(ledger.link, link));
  const along = links.some(isOfContact) ? await companiesAlong(bench, others) : [];
  return {
    refusal: null,
    number: await bench.store.drawNumber(),
    released: [...links, ...along].map(({ account, body: { record, reason } }) => ({
      account,
      record,
      reason,
    })),
    isLeftOver: others.every(({ body }) => body.reason === 'primary_company'),
  };
}

/** Companies that came along with a contact; one that another contact of the customer belongs to stays. */
async function companiesAlong(bench: Bench, others: Entry<'link'>[]): Promise<Entry<'link'>[]> {
  const companies = others.filter(({ body }) => body.reason === 'primary_company');
  const contacts = others.filter(isOfContact).map(({ body }) => body.record);
  const [contact] = contacts;
  if (companies.length === 0 || !contact) return companies;
  const connection = await bench.crmConnection(bench.record.installationId);
  const ids = contacts.map(({ recordId }) => recordId);
  const staying = await bench.crm.read(connection, contact.objectType, ids);
  const kept = new Set(staying.map(({ primaryCompanyId }) => primaryCompanyId));
  return companies.filter(({ body }) => !kept.has(body.record.recordId));
}
