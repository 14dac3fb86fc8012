// An invoice held in memory behind the pay page's port, served by the real router on a free port.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { payRouter, type PayDeps, type SessionRequest } from '../../src/http/pay/router.ts';
import { amount } from '../../src/views/amount.ts';
import type { PayView } from '../../src/views/pay-schema.ts';

export type Intent = {
  id: string;
  secret: string;
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded';
  last_payment_error: { type: string; code: string; decline_code?: string } | null;
};

export type World = {
  token: string;
  /** Another link of the same merchant, which begins like the first. */
  otherToken: string;
  /** What the view says, in the words of the locale it is asked in. */
  change: Partial<PayView>;
  due: number;
  currency: string;
  intent: Intent;
  sessions: SessionRequest[];
  stages: string[];
  limitedKeys: string[];
  /** Keys beginning with one of these are over their limit. */
  full: string[];
  broken: boolean;
};

export function createWorld(change: Partial<PayView> = {}): World {
  const token = randomBytes(24).toString('base64url');
  return {
    token,
    otherToken: token.slice(0, 20) + randomBytes(9).toString('base64url'),
    change,
    due: 123_450,
    currency: 'EUR',
    intent: newIntent(),
    sessions: [],
    stages: [],
    limitedKeys: [],
    full: [],
    broken: false,
  };
}

export function newIntent(): Intent {
  const id = `pi_${randomBytes(8).toString('hex')}`;
  const secret = `${id}_secret_${randomBytes(8).toString('hex')}`;
  return { id, secret, status: 'requires_payment_method', last_payment_error: null };
}

export function viewOf(world: World, locale: string): PayView {
  const money = (amountMinor: number) => amount({ amountMinor, currency: world.currency }, locale);
  return {
    state: 'ready',
    testMode: true,
    merchant: { name: 'Northwind Atelier', logoUrl: null, color: '#0b6b58' },
    number: 'NW-2041',
    memo: 'Spring campaign, second instalment',
    lines: [
      { description: 'Photography, two days on site', quantity: '2', amount: money(80_000) },
      { description: 'Retouching, per hour', quantity: '4.5', amount: money(23_739) },
    ],
    tax: money(19_711),
    total: money(123_450),
    due: money(world.due),
    dueDate: '2031-03-14',
    overdue: false,
    receipt: null,
    saveForLater: null,
    hostedUrl: null,
    ...world.change,
  };
}

export const receiptIn = (world: World): NonNullable<PayView['receipt']> => ({
  amount: amount({ amountMinor: world.due, currency: world.currency }, 'en-US'),
  paidAt: '2031-03-02T14:05:00Z',
  methodText: 'Visa •••• 4242',
});

function depsOf(world: World, gateway: string): PayDeps {
  return {
    async load(token, locale) {
      if (world.broken) throw new Error('the store does not answer');
      return token === world.token ? viewOf(world, locale) : null;
    },
    hosted: async () => null,
    async session(token, request) {
      if (token !== world.token) return null;
      world.sessions.push(request);
      const view = viewOf(world, request.locale);
      if (view.state !== 'ready') return { ok: false, view };
      return {
        ok: true,
        clientSecret: world.intent.secret,
        publishableKey: 'pk_test_sample',
        amount: view.due,
      };
    },
    async progress(_token, stage) {
      world.stages.push(stage);
    },
    gateway: { script: gateway, scripts: [], frames: [gateway], connect: [gateway] },
    isLink: (token) => token === world.token || token === world.otherToken,
    async limit(key) {
      world.limitedKeys.push(key);
      return !world.full.some((full) => key.startsWith(full));
    },
    trustProxyIp: (request) => request.socket.remoteAddress ?? '',
  };
}

export type Site = { origin: string; close(): Promise<void> };

export async function serve(handler: Parameters<typeof createServer>[1]): Promise<Site> {
  const server: Server = createServer(handler);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

export function servePayPage(world: World, gateway = 'https://gateway.example.com'): Promise<Site> {
  return serve(express().use(payRouter(depsOf(world, gateway))));
}
