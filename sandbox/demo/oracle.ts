// Judges the demo by the stand-ins' own objects and by what reached the connector; knows nothing of its insides.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { StripeStandIn } from '../stripe/start.ts';

/** Invoices made for a deal that the gateway calls paid. */
export const paidInvoices = (stripe: StripeStandIn, accountId: string, dealId: string): number =>
  stripe
    .account(accountId)
    .all('invoices')
    .filter(
      (invoice) =>
        invoice.status === 'paid' &&
        String(invoice.metadata?.['payside_record'] ?? '').endsWith(`|${dealId}`),
    ).length;

/** Watches everything a browser sends to the connector for a card number. */
export function watchForPans(pages: Page[], connectorUrl: string, pans: readonly string[]): () => number {
  let seen = 0;
  const digits = (text: string): string =>
    decodeURIComponent(text.replaceAll('+', ' ').replaceAll(/%(?![0-9a-f]{2})/gi, '')).replaceAll(/\D/g, '');
  for (const page of pages) {
    page.on('request', (request) => {
      if (!request.url().startsWith(connectorUrl)) return;
      const sent = digits(`${request.url()} ${request.postData() ?? ''}`);
      if (pans.some((pan) => sent.includes(pan))) seen += 1;
    });
  }
  return () => seen;
}

/** Files of a folder, however deep, that hold one of these texts. */
export function filesHolding(folder: string, texts: readonly string[]): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some((text) => bytes.includes(text));
    }).length;
}
