// Who may do what: a role for each person of the org, and for user ids that Salesforce did not list.
import { LightningElement, api } from 'lwc';
import { saveSettings } from 'c/paysideSaving';

/** @typedef {import('payside/view').Role} Role */

/** @type {{ label: string, value: Role }[]} */
const ROLES = [
  { label: 'Viewer: looks', value: 'viewer' },
  { label: 'Rep: collects', value: 'rep' },
  { label: 'Finance: collects, voids, pays back', value: 'finance' },
  { label: 'Admin: everything', value: 'admin' },
];

const USER_ID = /^005[A-Za-z0-9]{15}$/;

export default class PaysidePeople extends LightningElement {
  /** @type {NonNullable<import('payside/view').SettingsView['admin']> | null} */
  @api admin = null;

  /** Roles chosen and not saved yet, by user id. @type {Record<string, Role>} */
  changes = {};
  newUserId = '';
  /** @type {Role} */
  newRole = 'rep';
  message = '';
  saving = false;
  roles = ROLES;

  get rows() {
    return (this.admin?.people ?? []).map(({ userId, name, email, role, isYou }) => ({
      userId,
      name: isYou ? `${name} (you)` : name,
      email: email === name ? null : email,
      role: this.changes[userId] ?? role,
      label: `Role of ${name}`,
    }));
  }

  get note() {
    return this.admin?.peopleNote ?? null;
  }

  get all() {
    const typed = this.newUserId.trim();
    const newcomer = USER_ID.test(typed) ? { [typed]: this.newRole } : {};
    return Object.entries({ ...this.changes, ...newcomer }).map(([userId, role]) => ({ userId, role }));
  }

  get hasNothing() {
    return this.all.length === 0;
  }

  /** @param {CustomEvent<{ value: Role }> & { target: HTMLElement }} event */
  choose({ target, detail: { value } }) {
    this.changes = { ...this.changes, [String(target.dataset.user)]: value };
  }

  /** @param {CustomEvent<{ value: string }>} event */
  typeId({ detail: { value } }) {
    this.newUserId = value;
  }

  /** @param {CustomEvent<{ value: Role }>} event */
  chooseNew({ detail: { value } }) {
    this.newRole = value;
  }

  async save() {
    this.saving = true;
    const { view, message } = await saveSettings({ roles: this.all });
    this.saving = false;
    this.message = message;
    if (!view) return;
    this.changes = {};
    this.newUserId = '';
    this.dispatchEvent(new CustomEvent('saved', { detail: view }));
  }
}
