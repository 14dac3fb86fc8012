// What Apex refers to beyond its own types: fields in static SOQL, which no offline compiler reads, and labels.
import { relationsOf, type Reference } from './known.ts';
import type { PackageFile, PackageSource } from './package-source.ts';

export const isApex = ({ path }: PackageFile): boolean => /\.(cls|trigger)$/.test(path);

export function apexReferences(source: PackageSource): Reference[] {
  const relations = relationsOf(source);
  return source.files.filter(isApex).flatMap(({ path, text }) => {
    const queries = queriesIn(text).flatMap((query) => referencesOfQuery(query, relations));
    const labels = [...text.matchAll(/\bLabel\.(\w+)/g)].map(([, name = '']) => ({
      kind: 'label' as const,
      name,
    }));
    return [...queries, ...labels].map((mention) => ({ path, ...mention }));
  });
}

type Mention = Omit<Reference, 'path'>;

/** An expression whose value is bound names nothing of the org. */
const BOUND = /:\s*\([^)]*\)/g;

/** Texts between `[SELECT` and its bracket. */
export function queriesIn(text: string): string[] {
  return [...text.matchAll(/\[\s*(?=SELECT\b)/gi)].map(({ index, 0: opening }) => {
    const start = index + opening.length;
    let depth = 1;
    let at = start;
    for (; at < text.length && depth > 0; at++) {
      if (text[at] === '[') depth++;
      if (text[at] === ']') depth--;
    }
    return text
      .slice(start, at - 1)
      .replaceAll(BOUND, ':value')
      .replaceAll(/\s+/g, ' ')
      .trim();
  });
}

const QUERY = /^SELECT (?<fields>.+?) FROM (?<object>\w+)(?: (?<rest>.*))?$/i;
const COMPARED = /(?<![:\w.])([A-Za-z][\w.]*) ?(?:=|!=|<=?|>=?|\bLIKE\b|\bIN\b|\bNOT IN\b|\bINCLUDES\b)/gi;
const ORDERED = /\bORDER BY ([\w., ]+?)(?: LIMIT| OFFSET| FOR|$)/i;

/** A query within a query is not understood, and said so, as nothing would look into it. */
function referencesOfQuery(query: string, relations: Map<string, string>): Mention[] {
  const { fields, object, rest = '' } = QUERY.exec(query)?.groups ?? {};
  if (!fields || !object || fields.includes('('))
    return /^SELECT COUNT\(\) FROM \w+/i.test(query)
      ? referencesOfQuery(query.replace(/COUNT\(\)/i, 'Id'), relations)
      : [{ kind: 'field', name: `to be found in “${query}”` }];
  const compared = [...rest.matchAll(COMPARED)].map(([, name = '']) => name);
  const ordered = (ORDERED.exec(rest)?.[1] ?? '').split(',').map((part) => part.trim().split(' ')[0] ?? '');
  const names = [...fields.split(',').map((one) => one.trim()), ...compared, ...ordered];
  return [
    { kind: 'object', name: object },
    ...names.filter((name) => name !== '').flatMap((name) => follow(object, name.split('.'), relations)),
  ];
}

/** `PermissionSet.Name` from `PermissionSetAssignment` is the name of a permission set. */
function follow(object: string, [first = '', ...rest]: string[], relations: Map<string, string>): Mention[] {
  if (rest.length === 0) return [{ kind: 'field', name: `${object}.${first}` }];
  const to = relations.get(`${object}.${first}`);
  return to ? follow(to, rest, relations) : [{ kind: 'relation', name: `${object}.${first}` }];
}
