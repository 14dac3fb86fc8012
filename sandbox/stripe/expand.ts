// expand[]: ids in an answer become the objects they name, on copies.
import { invalid } from './errors.ts';
import { embedded } from './lists.ts';
import type { AccountState } from './state.ts';
import type { Kind } from './shapes.ts';

const KIND_OF_PREFIX: Record<string, Kind> = {
  cus: 'customers',
  cbtxn: 'customer_balance_transactions',
  txr: 'tax_rates',
  in: 'invoices',
  inpay: 'invoice_payments',
  pi: 'payment_intents',
  seti: 'setup_intents',
  pm: 'payment_methods',
  ch: 'charges',
  py: 'charges',
  re: 'refunds',
  pyr: 'refunds',
  cn: 'credit_notes',
  du: 'disputes',
  sub: 'subscriptions',
  txn: 'balance_transactions',
};

type Plain = Record<string, unknown>;

const INCLUDED: Record<string, (account: AccountState, object: Plain) => unknown> = {
  'invoice.payments': (account, invoice) =>
    embedded(
      [...account.tables.invoice_payments.values()].filter((payment) => payment.invoice === invoice['id']),
      `/v1/invoices/${String(invoice['id'])}/payments`,
    ),
  'customer.invoice_credit_balance': (_account, { balance, currency }) =>
    currency ? { [String(currency)]: -Number(balance) } : {},
  'invoice.confirmation_secret': (account, invoice) => confirmationSecret(account, String(invoice['id'])),
  'charge.refunds': (account, charge) =>
    embedded(
      [...account.tables.refunds.values()].filter((refund) => refund.charge === charge['id']),
      `/v1/charges/${String(charge['id'])}/refunds`,
    ),
};

/** The answer with every wished path expanded, on a copy; without wishes it is the answer itself. */
export function expanded(account: AccountState, answer: object, paths: readonly string[]): Plain {
  if (paths.length === 0) return answer as Plain;
  const copy = plainCopy(answer);
  for (const path of paths) expandPath(account, copy, path.split('.'), path);
  return copy;
}

/** A copy as JSON would carry it. */
export function plainCopy(object: object): Plain {
  return JSON.parse(JSON.stringify(object)) as Plain;
}

function expandPath(account: AccountState, node: unknown, parts: string[], whole: string): void {
  const [head, ...rest] = parts;
  if (head === undefined || node === null) return;
  if (Array.isArray(node)) {
    for (const entry of node) expandPath(account, entry, parts, whole);
    return;
  }
  if (typeof node !== 'object') throw cannotExpand(whole);
  const object = node as Plain;
  const value = include(account, object, head) ?? object[head];
  if (value === undefined) {
    if (OPTIONAL.has(head)) return;
    throw cannotExpand(whole);
  }
  object[head] = typeof value === 'string' ? lookUp(account, value, whole) : value;
  expandPath(account, object[head], rest, whole);
}

const OPTIONAL = new Set(['charge', 'payment_intent', 'payment_method', 'test_clock']);

function include(account: AccountState, object: Plain, field: string): unknown {
  return structuredClone(INCLUDED[`${String(object['object'])}.${field}`]?.(account, object));
}

function lookUp(account: AccountState, id: string, path: string): Plain {
  const kind = KIND_OF_PREFIX[id.split('_')[0] ?? ''];
  if (!kind) throw cannotExpand(path);
  if (account.hidden.deletedCustomers.has(id)) return { id, object: 'customer', deleted: true };
  const found = account.tables[kind].get(id);
  if (!found) throw cannotExpand(path);
  return plainCopy(found);
}

function confirmationSecret(account: AccountState, invoice: string): unknown {
  for (const payment of account.tables.invoice_payments.values()) {
    if (payment.invoice !== invoice || !payment.is_default) continue;
    const intent = account.tables.payment_intents.get(payment.payment.payment_intent);
    return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null;
  }
  return null;
}

function cannotExpand(path: string) {
  return invalid(
    `This property cannot be expanded (${path}). You may want to try expanding 'data.${path}', or check the API reference.`,
    undefined,
    'expand',
  );
}
