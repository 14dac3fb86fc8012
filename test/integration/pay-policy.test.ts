// The policy of the pay page as it is in production: the origins that Stripe publishes for its script, and none beside.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPerson, openInvoice } from '../billing/scene.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ env: { STRIPE_JS_BASE: 'https://js.stripe.com' } });
  await rig.setUp();
});
afterAll(() => rig.close());

it('lets Stripe’s script, its frames and their subdomains in, and nobody else', async () => {
  const { payUrl } = await openInvoice(rig, newPerson(rig));
  const policy = (await fetch(payUrl)).headers.get('content-security-policy') ?? '';
  const sources = Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...allowed] = directive.split(' ');
      return [name, allowed];
    }),
  );
  const stripe = ['https://js.stripe.com', 'https://*.js.stripe.com'];
  expect(sources).toMatchObject({
    'default-src': ["'none'"],
    'script-src': ["'self'", ...stripe],
    'frame-src': [...stripe, 'https://hooks.stripe.com'],
    'connect-src': ["'self'", 'https://api.stripe.com'],
  });
});
