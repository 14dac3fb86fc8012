// The least a card's door does: Express and the check of the CRM's signature over a small answer. A process of its own.
import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';

const [port = '0', base = '', secret = ''] = process.argv.slice(2);
const app = express();
app.get('/{*path}', (req, res) => {
  const time = String(req.headers['x-hubspot-request-timestamp']);
  const given = Buffer.from(String(req.headers['x-hubspot-signature-v3']), 'base64');
  const expected = createHmac('sha256', secret).update(`GET${base}${req.originalUrl}${time}`).digest();
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  res.status(isSigned ? 200 : 401).json({ ok: isSigned });
});
app.listen(Number(port), '127.0.0.1');
