// What people do happens once: double clicks, two reps, lost answers, a killed connector, and every way to be told no.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationAnswer } from '../../src/views/card-schema.ts';
import {
  about,
  dayFromNow,
  endOf,
  giveRoles,
  invoiceBody,
  newPerson,
  openInvoice,
  outcomeOf,
  payByLink,
  place,
  quiet,
  refusalOf,
  rowsOf,
  VISA,
  writesTo,
  type Place,
} from '../billing/scene.ts';
import {
  ADMIN,
  FINANCE,
  PORTAL,
  REP,
  startRig,
  VIEWER,
  viewWhen,
  waitFor,
  type Answer,
  type Rig,
} from './rig.ts';

let rig: Rig;
let ada: Place;
const rep = { userId: REP };

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
  await giveRoles(rig, { [FINANCE]: 'finance', [REP]: 'rep' });
});
afterAll(() => rig.close());
beforeEach(() => {
  ada = newPerson(rig);
});
afterEach(() => rig.stripe.faults.clear());

const invoices = () => rig.account.all('invoices');
const mailsOf = (id: string | undefined) =>
  rig.account.all('events').filter(({ type, data }) => type === 'invoice.sent' && about(data, 'id') === id);
const stateOf = (answer: Answer<OperationAnswer>) => outcomeOf(answer).state;

describe('the same id', () => {
  it('twice gives the same outcome and one invoice', async () => {
    const before = invoices().length;
    const body = invoiceBody(rig);
    const first = await rig.operate('create-invoice', ada, body, rep);
    const second = await rig.operate('create-invoice', ada, body, rep);
    expect(outcomeOf(second)).toEqual(outcomeOf(first));
    expect(invoices()).toHaveLength(before + 1);
  });

  it('twice at once acts once, and both are told how it ended', async () => {
    const before = invoices().length;
    const body = invoiceBody(rig);
    const answers = await Promise.all([1, 2, 3].map(() => rig.operate('create-invoice', ada, body, rep)));
    expect(new Set(answers.map((answer) => outcomeOf(answer).result.invoiceId)).size).toBe(1);
    expect(answers.map(stateOf)).toEqual(['done', 'done', 'done']);
    expect(invoices()).toHaveLength(before + 1);
  });

  it.each([
    ['another body', (body: object) => ({ ...body, memo: 'another' }), rep],
    ['another person', (body: object) => body, { userId: FINANCE }],
  ])('for %s is a conflict', async (_what, change, caller) => {
    const body = invoiceBody(rig);
    await rig.operate('create-invoice', ada, body, rep);
    const before = invoices().length;
    const answer = await rig.operate('create-invoice', ada, change(body) as typeof body, caller);
    expect(refusalOf(answer)).toBe('operation_conflict');
    expect(invoices()).toHaveLength(before);
  });

  it('at another record, or for another kind, is a conflict', async () => {
    const body = invoiceBody(rig);
    const { result } = outcomeOf(await rig.operate('create-invoice', ada, body, rep));
    const grace = place(rig, 'contacts', 'grace');
    expect(refusalOf(await rig.operate('create-invoice', grace, body, rep))).toBe('operation_conflict');
    const { operationId } = body;
    const sent = await rig.operate(
      'send-invoice',
      ada,
      { operationId, invoiceId: result.invoiceId ?? '' },
      rep,
    );
    expect(refusalOf(sent)).toBe('operation_conflict');
  });

  it('answers what was stored also when the same thing would be refused by now', async () => {
    const { invoiceId } = await openInvoice(rig, ada);
    const body = { operationId: randomUUID(), invoiceId };
    const first = await rig.operate('void-invoice', ada, body);
    expect(stateOf(first)).toBe('done');
    expect(outcomeOf(await rig.operate('void-invoice', ada, body))).toEqual(outcomeOf(first));
    expect(refusalOf(await rig.operate('void-invoice', ada, { invoiceId }))).toBe('invoice_not_open');
  });
});

