// What an org has: its objects, the fields of one, and facts about the org itself.
import type { StandInAnswer } from '../stand-in/server.ts';
import type { ApiCall } from './api.ts';
import type { FieldDefinition, ObjectDefinition } from './definitions.ts';
import { notFound } from './refusal.ts';
import type { ApiRoute } from './routes.ts';

export const describeRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: '/sobjects', handler: all },
  { method: 'GET', path: '/sobjects/:type/describe', handler: one },
  { method: 'GET', path: '/connect/organization', handler: organization },
];

const objectShown = ({ name, label, keyPrefix, custom }: ObjectDefinition): object => ({
  name,
  label,
  keyPrefix,
  custom,
  createable: true,
  updateable: !name.endsWith('__e'),
  queryable: !name.endsWith('__e'),
});

function all({ org }: ApiCall): StandInAnswer {
  return {
    status: 200,
    body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects: [...org.definitions.values()].map(objectShown) },
  };
}

function one({ org, request }: ApiCall): StandInAnswer {
  const definition = org.definitions.get(request.params['type'] ?? '');
  if (!definition) throw notFound();
  return {
    status: 200,
    body: { ...objectShown(definition), fields: [...definition.fields.values()].map(fieldShown) },
  };
}

const PLAIN = { length: 0, precision: 0, scale: 0, externalId: false, unique: false, caseSensitive: false };

function fieldShown(field: FieldDefinition): object {
  const { options = [], referenceTo, relationshipName = null, formula, restricted, ...rest } = field;
  const { required, readOnly, masterDetail, reparentable, ...shown } = rest;
  return {
    ...PLAIN,
    ...shown,
    createable: !readOnly,
    updateable: !readOnly && masterDetail === reparentable,
    nillable: !required,
    calculated: formula !== undefined,
    restrictedPicklist: restricted === true,
    picklistValues: options.map((value) => ({ value, label: value, active: true })),
    referenceTo: [referenceTo ?? []].flat(),
    relationshipName,
  };
}

/** The default currency is told only where there is just one. */
function organization({ org }: ApiCall): StandInAnswer {
  const { id, name, currency, currencies, timeZone } = org.seed;
  const multiCurrency = currencies !== undefined;
  return {
    status: 200,
    body: {
      orgId: id,
      name,
      accessTimeout: 120,
      features: { multiCurrency, defaultCurrencyIsoCode: multiCurrency ? null : currency },
      userSettings: { timeZone: { name: timeZone } },
    },
  };
}
