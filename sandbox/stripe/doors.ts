// The sandbox's own doors: what banks and payers do, on request, and a look at all objects.
import { z } from 'zod';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import type { Context } from './context.ts';
import { closeDispute, openDispute } from './disputes.ts';
import { Refusal } from './errors.ts';
import { failLate, settle } from './late-results.ts';
import { failRefund } from './refunds.ts';
import { find, type AccountState, type World } from './state.ts';
import type { Kind } from './shapes.ts';

type ContextFor = (account: AccountState) => Context;

/** Doors read JSON bodies and answer with the object they changed, or 400 and why not. */
export function sandboxDoors(world: World, contextFor: ContextFor): Route[] {
  const door = <T>(path: string, schema: z.ZodType<T>, open: Door<T>): Route => ({
    method: 'POST',
    path: `/_sandbox/${path}`,
    handler: (request) =>
      answer(request, schema, (wish) => open((kind, id) => ownerOf(world, contextFor, kind, id), wish)),
  });
  return [
    door('settle', z.strictObject({ payment_intent: z.string() }), (at, { payment_intent: id }) =>
      settle(at('payment_intents', id), id),
    ),
    door('fail-late', z.strictObject({ payment_intent: z.string() }), (at, { payment_intent: id }) =>
      failLate(at('payment_intents', id), id),
    ),
    door(
      'dispute',
      z.strictObject({ charge: z.string(), amount: z.int().optional() }),
      (at, { charge: id, amount }) => {
        const ctx = at('charges', id);
        const charge = find(ctx.account, 'charges', id, 'charge');
        return openDispute(ctx, charge, amount ?? charge.amount - charge.amount_refunded);
      },
    ),
    door(
      'dispute/close',
      z.strictObject({ dispute: z.string(), status: z.enum(['won', 'lost']) }),
      (at, wish) => closeDispute(at('disputes', wish.dispute), wish.dispute, wish.status),
    ),
    door('refund/fail', z.strictObject({ refund: z.string() }), (at, { refund: id }) =>
      failRefund(at('refunds', id), id),
    ),
  ];
}

type At = (kind: Kind, id: string) => Context;
type Door<T> = (at: At, wish: T) => object;

function ownerOf(world: World, contextFor: ContextFor, kind: Kind, id: string): Context {
  for (const account of world.accounts.values()) if (account.tables[kind].has(id)) return contextFor(account);
  throw new Refusal(404, { message: `Nothing is called ${id}`, type: 'invalid_request_error' });
}

function answer<T>(request: StandInRequest, schema: z.ZodType<T>, open: (wish: T) => object): StandInAnswer {
  try {
    return {
      status: 200,
      body: structuredClone(open(schema.parse(JSON.parse(request.raw.toString('utf8'))))),
    };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { error: error.body } };
    return { status: 400, body: { error: { message: String(error), type: 'invalid_request_error' } } };
  }
}

/** All objects of a kind over all accounts, each with the account it belongs to. */
export function objectsOf(world: World, kind: string): object[] {
  return [...world.accounts.values()].flatMap((account): object[] => {
    const shown = { account: account.definition.id };
    if (kind === 'pan_seen') return account.hidden.panSeen.map((seen) => ({ ...shown, ...seen }));
    if (!(kind in account.tables)) return [];
    return [...account.tables[kind as Kind].values()].map((object) => ({
      ...shown,
      ...structuredClone(object),
    }));
  });
}