describe('roles', () => {
  const KINDS = [
    'create-invoice',
    'create-link',
    'send-invoice',
    'charge-saved-method',
    'void-invoice',
    'return-credit',
    'assign-payer',
    'release-payer',
  ] as const;
  const bodies: Record<(typeof KINDS)[number], () => Record<string, unknown>> = {
    'create-invoice': () => invoiceBody(rig),
    'create-link': () => ({ currency: 'EUR', amount: '9.00', description: 'Deposit' }),
    'send-invoice': () => ({ invoiceId: 'in_000' }),
    'charge-saved-method': () => ({ invoiceId: 'in_000', methodId: 'pm_000', amountMinor: 100 }),
    'void-invoice': () => ({ invoiceId: 'in_000' }),
    'return-credit': () => ({ currency: 'EUR', amount: '1.00' }),
    'assign-payer': () => ({ customerId: 'cus_000' }),
    'release-payer': () => ({ customerId: 'cus_000' }),
  };
  it.each([
    [VIEWER, []],
    [REP, ['create-invoice', 'create-link', 'send-invoice', 'charge-saved-method']],
    [FINANCE, KINDS],
    [ADMIN, KINDS],
    [999, []],
  ])('user %i may start exactly what their role allows', async (userId, allowed) => {
    const codes = await Promise.all(
      KINDS.map(async (kind) => {
        const { body } = await rig.operate(kind, ada, bodies[kind](), { userId });
        return body.ok || body.code !== 'not_allowed' ? kind : null;
      }),
    );
    expect(codes.filter((kind) => kind !== null).sort()).toEqual([...allowed].sort());
    const view = await rig.view(ada.objectType, ada.recordId, { userId });
    const offered = [...view.actions, ...view.invoices.flatMap(({ actions }) => actions)];
    expect(offered.filter((kind) => !(allowed as readonly string[]).includes(kind))).toEqual([]);
  });
});

