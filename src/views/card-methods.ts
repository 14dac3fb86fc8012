// The saved methods of a card: in words, whose they are, and whether their payer agreed to being charged.
import { methodText } from '../ledger/method-text.ts';
import type { Entry } from '../ledger/fold.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MethodView } from './card-schema.ts';

export type SavedMethod = { account: string; customerId: string | null; view: MethodView };

/** A method may be charged while the payer is away only where they agreed to it when they paid. */
export function savedMethods({ mandate, payment, method }: Ledger): SavedMethod[] {
  const agreed = new Set(mandate.filter(({ body }) => body.active).map(({ body }) => body.paymentId));
  const consented = new Set(
    payment
      .filter(({ id, body }) => agreed.has(id) && body.status === 'succeeded')
      .map(({ body }) => body.methodId),
  );
  return method
    .filter(({ body }) => body.attached)
    .map(({ id, account, body }) => ({
      account,
      customerId: body.customerId,
      view: {
        id,
        text: methodText(body),
        expiresText: body.expires ? `Expires ${body.expires.slice(5)}/${body.expires.slice(2, 4)}` : null,
        chargeable: consented.has(id),
      },
    }));
}

/** Ids of the methods an invoice may be charged to: those of its own payer. */
export const chargeableFor = (
  saved: readonly SavedMethod[],
  { account, body }: Pick<Entry<'invoice'>, 'account' | 'body'>,
): string[] =>
  saved
    .filter((one) => one.account === account && one.customerId === body.customerId && one.view.chargeable)
    .map(({ view }) => view.id);
