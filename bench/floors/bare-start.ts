// What starts at the earliest: Express and Stripe's package loaded, one door open. A process of its own.
import express from 'express';
import { Stripe } from 'stripe';

const [port = '0'] = process.argv.slice(2);
const app = express();
const stripe = new Stripe('sk_test_unused');
app.get('/', (_req, res) => {
  res.json({ ready: stripe.getApiField('version') !== '' });
});
app.listen(Number(port), '127.0.0.1');
