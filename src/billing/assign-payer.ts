// Says by hand that a gateway customer belongs to this record.
import { recordKey, type Fact } from '../ledger/facts.ts';
import { done, refusedAs, type Handler, type Refusal } from './operation.ts';

/** The same answer for a customer of somebody else as for one that never was. */
const UNKNOWN_CUSTOMER: Refusal = { code: 'not_found', message: 'No such customer is known.' };

export const assignPayer: Handler<'assign-payer'> = {
  subject: (request) => `customer:${request.customerId}`,
  check: async (request, { knowsCustomer }) =>
    (await knowsCustomer(request.customerId)) ? null : UNKNOWN_CUSTOMER,
  async run(request, bench) {
    const [customer] = await bench.store.findRows(bench.workspaceId, 'customer', [request.customerId]);
    if (!customer) return refusedAs(UNKNOWN_CUSTOMER);
    await bench.step('link', async () => {
      const link: Fact = {
        entity: 'link',
        account: customer.account,
        id: `${customer.id}>${recordKey(bench.record)}`,
        aspect: 'link',
        owner: customer.id,
        source: 'payside',
        number: await bench.store.drawNumber(),
        body: { customerId: customer.id, record: bench.record, reason: 'person', active: true },
      };
      await bench.post(bench.workspaceId, [link]);
      return {};
    });
    return done({ message: 'The customer belongs to this record now.' });
  },
};
