// The pay page as its server sends it: every state in every language, and names that try to be markup.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { brandOf, contrast } from '../../src/http/pay/brand.ts';
import { assets, errorPage, payPage } from '../../src/http/pay/page.ts';
import { messages } from '../../src/http/pay/messages/messages.ts';
import { readerOf } from '../../src/http/pay/reader.ts';
import { payStates } from '../../src/views/pay-schema.ts';
import { createWorld, receiptIn, servePayPage, viewOf, type Site } from './world.ts';

const world = createWorld();
let site: Site;

beforeAll(async () => {
  site = await servePayPage(world);
});

afterAll(() => site.close());

beforeEach(() => {
  world.change = {};
  world.due = 123_450;
});

async function open(language = 'en', query = ''): Promise<string> {
  const headers = { 'accept-language': language };
  const response = await fetch(`${site.origin}/pay/${world.token}${query}`, { headers });
  expect(response.status).toBe(200);
  return response.text();
}

const headingOf = (page: string): string => /<h1[^>]*>([^<]*)<\/h1>/.exec(page)?.[1] ?? '';

const HEADINGS: Record<string, [en: string, de: string, fr: string]> = {
  ready: ['Pay €1,234.50', '1.234,50 € bezahlen', 'Payer 1 234,50 €'],
  processing: [
    'We are confirming your payment',
    'Wir bestätigen Ihre Zahlung',
    'Nous confirmons votre paiement',
  ],
  paid: [
    'This invoice is already paid',
    'Diese Rechnung ist bereits bezahlt',
    'Cette facture est déjà payée',
  ],
  expired: ['This link has expired', 'Dieser Link ist abgelaufen', 'Ce lien a expiré'],
  void: ['This invoice was cancelled', 'Diese Rechnung wurde storniert', 'Cette facture a été annulée'],
  superseded: ['This invoice was replaced', 'Diese Rechnung wurde ersetzt', 'Cette facture a été remplacée'],
  unavailable: [
    'Payment is not possible right now',
    'Eine Zahlung ist gerade nicht möglich',
    'Le paiement n’est pas possible pour le moment',
  ],
};

const plainSpaces = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('every state', () => {
  test.each(payStates)('%s has one heading, in each language', async (state) => {
    world.change = { state };
    for (const [index, language] of ['en', 'de', 'fr'].entries()) {
      const page = await open(language);
      expect(plainSpaces(headingOf(page))).toBe(HEADINGS[state]?.[index]);
      expect(page.match(/<h1/g)).toHaveLength(1);
      expect(page).toContain(`<html lang="${language}-`);
      expect(page).toContain('NW-2041');
      expect(page).not.toMatch(/\{\w+\}<|undefined|\[object/);
    }
  });

  test('a payment just made shows its receipt: amount, date, method, invoice and payee', async () => {
    world.change = { state: 'paid', receipt: receiptIn(world) };
    const page = await open('en-GB');
    expect(headingOf(page)).toBe('Payment received');
    for (const text of ['€1,234.50', '2 March 2031 at 14:05 UTC', 'Visa •••• 4242', 'Northwind Atelier'])
      expect(page).toContain(text);
    expect(page).toContain('datetime="2031-03-02T14:05:00Z"');
  });

  test('dates and amounts follow the region the reader asked for', async () => {
    const page = plainSpaces(await open('fr;q=0.3, de-CH;q=0.9'));
    expect(page).toContain('<html lang="de-CH"');
    expect(page).toContain('Fällig am 14. März 2031');
    expect(page).toContain('EUR 800.00');
  });

  test('?lang= is stronger than the browser, and unknown languages read English', async () => {
    expect(headingOf(await open('de', '?lang=fr'))).toContain('Payer');
    expect(headingOf(await open('ja', '?lang=xx'))).toContain('Pay');
  });

  test('only a test invoice carries the ribbon', async () => {
    expect(await open()).toContain('TEST MODE');
    world.change = { testMode: false };
    expect(await open()).not.toContain('TEST MODE');
  });

  test('a late invoice says so and a partly paid one says what is left', async () => {
    world.change = { overdue: true };
    world.due = 50_000;
    const page = await open();
    expect(page).toContain('Overdue');
    expect(page).toContain('To pay now');
    expect(headingOf(page)).toBe('Pay €500.00');
  });

  test('without JavaScript a payer is offered the gateway’s own page, where there is one', async () => {
    const noScript = async () => /<noscript>([\s\S]*?)<\/noscript>/.exec(await open())?.[1] ?? '';
    expect(await noScript()).not.toContain('<a ');
    world.change = { hostedUrl: 'https://gateway.example.com/invoice/1' };
    expect(await noScript()).toContain('href="https://gateway.example.com/invoice/1"');
    world.change = { hostedUrl: 'javascript:alert(1)' };
    expect(await noScript()).not.toContain('<a ');
  });

  test('the view door gives the same view as JSON, in the reader’s locale', async () => {
    const response = await fetch(`${site.origin}/pay/${world.token}/view?lang=de-DE`);
    expect(await response.json()).toEqual(viewOf(world, 'de-DE'));
  });
});

const PAYLOADS = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<svg/onload=alert(1)>',
  '</title><script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '${alert(1)}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
];

