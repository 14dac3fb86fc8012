// Refusals of the Stripe stand-in, in Stripe's error shape.

export type ErrorBody = {
  type: string;
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  payment_intent?: object;
  payment_method?: object;
  setup_intent?: object;
  doc_url?: string;
  request_log_url?: string;
};

export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
  }
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/** A 400 of type invalid_request_error; `code` and `param` as Stripe names them. */
export function invalid(message: string, code?: string, param?: string): Refusal {
  return new Refusal(400, {
    ...(code ? { code, doc_url: docUrl(code) } : {}),
    message,
    ...(param ? { param } : {}),
    type: 'invalid_request_error',
  });
}

/** No object of that kind under that id; a path id answers 404, a parameter 400 in Stripe's manner. */
export function missing(noun: string, id: string, param: string): Refusal {
  return new Refusal(param === 'id' ? 404 : 400, {
    code: 'resource_missing',
    doc_url: docUrl('resource_missing'),
    message: `No such ${noun}: '${id}'`,
    param,
    type: 'invalid_request_error',
  });
}
