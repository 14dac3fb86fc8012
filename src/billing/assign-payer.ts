// Says by hand that a gateway customer belongs to this record.
import { linkFacts, type LinkedRecord } from '../ledger/links.ts';
import { done, refusedAs, type Bench, type Handler, type Refusal } from './operation.ts';

/** The same answer for a customer of somebody else as for one that never was. */
const UNKNOWN_CUSTOMER: Refusal = { code: 'not_found', message: 'No such customer is known.' };

const NO_SUCH_RECORD: Refusal = {
  code: 'record_not_found',
  message: 'The CRM has no such record. Check the id and try again.',
};

export const assignPayer: Handler<'assign-payer'> = {
  subject: (request) => `customer:${request.customerId}`,
  check: async (request, { knowsCustomer }) =>
    (await knowsCustomer(request.customerId)) ? null : UNKNOWN_CUSTOMER,
  async run(request, bench) {
    const [customer] = await bench.store.findRows(bench.workspaceId, 'customer', [request.customerId]);
    if (!customer) return refusedAs(UNKNOWN_CUSTOMER);
    const { record } = await bench.step('record', async () => ({ record: await lookAt(bench) }));
    if (!record) return refusedAs(NO_SUCH_RECORD);
    await bench.step('link', async () => {
      const number = await bench.store.drawNumber();
      const base = { account: customer.account, customerId: customer.id, number };
      await bench.post(bench.workspaceId, linkFacts(base, record, 'person'));
      return {};
    });
    return done({ message: 'The customer belongs to this record now.' });
  },
};

/** A mistyped id must not take a customer off the list; a contact brings its primary company along, as in matching. */
async function lookAt(bench: Bench): Promise<LinkedRecord | null> {
  const { installationId, objectType, recordId } = bench.record;
  const connection = await bench.crmConnection(installationId);
  const [found] = await bench.crm.read(connection, objectType, [recordId]);
  return found ? { record: found.record, primaryCompanyId: found.primaryCompanyId } : null;
}