describe('an invoice', () => {
  it('is made from typed lines with memo, tax, another currency and the due day’s last second', async () => {
    const rate = rig.account.create('tax_rates', { display_name: 'VAT', percentage: 19, inclusive: false });
    const dueDate = dayFromNow(rig, 20);
    const body = invoiceBody(rig, {
      currency: 'USD',
      lines: [
        { description: 'Plan', quantity: 3, amount: '0.35' },
        { description: 'Setup', quantity: 1, amount: '19.95' },
      ],
      memo: 'Second floor',
      taxRateId: rate.id,
      dueDate,
    });
    const { result } = outcomeOf(await rig.operate('create-invoice', ada, body));
    const made = invoices().find(({ id }) => id === result.invoiceId);
    expect(made).toMatchObject({ status: 'open', currency: 'usd', description: 'Second floor', total: 2499 });
    expect(result.number).toBe(made?.number);
    expect(mailsOf(made?.id)).toEqual([]);
    const due = new Date((made?.due_date ?? 0) * 1000);
    const local = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    expect(local.format(due)).toBe(`${dueDate} 23:59:59`);
    const view = await rig.view(ada.objectType, ada.recordId);
    expect(view.invoices.find(({ id }) => id === made?.id)).toMatchObject({
      dueDate,
      memo: 'Second floor',
      total: { amountMinor: 2499 },
    });
  });

  it('is made from the deal’s own lines', async () => {
    const portal = rig.hubspot.portal(PORTAL);
    const deal = place(rig, 'deals', 'stairs');
    for (const [name, quantity, price] of [
      ['Oak step', '12', '90.50'],
      ['Handrail', '1', '115.00'],
    ]) {
      const id = portal.create('line_items', {
        name: name ?? '',
        quantity: quantity ?? '',
        price: price ?? '',
        hs_line_item_currency_code: 'EUR',
      });
      portal.associate({ kind: 'deals', id: deal.recordId }, { kind: 'line_items', id });
    }
    const { result } = outcomeOf(
      await rig.operate('create-invoice', deal, invoiceBody(rig, { lines: 'record' })),
    );
    expect(invoices().find(({ id }) => id === result.invoiceId)).toMatchObject({
      total: 120_100,
      status: 'open',
    });
    const dollars = await rig.operate(
      'create-invoice',
      deal,
      invoiceBody(rig, { lines: 'record', currency: 'USD' }),
    );
    expect(outcomeOf(dollars)).toMatchObject({ state: 'refused', result: { code: 'lines_other_currency' } });
  });

  it('is sent by e-mail where asked, once', async () => {
    const body = invoiceBody(rig, { send: true });
    const { result } = outcomeOf(await rig.operate('create-invoice', ada, body));
    await rig.operate('create-invoice', ada, body);
    expect(mailsOf(result.invoiceId)).toHaveLength(1);
    expect(
      outcomeOf(await rig.operate('send-invoice', ada, { invoiceId: result.invoiceId ?? '' }, rep)).state,
    ).toBe('done');
  });

  it('has a due day that is not over', async () => {
    const answer = await rig.operate(
      'create-invoice',
      ada,
      invoiceBody(rig, { dueDate: dayFromNow(rig, -2) }),
    );
    expect(refusalOf(answer)).toBe('due_date_invalid');
  });

  it('from lines of the record is refused where the record has none', async () => {
    expect(refusalOf(await rig.operate('create-invoice', ada, invoiceBody(rig, { lines: 'record' })))).toBe(
      'no_lines',
    );
  });

  it('for a deal without a contact, or a contact without e-mail, makes nothing at the gateway', async () => {
    const portal = rig.hubspot.portal(PORTAL);
    const deal = { objectType: 'deals', recordId: portal.create('deals', { dealname: 'Nobody yet' }) };
    const contact = { objectType: 'contacts', recordId: portal.create('contacts', { firstname: 'Noa' }) };
    const writes = writesTo(rig);
    for (const [at, code] of [
      [deal, 'no_payer'],
      [contact, 'no_email'],
    ] as const) {
      const outcome = outcomeOf(await rig.operate('create-invoice', at, invoiceBody(rig)));
      expect(outcome).toMatchObject({ state: 'refused', result: { code } });
    }
    expect(writesTo(rig)).toEqual(writes);
  });

  it('leaves exactly one audit row: who, what, before and after', async () => {
    const { invoiceId } = await openInvoice(rig, ada, {}, rep);
    const operationId = randomUUID();
    await rig.operate('void-invoice', ada, { operationId, invoiceId });
    const rows = await rowsOf(rig, `SELECT * FROM audit WHERE operation IS NOT NULL`);
    const ids = rows.map(({ operation }) => operation);
    expect(new Set(ids).size).toBe(ids.length);
    const row = rows.find(({ operation }) => operation === operationId);
    expect(row).toMatchObject({ actor: `hubspot:${ADMIN}`, action: 'void-invoice' });
    expect(JSON.parse(String(row?.['before']))).toEqual({
      status: 'open',
      remainingMinor: 12_000,
      currency: 'EUR',
    });
    expect(JSON.parse(String(row?.['after']))).toMatchObject({ state: 'done', status: 'void', invoiceId });
    const operations = await rowsOf(
      rig,
      `SELECT id FROM operation WHERE state = 'done' OR state = 'refused'`,
    );
    expect(operations).toHaveLength(rows.length);
  });
});

describe('a link', () => {
  it('is an invoice of one line with a link that can be paid', async () => {
    const { result } = outcomeOf(
      await rig.operate(
        'create-link',
        ada,
        { currency: 'EUR', amount: '75.00', description: 'Deposit' },
        rep,
      ),
    );
    expect(result.qr).toMatch(/^data:image\/png;base64,/);
    await payByLink(rig, result.payUrl ?? '', { number: VISA });
    const view = await viewWhen(rig, ada, ({ invoices: all }) =>
      all.some(({ id, state }) => id === result.invoiceId && state === 'paid'),
    );
    expect(view.invoices.find(({ id }) => id === result.invoiceId)?.due.amountMinor).toBe(0);
  });
});

