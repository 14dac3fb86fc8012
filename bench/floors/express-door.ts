// What most people start from: Express, its raw body, Stripe's own check, and nothing kept. A process of its own.
import express from 'express';
import { Stripe } from 'stripe';

const [port = '0', , secret = ''] = process.argv.slice(2);
const stripe = new Stripe('sk_test_unused');
const app = express();
app.post('/{*path}', express.raw({ type: 'application/json' }), (req, res) => {
  try {
    stripe.webhooks.constructEvent(req.body as Buffer, String(req.headers['stripe-signature']), secret);
    res.json({ received: true });
  } catch {
    res.status(400).end();
  }
});
app.listen(Number(port), '127.0.0.1');
