// What can be done with one invoice: its link at hand, the rest in a menu.
import { LightningElement, api } from 'lwc';
import PaysideDialog from 'c/paysideDialog';

/** @typedef {import('payside/view').OperationKind} OperationKind */
/** @typedef {import('payside/view').InvoiceView} InvoiceView */

/** @type {readonly { kind: OperationKind, text: string, title: (number: string) => string, size: 'small' | 'medium' }[]} */
const actions = [
  { kind: 'send-invoice', text: 'Send', title: (number) => `Send ${number}`, size: 'small' },
  {
    kind: 'charge-saved-method',
    text: 'Charge card on file',
    title: (number) => `Charge card on file for ${number}`,
    size: 'small',
  },
  { kind: 'void-invoice', text: 'Void', title: (number) => `Void ${number}?`, size: 'small' },
];

/** The one thing to do with what a bank took back: a button of its own. */
const collectAgain = /** @type {const} */ ({
  kind: 'create-invoice',
  title: (/** @type {string} */ number) => `Collect ${number} again`,
  size: 'medium',
});

export default class PaysideInvoiceActions extends LightningElement {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  /** @type {InvoiceView | null} */
  @api invoice = null;

  get payUrl() {
    return this.invoice?.payUrl ?? null;
  }

  get items() {
    const { invoice, card } = this;
    if (!invoice) return [];
    const link = card?.qrCodes.has(invoice.id) ? 'QR code' : 'Show link';
    return [
      ...(invoice.payUrl === null ? [] : [{ value: 'link', label: link }]),
      ...actions
        .filter(({ kind }) => invoice.actions.includes(kind))
        .map(({ kind, text }) => ({ value: kind, label: text })),
    ];
  }

  get canCollectAgain() {
    return Boolean(this.invoice?.actions.includes(collectAgain.kind));
  }

  get hasActions() {
    return this.hasItems || this.canCollectAgain;
  }

  get hasItems() {
    return this.items.length > 0;
  }

  get moreText() {
    return `More actions for ${this.invoice?.number ?? ''}`;
  }

  get copyText() {
    return `Copy the payment link of ${this.invoice?.number ?? ''}`;
  }

  async copy() {
    const { payUrl, card } = this;
    if (payUrl === null || !card) return;
    try {
      await navigator.clipboard.writeText(payUrl);
      card.onword('success', 'Payment link copied.');
    } catch {
      card.onword('warning', `The browser did not allow copying. Copy it from here: ${payUrl}`);
    }
  }

  /** @param {CustomEvent<{ value: string }>} event */
  choose({ detail: { value } }) {
    const { card, invoice } = this;
    if (!card || !invoice) return;
    if (value === 'link') {
      PaysideDialog.open({
        label: `Payment link of ${invoice.number}`,
        size: 'small',
        card,
        invoice,
        operation: null,
      });
      return;
    }
    const action = actions.find(({ kind }) => kind === value);
    if (action) this.open(action);
  }

  again() {
    this.open(collectAgain);
  }

  /** @param {{ kind: OperationKind, title: (number: string) => string, size: string }} action */
  open({ kind, title, size }) {
    const { card, invoice } = this;
    if (!card || !invoice) return;
    const operation = card.operation(kind, `${kind}:${invoice.id}`);
    PaysideDialog.open({ label: title(invoice.number), size, card, invoice, operation });
  }
}
