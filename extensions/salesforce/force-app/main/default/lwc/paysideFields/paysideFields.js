// What the fields of our forms have in common: saying what is wrong, choices, and the key that sends.

/** @typedef {HTMLElement & { setCustomValidity(text: string): void, reportValidity(): boolean }} Field */

/**
 * Says what is wrong at the field itself; '' takes it back.
 * @param {Element | null} field
 * @param {string} problem
 */
export function sayAt(field, problem) {
  if (!field) return;
  const input = /** @type {Field} */ (field);
  input.setCustomValidity(problem);
  input.reportValidity();
}

/**
 * Says all that is wrong, and whether anything is.
 * @param {{ querySelector(selector: string): Element | null }} root
 * @param {Record<string, string>} problems by `data-field` of the field
 */
export function sayAll(root, problems) {
  for (const [name, problem] of Object.entries(problems))
    sayAt(root.querySelector(`[data-field="${name}"]`), problem);
  return Object.values(problems).every((problem) => problem === '');
}

/** @param {readonly string[]} words */
export const choices = (words) => words.map((word) => ({ label: word, value: word }));

/** Enter in a line of text sends the form; elsewhere it has a meaning of its own. @param {Event} event */
export function isSending(event) {
  const { key, target } = /** @type {KeyboardEvent} */ (event);
  return key === 'Enter' && target instanceof HTMLElement && target.dataset.sends === 'yes';
}
