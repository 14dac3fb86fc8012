// What reports, their types and dashboards refer to.
import { relationsOf, wordsIn, type Reference } from './known.ts';
import { ofType, type Metadata, type PackageSource } from './package-source.ts';
import { childrenOf, textOf, textsOf, type XmlNode } from './xml-node.ts';

type Mention = Omit<Reference, 'path'>;

export function reportReferences(source: PackageSource): Reference[] {
  const relations = relationsOf(source);
  const read = (type: string, reader: (file: Metadata) => Mention[]): Reference[] =>
    ofType(source, type).flatMap((file) => reader(file).map((mention) => ({ path: file.path, ...mention })));
  return [
    ...read('ReportType', (file) => ofReportType(file, relations)),
    ...read('Report', (file) => ofReport(file, relations)),
    ...read('Dashboard', ({ root }) => ofDashboard(root, relations)),
  ];
}

/** A table is the base object, or that and a chain of relationships down: `Payside_Payment__c.Disputes__r`. */
function fieldIn(table: string, field: string, relations: Map<string, string>): Mention {
  const [base = '', ...chain] = table.split('.');
  let object = base;
  for (const step of chain) {
    const next = relations.get(`${object}.${step}`);
    if (!next) return { kind: 'relation', name: `${object}.${step}` };
    object = next;
  }
  return { kind: 'field', name: `${object}.${field}` };
}

const ofReportType = ({ root }: Metadata, relations: Map<string, string>): Mention[] => [
  ...textsOf(root, 'baseObject').map((name): Mention => ({ kind: 'object', name })),
  ...joinsOf(root, textOf(root, 'baseObject') ?? '', relations),
  ...childrenOf(root, 'sections')
    .flatMap((section) => childrenOf(section, 'columns'))
    .map((column) => fieldIn(textOf(column, 'table') ?? '', textOf(column, 'field') ?? '', relations)),
];

const joinsOf = (node: XmlNode, object: string, relations: Map<string, string>): Mention[] =>
  childrenOf(node, 'join').flatMap((join) => {
    const name = `${object}.${textOf(join, 'relationship')}`;
    return [{ kind: 'relation' as const, name }, ...joinsOf(join, relations.get(name) ?? '', relations)];
  });

/** Columns of a report are written `table$field`; buckets and row counts are the report's own. */
function ofReport({ root }: Metadata, relations: Map<string, string>): Mention[] {
  const buckets = new Set(childrenOf(root, 'buckets').flatMap((bucket) => textsOf(bucket, 'developerName')));
  const filters = childrenOf(root, 'filter').flatMap((filter) => childrenOf(filter, 'criteriaItems'));
  const columns = [
    ...COLUMNS.flatMap(([list, field]) => childrenOf(root, list).flatMap((node) => textsOf(node, field))),
    ...filters.flatMap((item) => textsOf(item, 'column')),
    ...childrenOf(root, 'chart').flatMap((chart) => textsOf(chart, 'groupingColumn')),
  ];
  const named = columns.filter((column) => column !== 'RowCount' && !buckets.has(column));
  return [
    ...textsOf(root, 'reportType').map((name): Mention => ({ kind: 'report type', name })),
    ...named.map((column) => columnOf(column, relations)),
    ...filters.flatMap((item) => {
      const mention = columnOf(textOf(item, 'column') ?? '', relations);
      return wordsIn(mention.name, textOf(item, 'value'));
    }),
  ];
}

const COLUMNS = [
  ['columns', 'field'],
  ['groupingsDown', 'field'],
  ['groupingsAcross', 'field'],
  ['buckets', 'sourceColumnName'],
  ['timeFrameFilter', 'dateColumn'],
] as const;

function columnOf(column: string, relations: Map<string, string>): Mention {
  const [table = '', field = ''] = column.split('$');
  return fieldIn(table, field, relations);
}

/** Components stand at any depth of a dashboard's grid; a column without a table is a bucket of its report. */
const ofDashboard = (node: XmlNode, relations: Map<string, string>): Mention[] => [
  ...textsOf(node, 'report').map((name): Mention => ({ kind: 'report', name })),
  ...[...textsOf(node, 'groupingColumn'), ...textsOf(node, 'column')]
    .filter((column) => column.includes('$'))
    .map((column) => columnOf(column, relations)),
  ...Object.values(node.children)
    .flat()
    .flatMap((child) => ofDashboard(child, relations)),
];
