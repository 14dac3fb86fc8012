// The gateway's customers that belong to the record, why, and the way to say that one does not.
import { LightningElement, api } from 'lwc';
import PaysideDialog from 'c/paysideDialog';

export default class PaysidePayers extends LightningElement {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  /** @type {import('payside/view').CardView | null} */
  @api view = null;

  get rows() {
    return (this.view?.payers ?? []).map((payer) => ({
      id: payer.customerId,
      name: payer.name,
      email: payer.email,
      reasonText: payer.reasonText,
      note: payer.note,
      canRelease: payer.actions.includes('release-payer'),
      releaseTitle: `${payer.name} is not this customer`,
    }));
  }

  get hasRows() {
    return this.rows.length > 0;
  }

  get title() {
    return this.rows.length === 1 ? 'Customer at the gateway' : 'Customers at the gateway';
  }

  get note() {
    return this.view?.payersNote ?? null;
  }

  /** @param {Event & { target: HTMLElement }} event */
  ask({ target }) {
    const { card, view } = this;
    const payer = view?.payers.find(({ customerId }) => customerId === target.dataset.customer);
    if (!card || !payer) return;
    const operation = card.operation('release-payer', `release-payer:${payer.customerId}`);
    PaysideDialog.open({ label: 'Not this customer?', size: 'small', card, payer, operation });
  }
}
