// Which components stand where: read from the package's own pages, apps and actions.
import type { QuickAction } from './host/page/page-types.ts';
import {
  baseName,
  objectOf,
  ofType,
  readPackage,
  type Metadata,
} from '../../extensions/salesforce/metadata/package-source.ts';
import { childrenOf, textOf, type XmlNode } from '../../extensions/salesforce/metadata/xml-node.ts';

export type HostLayout = {
  /** Components of a record page by region: `sidebar` → `paysidePayments`. */
  regions: (type: string) => Record<string, string[]>;
  actions: (type: string) => QuickAction[];
  /** Pages of the app that belong to no record, by their name. */
  appPages: { name: string; title: string; components: string[] }[];
  lists: ListViewFile[];
};

export type Filter = { field: string; operation: string; value: string };
export type ListViewFile = { type: string; name: string; filters: Filter[] };

export function readLayout(packageFolder: string): HostLayout {
  const source = readPackage(packageFolder);
  const pages = ofType(source, 'FlexiPage');
  const actions = ofType(source, 'QuickAction');
  return {
    regions: (type) => {
      const page = pages.find(({ root }) => textOf(root, 'sobjectType') === type);
      return page ? regionsOf(page.root) : {};
    },
    actions: (type) => actions.filter((file) => baseName(file).split('.')[0] === type).map(actionOf),
    lists: ofType(source, 'ListView').map(listOf),
    appPages: pages
      .filter(({ root }) => textOf(root, 'sobjectType') === undefined)
      .map((file) => ({
        name: baseName(file),
        title: textOf(file.root, 'masterLabel') ?? baseName(file),
        components: Object.values(regionsOf(file.root)).flat(),
      })),
  };
}

function regionsOf(page: XmlNode): Record<string, string[]> {
  const regions = childrenOf(page, 'flexiPageRegions').map((region) => [
    textOf(region, 'name') ?? '',
    childrenOf(region, 'itemInstances')
      .flatMap((item) => childrenOf(item, 'componentInstance'))
      .map((component) => textOf(component, 'componentName') ?? ''),
  ]);
  return Object.fromEntries(regions);
}

const listOf = (file: Metadata): ListViewFile => ({
  type: objectOf(file),
  name: baseName(file),
  filters: childrenOf(file.root, 'filters').map((filter) => ({
    field: textOf(filter, 'field') ?? '',
    operation: textOf(filter, 'operation') ?? '',
    value: textOf(filter, 'value') ?? '',
  })),
});

const actionOf = (file: Metadata): QuickAction => ({
  name: baseName(file),
  label: textOf(file.root, 'label') ?? baseName(file),
  component: textOf(file.root, 'lightningWebComponent') ?? '',
});
