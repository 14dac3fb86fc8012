// Salesforce's two kinds of error: one that refuses a whole request, one that refuses a record among others.
import type { StandInAnswer } from '../stand-in/server.ts';

/** Refuses the whole request: a list with a message and an `errorCode`. */
export class Refusal extends Error {
  readonly answer: StandInAnswer;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.answer = { status, body: [{ message, errorCode }] };
  }
}

/** Refuses one record: in a collection it stands beside the others, in a call of its own it is a 400. */
export class RecordRefusal extends Error {
  readonly statusCode: string;
  readonly fields: readonly string[];

  constructor(statusCode: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.name = 'RecordRefusal';
    this.statusCode = statusCode;
    this.fields = fields;
  }
}

export const sessionInvalid = (): Refusal =>
  new Refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');

export const notFound = (message = 'The requested resource does not exist'): Refusal =>
  new Refusal(404, 'NOT_FOUND', message);

export const noSuchType = (type: string): Refusal =>
  new Refusal(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`);

export const noSuchField = (field: string, type: string): Refusal =>
  new Refusal(400, 'INVALID_FIELD', `No such column '${field}' on sobject of type ${type}`);

/** The refusal's answer; anything else is the stand-in's own mistake and shows as a 500. */
export function answerOf(error: unknown): StandInAnswer {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof RecordRefusal) {
    const { statusCode: errorCode, message, fields } = error;
    const status = errorCode === 'ENTITY_IS_DELETED' ? 404 : 400;
    return { status, body: [{ message, errorCode, fields }] };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(500, 'STAND_IN_BUG', message).answer;
}
