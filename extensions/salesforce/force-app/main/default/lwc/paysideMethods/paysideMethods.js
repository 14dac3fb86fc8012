// Cards and bank accounts on file, and whether they may be charged.
import { LightningElement, api } from 'lwc';

/** @param {import('payside/view').MethodView} method */
const remark = ({ expiresText, chargeable }) =>
  [expiresText, chargeable ? null : 'only the payer can use it'].filter((part) => part !== null).join(' · ');

export default class PaysideMethods extends LightningElement {
  /** @type {import('payside/view').MethodView[]} */
  @api methods = [];

  get rows() {
    return this.methods.map((method) => ({ id: method.id, text: method.text, remark: remark(method) }));
  }

  get hasRows() {
    return this.rows.length > 0;
  }
}
