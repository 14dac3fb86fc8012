// How the pay page looks to payers: name, logo and color.
import { LightningElement, api } from 'lwc';
import { sayAll, sayAt } from 'c/paysideFields';
import { saveSettings } from 'c/paysideSaving';

export default class PaysideBrand extends LightningElement {
  /** @type {import('payside/view').SettingsView['brand'] | null} */
  @api brand = null;

  /** What was changed here and not saved yet. @type {Record<string, string>} */
  typed = {};
  message = '';
  saving = false;

  get name() {
    return this.typed.name ?? this.brand?.name ?? '';
  }

  get logoUrl() {
    return this.typed.logoUrl ?? this.brand?.logoUrl ?? '';
  }

  get color() {
    return this.typed.color ?? this.brand?.color ?? '';
  }

  /** @param {CustomEvent<{ value: string }> & { target: HTMLElement }} event */
  type({ target, detail: { value } }) {
    this.typed = { ...this.typed, [String(target.dataset.part)]: value };
    sayAt(target, '');
  }

  async save() {
    this.saving = true;
    const { name, logoUrl, color } = this;
    const brand = { name, logoUrl: logoUrl.trim() || null, color: color.trim() };
    const { view, message, problems } = await saveSettings({ brand });
    this.saving = false;
    this.message = message;
    sayAll(this.template, /** @type {Record<string, string>} */ (problems));
    if (!view) return;
    this.typed = {};
    this.dispatchEvent(new CustomEvent('saved', { detail: view }));
  }
}
