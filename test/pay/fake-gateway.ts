// A gateway small enough to read: its script, its framed fields, and what becomes of each card number.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve, type Intent, type Site, type World } from './world.ts';

export const CARDS = {
  good: '4242424242424242',
  noFunds: '4000000000009995',
  asksBank: '4000000000003220',
  /** Accepted, while the connection breaks before the answer. */
  answerLost: '4000000000000077',
};

/** `onSuccess` is where a test says what the connector learns of a payment that went through. */
export function serveGateway(world: World, onSuccess: () => void): Promise<Site> {
  const pages: Record<string, [type: string, body: string]> = {
    '/endive/stripe.js': ['text/javascript', SCRIPT],
    '/fields.html': ['text/html', FIELDS],
    '/bank.html': ['text/html', BANK],
  };
  return serve(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const page = pages[path];
    if (page) return answer(response, page[0], page[1]);
    if (path === '/confirm') await confirm(world.intent, request, onSuccess);
    if (path === '/approve') succeed(world.intent, onSuccess);
    if (world.intent.status === 'succeeded' && lost) return void response.destroy();
    answer(response, 'application/json', JSON.stringify(world.intent));
  });
}

let lost = false;

function answer(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'access-control-allow-origin': '*',
  });
  response.end(body);
}

async function confirm(intent: Intent, request: IncomingMessage, onSuccess: () => void): Promise<void> {
  const { number } = JSON.parse(await text(request)) as { number: string };
  intent.last_payment_error = null;
  lost = number === CARDS.answerLost;
  if (number === CARDS.asksBank) intent.status = 'requires_action';
  else if (number === CARDS.noFunds)
    intent.last_payment_error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    };
  else succeed(intent, onSuccess);
}

function succeed(intent: Intent, onSuccess: () => void): void {
  intent.status = 'succeeded';
  onSuccess();
}

const FIELDS = `<!doctype html><html lang="en"><title>Card fields</title>
<meta name="viewport" content="width=device-width">
<style>body{margin:0;font:16px system-ui}label{display:block;font-size:14px;margin-bottom:4px}
input{width:100%;box-sizing:border-box;height:48px;font:inherit;padding:0 12px;border:1px solid #c9cfda;border-radius:10px}</style>
<main><label for="number">Card number</label><input id="number" inputmode="numeric" autocomplete="cc-number"></main>
<script>const number = document.getElementById('number');
number.oninput = () => parent.postMessage({ fields: 'change', number: number.value.replace(/\\D/g, '') }, '*');
parent.postMessage({ fields: 'ready' }, '*');</script></html>`;

const BANK = `<!doctype html><html lang="en"><title>Bank</title><main><h1>Your bank</h1>
<button onclick="parent.postMessage({ bank: 'approved' }, '*')">Approve</button></main></html>`;

const SCRIPT = `(() => {
const origin = new URL(document.currentScript.src).origin;
const json = async (path, body) => (await fetch(origin + path, body && { method: 'POST', body: JSON.stringify(body) })).json();
const heard = (key, value, then) => addEventListener('message', (event) => {
  if (event.origin === origin && event.data[key] === value) then(event.data); });
function payment() {
  const element = { number: '', on: (name, then) => (heard('fields', name, (data) => then({ empty: !data.number })), element),
    destroy: () => element.frame?.remove(),
    mount(place) {
      const frame = (element.frame = document.createElement('iframe'));
      frame.title = 'Secure payment input frame'; frame.src = origin + '/fields.html';
      frame.style.cssText = 'border:0;width:100%;height:76px;display:block';
      place.append(frame); } };
  heard('fields', 'change', ({ number }) => (element.number = number));
  return element;
}
async function bank() {
  const frame = document.createElement('iframe');
  frame.title = 'Approval'; frame.src = origin + '/bank.html';
  frame.style.cssText = 'position:fixed;inset:20px;width:300px;height:300px;background:#fff;z-index:9';
  document.body.append(frame);
  await new Promise((approved) => heard('bank', 'approved', approved));
  frame.remove();
  return json('/approve', {});
}
window.Stripe = () => ({
  elements: () => { const made = {}; return {
    create: () => (made.element = payment()), made, fetchUpdates: async () => ({}),
    submit: async () => made.element.number.length < 16 ? { error: { type: 'validation_error', code: 'incomplete_number' } } : {} }; },
  async confirmPayment({ elements }) {
    let intent;
    try { intent = await json('/confirm', { number: elements.made.element.number }); }
    catch { return { error: { type: 'api_connection_error' } }; }
    if (intent.status === 'requires_action') intent = await bank();
    return intent.last_payment_error ? { error: intent.last_payment_error } : { paymentIntent: intent };
  },
  async retrievePaymentIntent() { return { paymentIntent: await json('/intent') }; },
});
})();`;
