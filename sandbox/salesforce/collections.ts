// Up to 200 records in one call: updated by id, upserted by external id, or made, each with a result of its own.
import type { StandInAnswer } from '../stand-in/server.ts';
import { jsonOf, type ApiCall } from './api.ts';
import { publish } from './events.ts';
import { createRecord, updateRecord, upsertRecord } from './records.ts';
import { RecordRefusal, Refusal } from './refusal.ts';
import type { ApiRoute } from './routes.ts';

const MOST = 200;

type Given = Record<string, unknown>;
type Result = { id?: string; success: boolean; created?: boolean; errors: object[] };

export const collectionRoutes: readonly ApiRoute[] = [
  { method: 'POST', path: '/composite/sobjects', handler: (call) => each(call, create) },
  { method: 'PATCH', path: '/composite/sobjects', handler: (call) => each(call, update) },
  { method: 'PATCH', path: '/composite/sobjects/:type/:field', handler: (call) => each(call, upsert) },
];

function each(call: ApiCall, act: (call: ApiCall, type: string, given: Given) => Result): StandInAnswer {
  const { records, allOrNone = false } = jsonOf(call.request);
  if (!Array.isArray(records) || records.length === 0 || records.length > MOST)
    throw new Refusal(
      400,
      'INVALID_BATCH_SIZE',
      `A collection takes 1 to ${MOST} records; it has ${Array.isArray(records) ? records.length : 'none'}`,
    );
  if (allOrNone !== false)
    throw new Refusal(400, 'STAND_IN_LIMIT', 'The product writes without allOrNone; nothing else is played');
  const results = (records as Given[]).map((given) => {
    try {
      return act(call, typeOf(given), given);
    } catch (error) {
      if (error instanceof RecordRefusal) return refused(error);
      throw error;
    }
  });
  return { status: 200, body: results };
}

function typeOf(given: Given): string {
  const { attributes } = given;
  const isNamed = typeof attributes === 'object' && attributes !== null && 'type' in attributes;
  if (isNamed && typeof attributes.type === 'string') return attributes.type;
  throw new Refusal(400, 'INVALID_INPUT', 'Include a type in the attributes of every record');
}

const refused = ({ statusCode, message, fields }: RecordRefusal): Result => ({
  success: false,
  errors: [{ statusCode, message, fields }],
});

const done = (id: string): Result => ({ id, success: true, errors: [] });

function create({ place }: ApiCall, type: string, given: Given): Result {
  if (type.endsWith('__e')) return done(publish(place, type, given));
  return done(createRecord(place, type, given).id);
}

function update({ place }: ApiCall, type: string, given: Given): Result {
  const { id, Id = id, ...values } = given;
  if (typeof Id !== 'string')
    throw new RecordRefusal('MISSING_ARGUMENT', 'Id not specified in an update call');
  return done(updateRecord(place, type, Id, values).id);
}

/** The id has no place in an upsert, and every record is of the type in the address. */
function upsert({ place, request }: ApiCall, type: string, given: Given): Result {
  const { type: wanted = '', field = '' } = request.params;
  if (type !== wanted || 'id' in given || 'Id' in given)
    throw new Refusal(400, 'INVALID_INPUT', `Every record must be a ${wanted} without an id`);
  const { record, created } = upsertRecord(place, type, field, given);
  return { ...done(record.id), created };
}
