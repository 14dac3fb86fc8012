// The figures that matter first: owed, overdue, collected, credit; the status; and when it was last checked.
import { LightningElement, api } from 'lwc';
import { amountsText, badgeClass } from 'c/paysideWords';

export default class PaysideFigures extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  @api compact = false;

  get status() {
    const { view } = this;
    return view && { text: view.statusText, class: badgeClass(view.tone) };
  }

  get verifiedText() {
    return this.view?.verifiedText ?? '';
  }

  get figures() {
    const { view, compact } = this;
    if (!view) return [];
    const { owed, overdue, collected, credit } = view;
    const shown = [
      { label: 'Owed', amounts: owed, isShown: true },
      { label: 'Overdue', amounts: overdue, isShown: !compact || overdue.length > 0 },
      { label: 'Collected', amounts: collected, isShown: !compact },
      { label: 'Credit', amounts: credit, isShown: credit.length > 0 },
    ];
    return shown
      .filter(({ isShown }) => isShown)
      .map(({ label, amounts }) => ({ label, text: amountsText(amounts) || '–' }));
  }
}
