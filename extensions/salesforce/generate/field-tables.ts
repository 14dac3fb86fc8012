// The tables of docs/salesforce.md: every object and field, who may read and write it, where its value comes from.
import { format, resolveConfig } from 'prettier';
import { declaration, ROLES, type Field, type OwnObject, type Role } from './declaration.ts';

const BEGIN = '<!-- What follows is written by `npm run generate`. -->';
const END = '<!-- What was generated ends here. -->';

/** The page with its tables as they are declared, laid out as prettier lays out pages. */
export async function withFieldTables(page: string, path: string): Promise<string> {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for the tables`);
  const text = [`${before}${BEGIN}`, ...sections(), `${END}${after}`].join('\n\n');
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

const sections = (): string[] => [
  `### On ${listed(declaration.summary.objects)}`,
  table(declaration.summary.fields.map(rowOf)),
  ...declaration.objects.flatMap((object) => [
    `### ${object.label} \`${object.name}\``,
    object.description,
    table([nameRow(object), ...object.fields.map(rowOf)]),
  ]),
  `### The event \`${declaration.event.name}\``,
  declaration.event.description,
  table(declaration.event.fields.map(rowOf)),
];

const HEAD = ['field', 'says', 'type and unit', 'from', 'read by', 'written by'];

const table = (rows: string[][]): string =>
  [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const rowOf = (field: Field): string[] => {
  const { read, write } = declaration.access[field.access];
  return [
    `\`${field.name}\``,
    `**${field.label}.** ${field.description}`,
    `${typeOf(field)}; ${field.unit}`,
    field.source,
    rolesOf(read),
    rolesOf(write),
  ];
};

/** The name of a record follows the object, as mandatory fields do. */
function nameRow({ nameField }: OwnObject): string[] {
  const { read, write } = declaration.access.kept;
  const isCounted = nameField.type === 'AutoNumber';
  const type = isCounted ? `number by Salesforce, \`${nameField.format}\`` : 'Text 80';
  return [
    '`Name`',
    `**${nameField.label}.** ${nameField.description}`,
    type,
    nameField.source,
    rolesOf(read),
    rolesOf(isCounted ? [] : write),
  ];
}

function rolesOf(roles: Role[]): string {
  if (roles.length === 0) return 'nobody';
  return roles.length === ROLES.length ? 'all sets' : listed(roles);
}

function typeOf(field: Field): string {
  if ('formula' in field && field.formula !== undefined) return `${field.type} by formula`;
  switch (field.type) {
    case 'Text':
      return `Text ${field.length}`;
    case 'Number':
    case 'Currency':
      return `${field.type} ${field.precision},${field.scale}`;
    case 'Picklist':
      return `Picklist (${field.options.map(({ value }) => `\`${value}\``).join(', ')})`;
    case 'Lookup':
    case 'MasterDetail':
      return `${field.type} to \`${field.to}\``;
    default:
      return field.type;
  }
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
