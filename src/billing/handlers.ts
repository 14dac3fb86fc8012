// The operations by kind.
import { chargeSavedMethod } from './charge-saved-method.ts';
import { assignPayer } from './assign-payer.ts';
import { createInvoice } from './create-invoice.ts';
import { createLink } from './create-link.ts';
import { releasePayer } from './release-payer.ts';
import { returnCredit } from './return-credit.ts';
import { sendInvoice } from './send-invoice.ts';
import { voidInvoice } from './void-invoice.ts';
import type { OperationKind } from '../views/card-schema.ts';
import type { Handler } from './operation.ts';

const handlers: { [K in OperationKind]: Handler<K> } = {
  'create-invoice': createInvoice,
  'send-invoice': sendInvoice,
  'void-invoice': voidInvoice,
  'create-link': createLink,
  'charge-saved-method': chargeSavedMethod,
  'return-credit': returnCredit,
  'assign-payer': assignPayer,
  'release-payer': releasePayer,
};

/** Whoever calls it has the request of the same kind, read by that kind's schema. */
export const handlerOf = (kind: OperationKind): Handler<OperationKind> =>
  handlers[kind] as Handler<OperationKind>;
