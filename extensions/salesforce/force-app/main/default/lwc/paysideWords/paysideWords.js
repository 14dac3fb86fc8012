// Titles above the connector's own words, and how its tones look in Lightning.

/** @typedef {import('payside/view').Tone} Tone */

/** @type {Record<string, string>} */
const warnings = {
  reconnect_gateway: 'Payment gateway disconnected',
  reconnect_crm: 'Salesforce disconnected',
  not_connected: 'Not connected',
  write_back_delayed: 'Record is behind',
  several_payers: 'Several payers',
  no_payer: 'No payer yet',
  no_email: 'No e-mail address',
  overpaid: 'Overpaid',
  disputed: 'Disputed',
};

/** A newer connector may warn of something this card has no title for. @param {string} code */
export const warningTitle = (code) => warnings[code] ?? 'Please note';

/** @type {Record<string, { title: string, text: string, icon: string }>} */
const bare = {
  not_connected: {
    title: 'No payment gateway yet',
    text: 'An admin connects it in the settings of Payside.',
    icon: 'utility:connected_apps',
  },
  reconnect: {
    title: 'Reconnect the payment gateway',
    text: 'An admin has to connect it again.',
    icon: 'utility:unlinked',
  },
  empty: {
    title: 'Nothing to collect yet',
    text: 'Invoices and payments of this customer will appear here.',
    icon: 'utility:moneybag',
  },
};

/**
 * Why a view is bare; null when it is not. A newer connector may know states this card does not: its message says what to do.
 * @param {{ state: string, message: string | null }} view
 */
export function bareState({ state, message }) {
  if (state === 'ready') return null;
  const words = bare[state] ?? bare.empty;
  return words ? { ...words, text: message ?? words.text } : null;
}

/** @type {Record<string, string>} */
const failures = { never: 'Not done', later: 'Not finished', 'after-reauth': 'Reconnect needed' };

/** @param {string} retry */
export const failureTitle = (retry) => failures[retry] ?? 'Not done';

/** @type {Record<string, string>} */
const badges = {
  success: 'slds-badge slds-theme_success',
  warning: 'slds-badge slds-theme_warning',
  danger: 'slds-badge slds-theme_error',
  info: 'slds-badge slds-badge_inverse',
};

/** @param {Tone} tone */
export const badgeClass = (tone) => badges[tone] ?? 'slds-badge';

/** @param {{ text: string }[]} amounts one currency each, as the connector worded it */
export const amountsText = (amounts) => amounts.map(({ text }) => text).join(' · ');

/**
 * Whom something is for; '' where that is not known.
 * @param {import('payside/view').Payer | null} payer
 */
export function payerText(payer) {
  const { name, email } = payer ?? { name: null, email: null };
  if (name && email) return `${name} (${email})`;
  return name ?? email ?? '';
}
