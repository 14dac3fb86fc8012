// The lines of an invoice being typed: description, quantity, price each.
import { LightningElement, api } from 'lwc';
import { isSending, sayAll, sayAt } from 'c/paysideFields';
import { emptyLine, lineProblems, MAX_LINES } from 'c/paysideInvoiceDraft';

/** @typedef {import('c/paysideInvoiceDraft').DraftLine} DraftLine */

export default class PaysideInvoiceLines extends LightningElement {
  /** @type {DraftLine[]} */
  @api lines = [];
  @api locked = false;

  get rows() {
    return this.lines.map((line, index) => ({
      line,
      removeText: `Remove line ${index + 1}`,
      description: `description-${line.key}`,
      quantity: `quantity-${line.key}`,
      amount: `amount-${line.key}`,
    }));
  }

  get canRemove() {
    return this.lines.length > 1 && !this.locked;
  }

  get canAdd() {
    return this.lines.length < MAX_LINES && !this.locked;
  }

  /** Says what is missing at each field; true where nothing is. */
  @api check() {
    const problems = this.lines.flatMap((line) =>
      Object.entries(lineProblems(line)).map(([field, problem]) => [`${field}-${line.key}`, problem]),
    );
    return sayAll(this.template, Object.fromEntries(problems));
  }

  /** @param {CustomEvent<{ value: string }> & { target: HTMLElement }} event */
  type({ target, detail: { value } }) {
    const { key, part } = target.dataset;
    this.send(
      this.lines.map((line) => (String(line.key) === key ? { ...line, [String(part)]: value } : line)),
    );
    sayAt(target, '');
  }

  add() {
    this.send([...this.lines, emptyLine((this.lines.at(-1)?.key ?? 0) + 1)]);
  }

  /** @param {Event & { target: HTMLElement }} event */
  remove({ target }) {
    this.send(this.lines.filter(({ key }) => String(key) !== target.dataset.key));
  }

  /** @param {DraftLine[]} lines */
  send(lines) {
    this.dispatchEvent(new CustomEvent('lines', { detail: lines }));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (isSending(event)) this.dispatchEvent(new CustomEvent('send'));
  }
}
