// What happens to money, each as a scene that is set without faults and an act that meets them.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../sandbox/world/wait.ts';
import { insist, operate, PATIENCE_MS, type Ended } from './desk.ts';
import { connectTenant, installTenant, newPerson, type Asked, type Ground, type Tenant } from './ground.ts';
import { ASKS_ALWAYS, payByLink, VISA } from './payer.ts';

export type Scene = {
  ground: Ground;
  tenant: Tenant;
  email: string;
  asked: Asked;
  invoiceId: string;
  payUrl: string;
  methodId: string;
};

export type Flow = {
  name: string;
  says: string;
  /** Every scene is at a merchant of its own, of whom nothing is connected yet. */
  isFirstConnect?: boolean;
  /** Sets the scene; no faults yet. */
  arrange(scene: Scene): Promise<void>;
  /** What faults happen to. */
  act(scene: Scene): Promise<void>;
  /** The same by several people at once; left out: `act` twice over would be the same thing. */
  crowd?(scene: Scene): Promise<void>;
};

/** In minor units, of every invoice here. */
const AMOUNT = 12_000;
const TOLD = { silent: false };

export function newScene(ground: Ground, tenant: Tenant): Scene {
  // The same addresses at every merchant: whoever mixes them up shows it.
  const email = `payer-${tenant.asked.size + 1}@example.com`;
  return {
    ground,
    tenant,
    email,
    asked: newPerson(tenant, email),
    invoiceId: '',
    payUrl: '',
    methodId: '',
  };
}

function expectDone(ended: Ended, ...codes: (string | null)[]): Ended {
  if (ended.state === 'done' || codes.includes(ended.code)) return ended;
  throw new Error(`ended as ${ended.state} with ${ended.code}: ${JSON.stringify(ended.result)}`);
}

const wishFor = ({ tenant, ground }: Scene) => ({
  operationId: randomUUID(),
  currency: tenant.merchant.currency,
  lines: [{ description: 'Oak step', quantity: 2, amount: '60.00' }],
  dueDate: new Date(ground.clock.now().getTime() + 60 * 86_400_000).toISOString().slice(0, 10),
  send: false,
});

async function makeInvoice(scene: Scene, wish = wishFor(scene)): Promise<void> {
  const { result } = expectDone(
    await operate(scene.tenant.desk, scene.asked.recordId, 'create-invoice', wish),
  );
  scene.invoiceId = String(result['invoiceId']);
  scene.payUrl = String(result['payUrl']);
}

async function invoiced(scene: Scene): Promise<void> {
  scene.asked.invoices += 1;
  await makeInvoice(scene);
}

async function paid(scene: Scene): Promise<void> {
  await invoiced(scene);
  scene.asked.charges += 1;
  scene.tenant.account.act('invoices', scene.invoiceId, 'pay', { payment_method: 'pm_card_visa' }, TOLD);
}

/** A card on file the payer agreed to, and an open invoice beside it. */
async function readyToCharge(scene: Scene, number: string): Promise<void> {
  await invoiced(scene);
  scene.asked.charges += 1;
  await payByLink(scene, { number, save: true });
  const { desk } = scene.tenant;
  scene.methodId = await waitFor(
    'a card that may be charged',
    async () => {
      const answer = await insist(desk, desk.recordPath(scene.asked.recordId));
      const { methods } = answer['view'] as { methods: { id: string; chargeable: boolean }[] };
      return methods.find(({ chargeable }) => chargeable)?.id;
    },
    PATIENCE_MS,
  );
  await invoiced(scene);
}

const charge = ({ tenant, asked, invoiceId, methodId }: Scene, operationId: string): Promise<Ended> =>
  operate(tenant.desk, asked.recordId, 'charge-saved-method', {
    operationId,
    invoiceId,
    methodId,
    amountMinor: AMOUNT,
  });

const returnCredit = ({ tenant, asked }: Scene, operationId: string): Promise<Ended> =>
  operate(tenant.desk, asked.recordId, 'return-credit', {
    operationId,
    currency: tenant.merchant.currency,
    amount: '20.00',
  });

const voidInvoice = ({ tenant, asked, invoiceId }: Scene, operationId: string): Promise<Ended> =>
  operate(tenant.desk, asked.recordId, 'void-invoice', { operationId, invoiceId });

const chargeOf = ({ tenant, invoiceId }: Scene): string => {
  const links = tenant.account.all('invoice_payments').filter(({ invoice }) => invoice === invoiceId);
  const intents = new Set(links.map(({ payment }) => String(payment.payment_intent)));
  const found = tenant.account
    .all('charges')
    .find((one) => one.status === 'succeeded' && intents.has(String(one.payment_intent)));
  if (!found) throw new Error(`no charge of ${invoiceId}`);
  return found.id;
};

function refund(scene: Scene, amount: number): void {
  scene.asked.refunds += 1;
  scene.tenant.account.create('refunds', { charge: chargeOf(scene), amount }, TOLD);
}

/** What somebody is told who came second. */
const TOO_LATE = ['operation_in_progress', 'invoice_not_open', 'credit_too_small', 'payment_processing'];

/** The same click twice, and somebody else's beside it: one of the two takes place. */
async function rivals(act: (operationId: string) => Promise<Ended>): Promise<void> {
  const own = randomUUID();
  const ends = await Promise.all([act(own), act(own), act(randomUUID())]);
  for (const ended of ends) expectDone(ended, ...TOO_LATE);
  if (ends.every(({ state }) => state !== 'done')) throw new Error('of two people, neither was let');
}

