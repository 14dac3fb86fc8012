// `lightning/uiListsApi`, as far as the package uses it: the records of a list view, worded as the screen shows them.
import { HttpWire } from './http-wire.ts';
import { hostPath } from './page-data.ts';

type Config = { objectApiName?: string; listViewApiName?: string; fields?: string[]; pageSize?: number };

const isWhole = ({ objectApiName, listViewApiName }: Config): boolean =>
  Boolean(objectApiName) && Boolean(listViewApiName);

async function ask({ objectApiName, listViewApiName, fields = [], pageSize = 50 }: Config): Promise<object> {
  const path = `/_host/list/${objectApiName}/${listViewApiName}`;
  const more = { fields: fields.join(','), pageSize: String(pageSize) };
  const response = await fetch(hostPath(path, more));
  const body = (await response.json()) as object;
  if (!response.ok) throw Object.assign(new Error('the list was refused'), { body });
  return body;
}

/** The platform's own name: an adapter is used as a value of `@wire`. */
export class getListRecordsByName extends HttpWire<Config> {
  constructor(tell: (result: object) => void) {
    super(tell, { isWhole, ask });
  }
}
