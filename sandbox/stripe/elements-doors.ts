// What the payment frame and the 3-D Secure page call; outside the API, so that card numbers are in no recording.
import { z } from 'zod';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { identify } from './auth.ts';
import { completeChallenge } from './confirm.ts';
import type { Context } from './context.ts';
import { docUrl, Refusal } from './errors.ts';
import { bankMethod, cardFromNumber } from './methods.ts';
import { completeSetup } from './setup-intents.ts';
import type { AccountState, World } from './state.ts';

const entry = z.strictObject({
  card: z
    .strictObject({
      number: z.string().regex(/^\d{12,19}$/),
      exp_month: z.int(),
      exp_year: z.int(),
      cvc: z.string().regex(/^\d{3,4}$/),
    })
    .optional(),
  bank: z
    .strictObject({
      type: z.enum(['us_bank_account', 'sepa_debit']),
      account: z.string().min(4),
      routing: z.string().optional(),
    })
    .optional(),
  name: z.string().optional(),
  email: z.string().optional(),
});
const outcome = z.strictObject({ client_secret: z.string(), outcome: z.enum(['pass', 'fail']) });

type ContextFor = (account: AccountState) => Context;

export function elementsDoors(world: World, contextFor: ContextFor): Route[] {
  return [
    {
      method: 'POST',
      path: '/_elements/payment_methods',
      handler: (request) =>
        answer(() => {
          const { account } = identify(world, request.headers);
          return enter(contextFor(account), entry.parse(json(request)));
        }),
    },
    {
      method: 'POST',
      path: '/_elements/challenge',
      handler: (request) => answer(() => finish(world, contextFor, outcome.parse(json(request)))),
    },
  ];
}

function json(request: StandInRequest): unknown {
  return JSON.parse(request.raw.toString('utf8'));
}

function enter(ctx: Context, wish: z.infer<typeof entry>): object {
  const billing = { name: wish.name, email: wish.email };
  if (wish.bank) return { id: bankMethod(ctx, wish.bank, billing).id };
  if (!wish.card) throw new Error('neither a card nor a bank account');
  const { exp_month: expMonth, exp_year: expYear, number } = wish.card;
  const now = new Date(ctx.now * 1000);
  if (expYear * 12 + expMonth < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1) throw expired();
  return { id: cardFromNumber(ctx, { number, expMonth, expYear }, billing).id };
}

function expired(): Refusal {
  return new Refusal(402, {
    code: 'invalid_expiry_year',
    doc_url: docUrl('invalid_expiry_year'),
    message: "Your card's expiration year is in the past.",
    param: 'exp_year',
    type: 'card_error',
  });
}

/** The intent after the customer's answer, or the failure it carries. */
function finish(world: World, contextFor: ContextFor, wish: z.infer<typeof outcome>): object {
  const passed = wish.outcome === 'pass';
  for (const account of world.accounts.values()) {
    const ctx = contextFor(account);
    const id = wish.client_secret.split('_secret_')[0] ?? '';
    const intent = account.tables.payment_intents.get(id);
    const setup = account.tables.setup_intents.get(id);
    if (intent?.client_secret === wish.client_secret) {
      completeChallenge(ctx, intent, passed);
      return intent.last_payment_error
        ? { error: { ...intent.last_payment_error, payment_intent: intent } }
        : intent;
    }
    if (setup?.client_secret === wish.client_secret) {
      completeSetup(ctx, setup, passed);
      return setup.last_setup_error ? { error: { ...setup.last_setup_error, setup_intent: setup } } : setup;
    }
  }
  throw new Refusal(404, { message: 'No such client secret', type: 'invalid_request_error' });
}

function answer(work: () => object): StandInAnswer {
  try {
    return { status: 200, body: structuredClone(work()) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { error: error.body } };
    return { status: 400, body: { error: { message: String(error), type: 'invalid_request_error' } } };
  }
}
