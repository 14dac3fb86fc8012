// Which objects there are, asked by developer name: a query of its own kind, as they are metadata and no records.
import { Refusal } from './refusal.ts';
import type { Condition } from './soql-parse.ts';
import type { Org } from './world.ts';

export function entitiesOf({ definitions, seed }: Org, where: Condition | undefined): object[] {
  const wanted = where && 'value' in where && where.test === '=' ? where : undefined;
  if (wanted?.field !== 'DeveloperName')
    throw new Refusal(
      400,
      'MALFORMED_QUERY',
      'EntityDefinition is asked by DeveloperName, and by nothing else',
    );
  return [...definitions.values()].flatMap(({ name, custom }) => {
    const [, namespace = null, developerName] = /^(?:(\w+?)__)?(\w+)__[ce]$/.exec(name) ?? [];
    const isIt = custom && developerName === wanted.value && (namespace ?? undefined) === seed.namespace;
    if (!isIt) return [];
    return [{ attributes: { type: 'EntityDefinition' }, NamespacePrefix: namespace, QualifiedApiName: name }];
  });
}
