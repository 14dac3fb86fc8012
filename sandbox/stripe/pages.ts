// What browsers get from the stand-in: its script, the payment frame, the 3-D Secure page and the hosted invoice.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Route, StandInAnswer } from '../stand-in/server.ts';
import { readable } from './money.ts';
import { escaped, page } from './page.ts';
import type { Invoice } from './shapes.ts';
import type { AccountState, World } from './state.ts';

/** A browser file as plain JavaScript; wrapped, so that nothing of it becomes global. */
function script(name: string): StandInAnswer {
  const source = readFileSync(new URL(`browser/${name}.ts`, import.meta.url), 'utf8');
  const code = stripTypeScriptTypes(source);
  return {
    status: 200,
    body: `(() => {\n${code}\n})();\n`,
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*' },
  };
}

const FRAME =
  '<main class="frame"><h1 class="unseen">Payment details</h1><form></form></main><script src="/_elements/payment-frame.js"></script>';
const CHALLENGE = `<main><h1>3D Secure test page</h1><p>Your bank asks whether this payment is yours.</p>
<button id="pass">Complete authentication</button> <button id="fail">Fail authentication</button></main>
<script src="/_elements/challenge-frame.js"></script>`;

type Hosted = { account: AccountState; invoice: Invoice };

function hostedAt(world: World, token: string): Hosted | undefined {
  for (const account of world.accounts.values()) {
    const invoice = account.tables.invoices.get(account.hidden.hosted.get(token) ?? '');
    if (invoice) return { account, invoice };
  }
  return undefined;
}

function missingPage(): StandInAnswer {
  return { ...page('Not found', '<main><h1>There is nothing here</h1></main>'), status: 404 };
}

function invoicePage(world: World, token: string): StandInAnswer {
  const hosted = hostedAt(world, token);
  if (!hosted) return missingPage();
  const { account, invoice } = hosted;
  const { name, publishableKey } = account.definition;
  const rows = (account.hidden.lines.get(invoice.id) ?? [])
    .map((line) => `<li>${escaped(line.description ?? '')}: ${readable(line.amount, line.currency)}</li>`)
    .join('');
  const secret = invoice.status === 'open' ? secretOf(account, invoice) : undefined;
  const pay = secret
    ? `<section id="pay" data-key="${publishableKey}" data-secret="${secret}"><div id="element"></div><button disabled>Pay ${readable(invoice.amount_remaining, invoice.currency)}</button></section><script src="/endive/stripe.js"></script><script src="/_elements/hosted-invoice.js"></script>`
    : '';
  const state = invoice.status === 'paid' ? 'Invoice paid' : '';
  return page(
    `Invoice ${invoice.number ?? ''}`,
    `<main><h1>Invoice ${escaped(invoice.number ?? '')}</h1><p>${escaped(name)}</p><ul>${rows}</ul><p>Total ${readable(invoice.total, invoice.currency)}, remaining ${readable(invoice.amount_remaining, invoice.currency)}</p><p id="status" role="status">${state}</p>${pay}</main>`,
  );
}

function secretOf(account: AccountState, invoice: Invoice): string | undefined {
  for (const payment of account.tables.invoice_payments.values()) {
    if (payment.invoice !== invoice.id || !payment.is_default || payment.status !== 'open') continue;
    return account.tables.payment_intents.get(payment.payment.payment_intent)?.client_secret;
  }
  return undefined;
}

function receiptPage(world: World, id: string): StandInAnswer {
  for (const account of world.accounts.values()) {
    const charge = account.tables.charges.get(id);
    if (!charge) continue;
    const text = `${escaped(account.definition.name)}: ${readable(charge.amount, charge.currency)}, ${charge.status}`;
    return page('Receipt', `<main><h1>Receipt</h1><p>${text}</p></main>`);
  }
  return missingPage();
}

export function browserRoutes(world: World): Route[] {
  const get = (path: string, handler: Route['handler']): Route => ({ method: 'GET', path, handler });
  const served = ['payment-frame', 'challenge-frame', 'hosted-invoice'];
  return [
    get('/endive/stripe.js', () => script('stripe-js')),
    ...served.map((name) => get(`/_elements/${name}.js`, () => script(name))),
    get('/_elements/payment', () => page('Payment details', FRAME)),
    get('/_elements/challenge', () => page('3D Secure', CHALLENGE)),
    get('/i/:token', (request) => invoicePage(world, request.params['token'] ?? '')),
    get('/i/:token/pdf', (request) => invoicePdf(world, request.params['token'] ?? '')),
    get('/receipts/:id', (request) => receiptPage(world, request.params['id'] ?? '')),
  ];
}

/** A one-page PDF with the invoice's key figures. */
function invoicePdf(world: World, token: string): StandInAnswer {
  const hosted = hostedAt(world, token);
  if (!hosted) return missingPage();
  const { invoice } = hosted;
  const text = `Invoice ${invoice.number ?? ''}   Total ${readable(invoice.total, invoice.currency)}`;
  return {
    status: 200,
    body: pdf(text.replaceAll(/[()\\]/g, '')),
    headers: { 'content-type': 'application/pdf' },
  };
}

function pdf(text: string): Buffer {
  const stream = `BT /F1 18 Tf 60 760 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const start = body.length;
  const count = objects.length + 1;
  body += `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, 'latin1');
}
