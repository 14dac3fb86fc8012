// What people must know before they act: test mode, warnings, an import under way, things not finished yet.
import { LightningElement, api } from 'lwc';
import { warningTitle } from 'c/paysideWords';

export default class PaysideNotices extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;

  get isTest() {
    return this.view?.mode === 'test';
  }

  get warnings() {
    return (this.view?.warnings ?? []).map(({ code, tone, text }) => ({
      code,
      tone,
      text,
      title: warningTitle(code),
    }));
  }

  get importing() {
    const { done, total, text } = this.view?.importing ?? { done: 0, total: null, text: '' };
    if (text === '') return null;
    const percent = total === null || total === 0 ? null : Math.min(100, Math.round((done / total) * 100));
    return { text, percent, hasLength: percent !== null };
  }

  get unfinished() {
    return (this.view?.unfinished ?? []).map(({ operationId, state, text }) => ({
      operationId,
      text,
      title: state === 'checking' ? 'Checking' : 'Under way',
    }));
  }
}
