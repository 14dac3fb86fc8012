// The best-known open-source receiver of Stripe's events and history, as its own server runs it: one row of PostgreSQL an object.
import { createRequire } from 'node:module';

type Sync = {
  processWebhook(raw: Buffer, signature: string): Promise<void>;
  syncBackfill(options: { object: string; backfillRelatedEntities: boolean }): Promise<object>;
  stripe: { _setApiField(name: string, value: string): void };
};
type Engine = {
  runMigrations(options: { databaseUrl: string; schema: string }): Promise<void>;
  StripeSync: new (options: object) => Sync;
};
type Request = { body: Buffer; headers: Record<string, string>; params: Record<string, string> };
type Reply = { code(status: number): Reply; send(body: object): unknown };
type Server = {
  addContentTypeParser(
    type: string,
    options: object,
    parse: (_: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): void;
  post(path: string, handler: (request: Request, reply: Reply) => unknown): void;
  get(path: string, handler: () => object): void;
  listen(options: { port: number; host: string }): Promise<string>;
};

// Its packages are beside this file and have no types here. The engine's module build migrates nothing, the other one does.
const load = createRequire(import.meta.url);
const { StripeSync, runMigrations } = load('@supabase/stripe-sync-engine') as Engine;
const fastify = load('fastify') as (options: object) => Server;
const pino = load('pino') as () => object;

const [port = '0', databaseUrl = '', secret = '', ...gateway] = process.argv.slice(2);
const [url, key = 'sk_test_unused', version = '2020-08-27'] = gateway;
await runMigrations({ databaseUrl, schema: 'stripe' });
const logger = pino();
const sync = new StripeSync({
  stripeSecretKey: key,
  stripeWebhookSecret: secret,
  stripeApiVersion: version,
  schema: 'stripe',
  autoExpandLists: false,
  backfillRelatedEntities: false,
  revalidateObjectsViaStripeApi: [],
  logger,
  poolConfig: { max: 10, connectionString: databaseUrl, keepAlive: true },
});

if (url !== undefined) {
  const { protocol, hostname, port: gatewayPort } = new URL(url);
  sync.stripe._setApiField('protocol', protocol.slice(0, -1));
  sync.stripe._setApiField('host', hostname);
  sync.stripe._setApiField('port', gatewayPort);
}

const server = fastify({ loggerInstance: logger, disableRequestLogging: true });
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
server.get('/', () => ({ ready: true }));
server.post('/webhooks', async ({ body, headers }, reply) => {
  try {
    await sync.processWebhook(body, headers['stripe-signature'] ?? '');
  } catch (error) {
    return reply.code(400).send({ error: String(error) });
  }
  return reply.send({ received: true });
});
server.post('/sync/:object', async ({ params }, reply) =>
  reply.send(await sync.syncBackfill({ object: params['object'] ?? '', backfillRelatedEntities: false })),
);
await server.listen({ port: Number(port), host: '127.0.0.1' });
