// Invented views and answers for the cards' tests, each held to the connector's own contract.
import type { z } from 'zod';
import {
  cardViewSchema,
  operationAnswerSchema,
  type CardView,
  type InvoiceView,
  type OperationKind,
  type PayerView,
} from '../../src/views/card-schema.ts';

export const eur = (amountMinor: number, text: string) => ({ amountMinor, currency: 'EUR', text });

export const invoiceView = (part: Partial<InvoiceView> = {}): InvoiceView => ({
  id: 'in_acme1',
  number: 'PS-0001',
  state: 'open',
  flags: ['overdue'],
  statusText: 'Overdue',
  tone: 'danger',
  total: eur(12000, '€120.00'),
  due: eur(8000, '€80.00'),
  dueDate: '2026-11-01',
  dueText: 'Nov 1, 2026',
  memo: 'Onboarding',
  payer: { name: 'Ada Example', email: 'ada@example.com' },
  payUrl: 'https://connector.payside.example/pay/tok1',
  live: null,
  liveText: null,
  methodIds: ['pm_visa'],
  again: null,
  actions: ['send-invoice', 'charge-saved-method', 'void-invoice'],
  charge: eur(8000, '€80.00'),
  ...part,
});

export const payerView = (part: Partial<PayerView> = {}): PayerView => ({
  customerId: 'cus_ada',
  name: 'Ada Example',
  email: 'ada@example.com',
  reasonText: 'Same e-mail address',
  note: null,
  actions: [],
  ...part,
});

const fullView: CardView = {
  mode: 'live',
  record: { objectType: 'contacts', recordId: '777' },
  role: 'rep',
  state: 'ready',
  message: null,
  owed: [eur(8000, '€80.00')],
  overdue: [eur(8000, '€80.00')],
  credit: [eur(1500, '€15.00')],
  collected: [eur(94000, '€940.00')],
  statusText: 'Overdue',
  tone: 'danger',
  invoices: [invoiceView()],
  payments: [
    {
      id: 'pay_1',
      state: 'succeeded',
      statusText: 'Paid',
      tone: 'success',
      amount: eur(4000, '€40.00'),
      note: '€10.00 refunded',
      at: '2026-10-02T09:00:00Z',
      dateText: 'Oct 2, 2026',
      methodText: 'Visa •••• 4242',
    },
  ],
  methods: [
    { id: 'pm_bank', text: 'Bank account •••• 3000', expiresText: null, chargeable: false },
    { id: 'pm_visa', text: 'Visa •••• 4242', expiresText: 'expires 04/29', chargeable: true },
  ],
  payers: [payerView()],
  payersNote: null,
  actions: ['create-invoice', 'create-link', 'return-credit'],
  unfinished: [],
  warnings: [],
  composer: {
    currency: 'EUR',
    currencies: ['EUR', 'JPY'],
    dueDate: '2026-12-06',
    payer: { name: 'Ada Example', email: 'ada@example.com' },
    taxRates: [{ id: 'txr_vat', text: 'VAT 20%' }],
  },
  verifiedAt: '2026-11-22T08:00:00Z',
  verifiedText: 'Checked 2 minutes ago',
};

/** A believable contact's view; `part` says what is different. */
export const cardView = (part: Partial<CardView> = {}): CardView =>
  cardViewSchema.parse({ ...fullView, ...part });

export const viewAnswer = (part: Partial<CardView> = {}) => ({ ok: true as const, view: cardView(part) });

type Answer = z.infer<typeof operationAnswerSchema>;
type Result = Extract<Answer, { ok: true }>['outcome']['result'];

export type Ended = { state: 'done' | 'checking' | 'refused'; result: Result; view?: CardView };

export const outcomeAnswer = (kind: OperationKind, operationId: string, ended: Ended): Answer =>
  operationAnswerSchema.parse({
    ok: true,
    outcome: { operationId, kind, state: ended.state, result: ended.result },
    view: ended.view ?? cardView(),
  });

export const refusal = (part: Partial<Extract<Answer, { ok: false }>> = {}): Answer =>
  operationAnswerSchema.parse({
    ok: false,
    code: 'already_paid',
    message: 'This invoice is already paid.',
    retry: 'never',
    ...part,
  });
