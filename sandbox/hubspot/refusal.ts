// HubSpot's error answers: one error class that carries the status and the body to send.
import { randomUUID } from 'node:crypto';
import type { StandInAnswer } from '../stand-in/server.ts';

export type ErrorDetail = { message: string; code?: string; in?: string; context?: Record<string, string[]> };

type More = {
  subCategory?: string;
  errors?: ErrorDetail[];
  context?: Record<string, string[]>;
  headers?: Record<string, string>;
  /** Further fields that only some of HubSpot's errors carry. */
  fields?: Record<string, string>;
};

export class Refusal extends Error {
  readonly answer: StandInAnswer;

  constructor(status: number, category: string, message: string, more: More = {}) {
    super(message);
    this.name = 'Refusal';
    const { headers, fields, ...rest } = more;
    this.answer = {
      status,
      ...(headers ? { headers } : {}),
      body: { status: 'error', message, correlationId: randomUUID(), category, ...fields, ...rest },
    };
  }
}

export const invalid = (message: string, errors?: ErrorDetail[]): Refusal =>
  new Refusal(400, 'VALIDATION_ERROR', message, errors ? { errors } : {});

export const notFound = (message = 'resource not found'): Refusal =>
  new Refusal(404, 'OBJECT_NOT_FOUND', message);

export const conflict = (message: string): Refusal => new Refusal(409, 'CONFLICT', message);

export const unauthenticated = (message: string): Refusal =>
  new Refusal(401, 'INVALID_AUTHENTICATION', message, { fields: { error: 'invalid_token' } });

/** One entry of `errors` in a 207 answer. */
export type BatchProblem = {
  status: 'error';
  category: string;
  subCategory?: string;
  message: string;
  context: Record<string, string[]>;
  errors: ErrorDetail[];
  links: Record<string, string>;
};

export function batchProblem(
  category: string,
  message: string,
  context: Record<string, string[]>,
): BatchProblem {
  return { status: 'error', category, message, context, errors: [], links: {} };
}
