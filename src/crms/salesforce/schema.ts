// Sees that the package is in the org with every field, and that whoever connected may write them; makes nothing itself.
import { z } from 'zod';
import { crmNotReady, crmUnavailable } from '../../errors.ts';
import type { Crm, CrmConnection, MirrorKind } from '../crm.ts';
import { API_VERSION, type Ask, type AskFor } from './client.ts';
import { TYPES } from './read.ts';
import type { Names, ObjectSpec } from './schema/names.ts';
import type { Orgs } from './schema/org.ts';

/** Objects of ours that this adapter writes. */
export const MIRRORED: readonly MirrorKind[] = [
  'subscription',
  'invoice',
  'line',
  'payment',
  'allocation',
  'refund',
  'dispute',
];

/** More would help nobody: they have one cause. */
const MOST_NAMED = 8;

const fieldShape = z.object({
  name: z.string(),
  createable: z.boolean(),
  updateable: z.boolean(),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean() })),
});

const answerShape = z.object({
  compositeResponse: z.array(
    z.object({ httpStatusCode: z.number(), body: z.unknown(), referenceId: z.string() }),
  ),
});
const describedShape = z.object({ fields: z.array(fieldShape) });

type Field = z.infer<typeof fieldShape>;

export const createProvision =
  (askFor: AskFor, orgs: Orgs): Crm['provision'] =>
  async (connection: CrmConnection) => {
    orgs.forget(connection);
    const missing = await createLacks(askFor, orgs)(connection);
    if (missing.length > 0) throw notReady(missing);
    return { created: 0, capabilities: { mirrorInvoices: true, commercePayments: true } };
  };

export const createLacks =
  (askFor: AskFor, orgs: Orgs): Crm['lacks'] =>
  async (connection: CrmConnection) => {
    const { names } = await orgs.of(connection);
    const wanted = wantedObjects(names);
    const described = await describeAll(askFor(connection), [...wanted.keys()]);
    return [...wanted].flatMap(([object, spec]) => missingIn(object, spec, described.get(object)));
  };

const wantedObjects = (names: Names): Map<string, ObjectSpec> =>
  new Map([
    ...Object.values(TYPES).map((type) => [type, names.summary] as const),
    ...MIRRORED.map((kind) => [names.mirror(kind).name, names.mirror(kind)] as const),
    [names.event.name, names.event],
  ]);

/** In one call; an object that the user cannot see is not there. */
async function describeAll(ask: Ask, objects: string[]): Promise<Map<string, Field[]>> {
  const compositeRequest = objects.map((object) => ({
    method: 'GET',
    url: `/services/data/v${API_VERSION}/sobjects/${object}/describe`,
    referenceId: object,
  }));
  const answer = answerShape.safeParse(
    await ask({ method: 'POST', path: '/composite', body: { compositeRequest, allOrNone: false } }),
  );
  if (!answer.success) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
  return new Map(
    answer.data.compositeResponse.map(({ httpStatusCode, body, referenceId }) => {
      const described = describedShape.safeParse(body);
      if (httpStatusCode >= 500)
        throw crmUnavailable({ context: { vendor: 'salesforce', status: httpStatusCode } });
      return [referenceId, described.data?.fields ?? []];
    }),
  );
}

/** A field may be there and still be only for reading, or lack a word that a later version of the package brought. */
function missingIn(object: string, spec: ObjectSpec, fields: Field[] = []): string[] {
  const known = new Map(fields.map((field) => [field.name, field]));
  const isEvent = object.endsWith('__e');
  return [...spec.fields.values()].flatMap(({ name }) => {
    const field = known.get(name);
    const isWritable = field !== undefined && (field.updateable || (isEvent && field.createable));
    if (!isWritable) return [`${object}.${name}`];
    const active = new Set(field.picklistValues.flatMap(({ value, active: on }) => (on ? [value] : [])));
    const lost = (spec.options.get(name) ?? []).filter((word) => !active.has(word));
    return lost.map((word) => `${object}.${name}: ${word}`);
  });
}

function notReady(missing: string[]): Error {
  const named = missing.slice(0, MOST_NAMED).join(', ');
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  return crmNotReady({
    publicMessage: `Payside cannot write these fields: ${named}${more}. Assign the permission set “Payside Integration” to the user who connects Payside, or update the package, then start again.`,
    context: { vendor: 'salesforce' },
  });
}