export const FLOWS: readonly Flow[] = [
  {
    name: 'collect',
    says: 'a rep makes an invoice, its payer pays by the link',
    arrange: () => Promise.resolve(),
    async act(scene) {
      await invoiced(scene);
      scene.asked.charges += 1;
      await payByLink(scene, { number: VISA });
    },
    async crowd(scene) {
      scene.asked.invoices += 1;
      const wish = wishFor(scene);
      await Promise.all([makeInvoice(scene, wish), makeInvoice(scene, wish)]);
      scene.asked.charges += 1;
      await payByLink(scene, { number: VISA, tabs: 2 });
    },
  },
  {
    name: 'charge',
    says: 'a rep charges a card on file',
    arrange: (scene) => readyToCharge(scene, VISA),
    async act(scene) {
      scene.asked.charges += 1;
      expectDone(await charge(scene, randomUUID()));
    },
    async crowd(scene) {
      scene.asked.charges += 1;
      await rivals((id) => charge(scene, id));
    },
  },
  {
    name: 'charge-asks',
    says: 'the bank wants its customer: the charge of a card on file becomes a link',
    arrange: (scene) => readyToCharge(scene, ASKS_ALWAYS),
    async act(scene) {
      const { code, result } = expectDone(await charge(scene, randomUUID()));
      if (code !== 'authentication_required') throw new Error(`the bank was not asked: ${code}`);
      scene.payUrl = String(result['payUrl']);
      scene.asked.charges += 1;
      await payByLink(scene, { number: VISA });
    },
  },
  {
    name: 'refund',
    says: 'money goes back at the gateway',
    arrange: paid,
    async act(scene) {
      refund(scene, 2_000);
      await Promise.resolve();
    },
    async crowd(scene) {
      refund(scene, 2_000);
      refund(scene, 3_000);
      await Promise.resolve();
    },
  },
  {
    name: 'dispute',
    says: 'a bank takes money back for good',
    arrange: paid,
    async act({ tenant, ...scene }) {
      const { id } = tenant.account.dispute(chargeOf({ tenant, ...scene }), undefined, TOLD);
      tenant.account.closeDispute(id, 'lost', TOLD);
      await Promise.resolve();
    },
    async crowd(scene) {
      const { account } = scene.tenant;
      refund(scene, 2_000);
      const { id } = account.dispute(chargeOf(scene), undefined, TOLD);
      account.closeDispute(id, 'won', TOLD);
      await Promise.resolve();
    },
  },
  {
    name: 'return-credit',
    says: 'a credit goes back to its payer',
    async arrange(scene) {
      await paid(scene);
      const { account } = scene.tenant;
      const customer = account.all('invoices').find(({ id }) => id === scene.invoiceId)?.customer;
      const currency = scene.tenant.merchant.currency.toLowerCase();
      const entries = `/v1/customers/${String(customer)}/balance_transactions`;
      account.request('POST', entries, { amount: -2_000, currency }, TOLD);
    },
    async act(scene) {
      scene.asked.refunds += 1;
      expectDone(await returnCredit(scene, randomUUID()));
    },
    async crowd(scene) {
      scene.asked.refunds += 1;
      await rivals((id) => returnCredit(scene, id));
    },
  },
  {
    name: 'void',
    says: 'an invoice is taken back',
    arrange: invoiced,
    async act(scene) {
      scene.asked.voids += 1;
      expectDone(await voidInvoice(scene, randomUUID()));
    },
    async crowd(scene) {
      const [ended, isPaid] = await Promise.all([
        voidInvoice(scene, randomUUID()),
        payByLink(scene, { number: VISA, mayFail: true }),
      ]);
      if (isPaid) scene.asked.charges += 1;
      if (ended.state === 'done') scene.asked.voids += 1;
      // The gateway itself says so where both reached it.
      else expectDone(ended, ...TOO_LATE, 'gateway_rejected');
    },
  },
  {
    name: 'renew',
    says: 'an admin has links stand on records, or takes them off again',
    arrange: invoiced,
    async act({ tenant }) {
      tenant.linkOnRecord = !tenant.linkOnRecord;
      const { linkOnRecord } = tenant;
      const answer = await insist(tenant.desk, '/api/v1/settings', {
        operationId: randomUUID(),
        linkOnRecord,
      });
      if (answer['ok'] !== true) throw new Error(`the settings were refused: ${JSON.stringify(answer)}`);
    },
  },
  {
    name: 'backfill',
    says: 'a merchant connects an account that has a history',
    isFirstConnect: true,
    async arrange(scene) {
      await installTenant(scene.ground, scene.tenant);
      history(scene);
    },
    act: (scene) => connectTenant(scene.ground, scene.tenant),
  },
];

/** What happened at the gateway before anybody connected it, of which no webhook told. */
function history({ tenant, email, asked }: Scene): void {
  const { account } = tenant;
  const currency = tenant.merchant.currency.toLowerCase();
  const { id: customer } = account.create('customers', { email, name: 'Lou Example' });
  for (const pays of [true, true, false]) {
    const terms = { customer, currency, collection_method: 'send_invoice', days_until_due: 60 };
    const invoice = account.create('invoices', terms);
    account.act('invoices', invoice.id, 'add_lines', { lines: [{ description: 'Stairs', amount: AMOUNT }] });
    account.act('invoices', invoice.id, 'finalize');
    asked.invoices += 1;
    if (!pays) continue;
    account.act('invoices', invoice.id, 'pay', { payment_method: 'pm_card_visa' });
    asked.charges += 1;
  }
  const [first, second] = account.all('charges');
  account.create('refunds', { charge: first?.id, amount: 2_000 });
  asked.refunds += 1;
  account.dispute(String(second?.id));
}
