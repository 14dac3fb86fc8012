// The error classes of the connector: what failed, whether trying again helps, and what a person may be told.

/** `never`: the same call fails again; `later`: it may succeed; `after-reauth`: an admin must reconnect first. */
export type RetryClass = 'never' | 'later' | 'after-reauth';

export type ErrorDetails = {
  code: string;
  retry: RetryClass;
  /** HTTP status at our own doors. */
  status: number;
  /** Safe to show to a rep; says what to do next. */
  publicMessage: string;
  /** Ids only; never bodies, tokens or personal data. */
  context?: Record<string, string | number | boolean | undefined>;
  cause?: unknown;
  /** Milliseconds the other side asked us to wait. */
  retryAfterMs?: number | undefined;
};

export class ConnectorError extends Error {
  readonly code: string;
  readonly retry: RetryClass;
  readonly status: number;
  readonly publicMessage: string;
  readonly context: Record<string, string | number | boolean | undefined>;
  readonly retryAfterMs: number | undefined;

  constructor(details: ErrorDetails) {
    super(details.code, { cause: details.cause });
    this.name = 'ConnectorError';
    this.code = details.code;
    this.retry = details.retry;
    this.status = details.status;
    this.publicMessage = details.publicMessage;
    this.context = details.context ?? {};
    this.retryAfterMs = details.retryAfterMs;
  }
}

type Extra = Partial<Pick<ErrorDetails, 'context' | 'cause' | 'publicMessage' | 'retryAfterMs'>>;

const make = (base: Omit<ErrorDetails, 'context' | 'cause'>) =>
  function error(extra: Extra = {}): ConnectorError {
    return new ConnectorError({ ...base, ...extra });
  };

export const requestInvalid = make({
  code: 'request_invalid',
  retry: 'never',
  status: 400,
  publicMessage: 'The request was not understood.',
});

export const signatureInvalid = make({
  code: 'signature_invalid',
  retry: 'never',
  status: 401,
  publicMessage: 'The caller could not be verified.',
});

export const notFound = make({
  code: 'not_found',
  retry: 'never',
  status: 404,
  publicMessage: 'Nothing was found here.',
});

export const reauthRequired = make({
  code: 'reauth_required',
  retry: 'after-reauth',
  status: 409,
  publicMessage:
    'The connection to this account has ended. Ask an admin to reconnect it in the Payside settings.',
});

export const gatewayRejected = make({
  code: 'gateway_rejected',
  retry: 'never',
  status: 422,
  publicMessage: 'The payment gateway refused this.',
});

export const gatewayUnavailable = make({
  code: 'gateway_unavailable',
  retry: 'later',
  status: 503,
  publicMessage: 'The payment gateway did not answer. Payside keeps checking; nothing is done twice.',
});

export const crmRejected = make({
  code: 'crm_rejected',
  retry: 'never',
  status: 422,
  publicMessage: 'The CRM refused this change.',
});

export const crmNotReady = make({
  code: 'crm_not_ready',
  retry: 'never',
  status: 409,
  publicMessage: 'Something has to be set up in the CRM first.',
});

/** Unlike credentials that ended: new ones would be refused the same way, until an admin grants what is missing. */
export const accessDenied = make({
  code: 'access_denied',
  retry: 'after-reauth',
  status: 409,
  publicMessage: 'The CRM does not let Payside do this. Ask an admin to grant the missing permission.',
});

export const crmUnavailable = make({
  code: 'crm_unavailable',
  retry: 'later',
  status: 503,
  publicMessage: 'The CRM did not answer. The change is kept and sent again.',
});

export const rateLimited = make({
  code: 'rate_limited',
  retry: 'later',
  status: 429,
  publicMessage: 'Too many requests at once. Try again in a moment.',
});

export const storeUnavailable = make({
  code: 'store_unavailable',
  retry: 'later',
  status: 503,
  publicMessage: 'Payside cannot save right now. Try again in a moment.',
});

/** Marks a store in which nothing was ever kept: a first start is ahead, and no loss behind. */
export const NOTHING_KEPT = { kept: false } as const;

export const configInvalid = make({
  code: 'config_invalid',
  retry: 'never',
  status: 500,
  publicMessage: 'The settings of the connector are not complete.',
});

/** Anything unrecognised becomes `internal`, so that every catch deals with one type. */
export function asConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return new ConnectorError({
    code: 'internal',
    retry: 'later',
    status: 500,
    publicMessage: 'Something went wrong in Payside. Try again; if it stays, tell your admin.',
    cause: error,
  });
}