describe('voiding', () => {
  it('is refused once a part is paid', async () => {
    const { invoiceId } = await openInvoice(rig, ada);
    const customer = invoices().find(({ id }) => id === invoiceId)?.customer;
    const part = rig.account.create(
      'payment_intents',
      {
        amount: 2_000,
        currency: 'eur',
        customer,
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      },
      { silent: false },
    );
    rig.account.act('invoices', invoiceId, 'attach_payment', { payment_intent: part.id }, { silent: false });
    await viewWhen(rig, ada, ({ invoices: all }) =>
      all.some(({ id, flags }) => id === invoiceId && flags.includes('partially_paid')),
    );
    expect(refusalOf(await rig.operate('void-invoice', ada, { invoiceId }))).toBe('invoice_partly_paid');
    expect(invoices().find(({ id }) => id === invoiceId)?.status).toBe('open');
  });
});

describe('a lost answer while an invoice is made', () => {
  const aDayLater = async (): Promise<void> => {
    await rig.stopConnector();
    rig.stripe.faults.clear();
    rig.clock.advance(25 * 3_600_000);
    await rig.startConnector();
  };

  it.each(['reset-after', 'api-error-after', 'api-error', 'reset', 'status-503'])(
    'after %s leads to one customer, one invoice and the same outcome',
    async (fault) => {
      const at = newPerson(rig, { email: `${fault}@example.com` });
      const before = invoices().length;
      // The client asks again by itself where the connection was closed, however often; events make other calls of their own.
      rig.stripe.faults.arm(fault, fault.startsWith('reset') ? 1_000 : 1, 0, 'POST /v1/customers');
      const body = invoiceBody(rig);
      const first = outcomeOf(await rig.operate('create-invoice', at, body));
      expect(first.state).toBe('checking');
      rig.stripe.faults.clear();
      if (fault === 'api-error') rig.clock.advance(25 * 3_600_000);
      const ended = await endOf(rig, body.operationId);
      expect(ended.state).toBe('done');
      expect(outcomeOf(await rig.operate('create-invoice', at, body))).toEqual(ended);
      expect(invoices()).toHaveLength(before + 1);
      expect(
        rig.account.all('customers').filter(({ email }) => email === `${fault}@example.com`),
      ).toHaveLength(1);
    },
  );

  it('after the answer to the draft was lost and a day has passed, never makes a second one', async () => {
    await openInvoice(rig, ada);
    await quiet(rig);
    const before = invoices().length;
    const body = invoiceBody(rig);
    // Sweeps and events make calls of their own, and the client repeats this one.
    rig.stripe.faults.arm('reset-after', 1_000, 0, 'POST /v1/invoices');
    expect(stateOf(await rig.operate('create-invoice', ada, body))).toBe('checking');
    await aDayLater();
    expect(await endOf(rig, body.operationId)).toMatchObject({
      state: 'refused',
      result: { message: expect.stringMatching(/start again/) },
    });
    expect(
      invoices()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual(['draft']);
  });

  it('after the answer to the lines was lost and a day has passed, finds the draft and opens it', async () => {
    await openInvoice(rig, ada);
    const before = invoices().length;
    const body = invoiceBody(rig);
    rig.stripe.faults.arm('slow-work', 100, 120);
    const asked = rig.operate('create-invoice', ada, body);
    await waitFor('a draft', () => (invoices().length > before ? true : undefined));
    rig.stripe.faults.arm('reset-after', 8, 0);
    expect(stateOf(await asked)).toBe('checking');
    await aDayLater();
    expect((await endOf(rig, body.operationId)).state).toBe('done');
    expect(invoices().slice(before)).toMatchObject([{ status: 'open', total: 12_000 }]);
  });

  it('goes on at its step after the connector was stopped between draft and opening', async () => {
    const before = invoices().length;
    const body = invoiceBody(rig);
    // The third call of an invoice for a known customer opens it: everything before is done.
    const isDraft = (): boolean =>
      invoices()
        .slice(before)
        .some(({ status }) => status === 'draft');
    rig.stripe.faults.arm('slow-work', 100, 120);
    const asked = rig.operate('create-invoice', ada, body);
    await waitFor('a draft', () => (isDraft() ? true : undefined));
    rig.stripe.faults.arm('reset', 50, 0);
    expect(stateOf(await asked)).toBe('checking');
    await rig.stopConnector();
    rig.stripe.faults.clear();
    await rig.startConnector();
    expect((await endOf(rig, body.operationId)).state).toBe('done');
    expect(
      invoices()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual(['open']);
    expect(writesTo(rig).filter((call) => call === 'POST /v1/invoices').length).toBeGreaterThan(0);
  });
});

describe('giving a credit back', () => {
  it('refunds and uses the credit up, once', async () => {
    const at = newPerson(rig);
    const { invoiceId, payUrl } = await openInvoice(rig, at);
    await payByLink(rig, payUrl, { number: VISA });
    await viewWhen(rig, at, ({ invoices: all }) => all.some(({ state }) => state === 'paid'));
    const customer = String(invoices().find(({ id }) => id === invoiceId)?.customer);
    rig.account.request(
      'POST',
      `/v1/customers/${customer}/balance_transactions`,
      { amount: -5_000, currency: 'eur' },
      { silent: false },
    );
    await viewWhen(rig, at, ({ credit }) => credit.some(({ amountMinor }) => amountMinor === 5_000));
    expect(refusalOf(await rig.operate('return-credit', at, { currency: 'EUR', amount: '50.01' }))).toBe(
      'credit_too_small',
    );
    const body = { operationId: randomUUID(), currency: 'EUR', amount: '50.00' };
    rig.stripe.faults.arm('reset-after', 4, 0);
    const first = await Promise.all([
      rig.operate('return-credit', at, body),
      rig.operate('return-credit', at, body),
    ]);
    expect(first.map(stateOf)).not.toContain('refused');
    expect((await endOf(rig, body.operationId)).state).toBe('done');
    expect(
      rig.account
        .all('refunds')
        .filter(({ metadata }) => metadata?.['payside_op'] === body.operationId)
        .map(({ amount }) => amount),
    ).toEqual([5_000]);
    expect(rig.account.all('customers').find(({ id }) => id === customer)?.balance).toBe(0);
    const view = await viewWhen(rig, at, ({ credit }) => credit.length === 0);
    expect(view.credit).toEqual([]);
    expect(refusalOf(await rig.operate('return-credit', at, { currency: 'EUR', amount: '50.00' }))).toBe(
      'credit_too_small',
    );
  });
});

describe('assigning a payer', () => {
  it('shows the customer’s invoices on the record', async () => {
    const portal = rig.hubspot.portal(PORTAL);
    const company = { objectType: 'companies', recordId: portal.create('companies', { name: 'New Yard' }) };
    const made = rig.account.create('customers', { email: 'office@elsewhere.test' }, { silent: false });
    await waitFor('the customer to be known', async () => {
      const { body } = await rig.operate('assign-payer', company, { customerId: made.id });
      return body.ok ? true : undefined;
    });
    await openInvoice(rig, company);
    expect(invoices().at(-1)).toMatchObject({ customer: made.id });
    expect((await rig.view('companies', company.recordId)).invoices).toHaveLength(1);
  });
});

it('refuses to assign a customer to a record HubSpot does not have', async () => {
  const made = rig.account.create('customers', { email: 'lost@elsewhere.test' }, { silent: false });
  const nowhere = { objectType: 'contacts', recordId: '99999999' };
  const answer = await waitFor('the customer to be known', async () => {
    const { body } = await rig.operate('assign-payer', nowhere, { customerId: made.id });
    return body.ok ? body : undefined;
  });
  expect(answer.outcome).toMatchObject({ state: 'refused', result: { code: 'record_not_found' } });
});

it('tells a rep what to do where no payment account is connected', async () => {
  const bare = await startRig();
  await bare.install();
  const at = place(bare, 'contacts', 'ada');
  const answer = await bare.operate('create-invoice', at, invoiceBody(bare));
  expect(refusalOf(answer)).toBe('not_connected');
  await bare.close();
});