test.each(PAYLOADS)('%s stays text wherever a name can stand', (payload) => {
  const view = viewOf(world, 'en-US');
  const money = view.due;
  const hostile = {
    ...view,
    merchant: { ...view.merchant, name: payload, logoUrl: payload },
    number: payload,
    memo: payload,
    lines: [{ description: payload, quantity: payload, amount: { ...money, text: payload } }],
    receipt: { amount: money, paidAt: payload, methodText: payload },
    saveForLater: { text: payload },
    hostedUrl: payload,
    dueDate: payload,
  };
  const gateway = { script: 'https://gateway.example.com', scripts: [], frames: [], connect: [] };
  const tagsOf = (page: string) => page.match(/<[a-z!/][^>]*>/gi)?.map((tag) => tag.split(/[\s>]/)[0]);
  for (const state of payStates) {
    const page = payPage({ ...hostile, state }, readerOf('en', []), gateway).body;
    const harmless = payPage(
      { ...JSON.parse(JSON.stringify(hostile).replaceAll(JSON.stringify(payload), '"x"')), state },
      readerOf('en', []),
      gateway,
    ).body;
    expect(tagsOf(page)).toEqual(tagsOf(harmless));
    const block = /<script type="application\/json" id="pay-data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(JSON.parse(block)).toMatchObject({ state, hostedUrl: payload });
  }
});

describe('words', () => {
  test('each language says everything English says, with the same gaps', () => {
    const gaps = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const language of ['de', 'fr'] as const)
      for (const part of ['page', 'script'] as const) {
        const table: Record<string, string> = messages[language][part];
        const english: Record<string, string> = messages.en[part];
        expect(Object.keys(table).sort()).toEqual(Object.keys(english).sort());
        for (const [key, text] of Object.entries(english)) {
          expect(table[key]?.trim(), `${language} ${key}`).not.toBe('');
          expect(gaps(table[key] ?? ''), `${language} ${key}`).toEqual(gaps(text));
        }
      }
  });

  test('an error page names its reason in the reader’s language and nothing else', () => {
    expect(headingOf(errorPage(404, 'de-AT'))).toBe('Dieser Link funktioniert nicht');
    expect(headingOf(errorPage(429, 'fr'))).toBe('Trop de tentatives');
    expect(headingOf(errorPage(500, 'en'))).toBe(headingOf(errorPage(503, 'en')));
    expect(errorPage(404, 'en')).toContain(assets.style);
    expect(errorPage(404, 'en')).not.toContain('<script');
  });
});

test.each([
  '#000000',
  '#ffffff',
  '#767676',
  '#777777',
  '#ff0000',
  '#ffe45c',
  '#0b6b58',
  '#00ff00',
  '#8a8a00',
])('text on and in the merchant colour %s reaches 4.5:1', (color) => {
  const { onColor, ink, edge } = brandOf(color);
  expect(contrast(onColor, color)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(ink, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(edge, '#ffffff')).toBeGreaterThanOrEqual(3);
});
