// A payment link to pass on: copy it, show its QR code, and see what the payer does with it.
import { LightningElement, api } from 'lwc';
import { badgeClass } from 'c/paysideWords';

export default class PaysideLink extends LightningElement {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  @api payUrl = '';
  /** @type {string | null} */
  @api invoiceId = null;

  /** @type {import('payside/view').CardView | null} */
  view = null;

  connectedCallback() {
    const { card } = this;
    if (!card) return;
    this.view = card.view;
    const endWatch = card.watch(() => {
      this.view = card.view;
    });
    const endLook = card.lookAtLink();
    this.end = () => {
      endWatch();
      endLook();
    };
  }

  disconnectedCallback() {
    this.end?.();
  }

  get invoice() {
    return (
      this.view?.invoices.find(({ id, payUrl }) => id === this.invoiceId || payUrl === this.payUrl) ?? null
    );
  }

  get qr() {
    return this.card?.qrCodes.get(this.invoice?.id ?? this.invoiceId ?? '') ?? null;
  }

  get hint() {
    return this.qr === null
      ? 'Send this link to the payer.'
      : 'Send this link to the payer, or let them scan the code.';
  }

  /** What the payer does with the link; once it is settled, or can be no more, what became of the invoice. */
  get payerNow() {
    const { invoice } = this;
    if (!invoice || (invoice.state === 'open' && !invoice.flags.includes('processing')))
      return { text: invoice?.liveText ?? 'Waiting for the payer to open it', class: 'live' };
    return { text: invoice.statusText, class: badgeClass(invoice.tone) };
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.payUrl);
      this.card?.onword('success', 'Payment link copied.');
    } catch {
      this.card?.onword('warning', `The browser did not allow copying. Copy it from here: ${this.payUrl}`);
    }
  }
}
