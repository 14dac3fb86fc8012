// One of the package's list views, short: its first records, and the way to all of them.
import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { getListRecordsByName } from 'lightning/uiListsApi';

/** @typedef {import('lightning/uiListsApi').ListRecord} ListRecord */
/** `Account__r.Name`; names of our own are given without a namespace. @typedef {{ label: string, path: string }} Column */

const SHOWN = 10;

/**
 * What stands in a field, worded by Salesforce where it has words.
 * @param {ListRecord} record
 * @param {string[]} path
 * @returns {string}
 */
function textAt({ fields }, [name = '', ...rest]) {
  const { value, displayValue } = fields[name] ?? { value: null, displayValue: null };
  if (rest.length > 0) return value === null ? '' : textAt(/** @type {ListRecord} */ (value), rest);
  return displayValue ?? (value === null ? '' : String(value));
}

export default class PaysideFinanceList extends LightningElement {
  /** With the namespace of a managed package. */
  @api objectName = '';
  @api viewName = '';
  @api title = '';
  @api emptyText = '';
  /** @type {Column[]} */
  @api columns = [];

  /** @type {import('lightning/uiListsApi').ListResult} */
  result = { data: undefined, error: undefined };

  @wire(getListRecordsByName, {
    objectApiName: '$objectName',
    listViewApiName: '$listName',
    fields: '$fields',
    pageSize: SHOWN,
  })
  take(/** @type {import('lightning/uiListsApi').ListResult} */ result) {
    this.result = result;
  }

  get prefix() {
    return this.objectName.slice(0, Math.max(0, this.objectName.indexOf('Payside_')));
  }

  get listName() {
    return this.viewName && `${this.prefix}Payside_${this.viewName}`;
  }

  get paths() {
    const named = (/** @type {string} */ part) => (/__[cr]$/.test(part) ? `${this.prefix}${part}` : part);
    return this.columns.map(({ path }) => path.split('.').map(named));
  }

  get fields() {
    return this.paths.map((path) => `${this.objectName}.${path.join('.')}`);
  }

  get isLoading() {
    return !this.result.data && !this.result.error;
  }

  get hasFailed() {
    return Boolean(this.result.error);
  }

  get rows() {
    return (this.result.data?.records ?? []).map((record) => ({
      id: record.id,
      href: `/lightning/r/${this.objectName}/${record.id}/view`,
      name: textAt(record, ['Name']),
      cells: this.paths.slice(1).map((path, index) => ({ key: index, text: textAt(record, path) })),
    }));
  }

  get hasRows() {
    return this.rows.length > 0;
  }

  get isEmpty() {
    return this.result.data !== undefined && !this.hasRows;
  }

  get countText() {
    const { data } = this.result;
    if (!data) return '';
    return data.nextPageToken ? `${this.rows.length} of more` : String(this.rows.length);
  }

  get allHref() {
    return `/lightning/o/${this.objectName}/list?filterName=${this.listName}`;
  }

  get allTitle() {
    return `All of: ${this.title}`;
  }

  @api refresh() {
    return refreshApex(this.result);
  }
}
