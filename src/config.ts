// Environment -> checked, frozen settings: the only reader of the environment, and every problem at once.
import { z } from 'zod';
import { configInvalid } from './errors.ts';

const STRIPE_JS = 'https://js.stripe.com';
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Plain http only towards this machine, so that a typing error cannot send a token over an open line. */
const address = z
  .url({ protocol: /^https?$/ })
  .refine((text) => text.startsWith('https:') || isLoopback(text), 'must be https')
  .transform((text) => text.replace(/\/$/, ''));

const upstream = (fallback: string) => address.default(fallback);

const isLoopback = (text: string): boolean => LOOPBACK.has(URL.parse(text)?.hostname ?? '');

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const secret = z.string().trim().min(8).optional();

const listed = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Several while one replaces another. */
const secrets = z
  .string()
  .refine((text) => listed(text).every((part) => part.length >= 8), 'each must have 8 characters or more')
  .transform(listed)
  .optional();

const encryptionKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((part) => {
    const [id = '', encoded = ''] = part.split(/:(.*)/s);
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  const unfit = keys.filter(({ id, key }) => !/^[a-z0-9_-]{1,32}$/i.test(id) || key.length !== 32);
  if (unfit.length > 0)
    context.addIssue({ code: 'custom', message: 'must be id:base64 pairs of 32 bytes each' });
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    context.addIssue({ code: 'custom', message: 'every key needs an id of its own' });
  return keys;
});

const schema = z.object({
  PUBLIC_BASE_URL: address,
  ENCRYPTION_KEYS: encryptionKeys,
  HUBSPOT_CLIENT_ID: secret,
  HUBSPOT_CLIENT_SECRET: secret,
  SALESFORCE_CLIENT_ID: secret,
  SALESFORCE_CLIENT_SECRET: secret,
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  STORE_URL: z
    .string()
    .regex(/^(embedded:.+|postgres(ql)?:\/\/.+)/, 'must be embedded:<folder> or postgres://<database>')
    .default('embedded:./data'),
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
  HUBSPOT_API_BASE: upstream('https://api.hubapi.com'),
  HUBSPOT_APP_BASE: upstream('https://app.hubspot.com'),
  SALESFORCE_LOGIN_BASE: upstream('https://login.salesforce.com'),
  STRIPE_API_BASE: upstream('https://api.stripe.com'),
  STRIPE_CONNECT_BASE: upstream('https://marketplace.stripe.com'),
  STRIPE_JS_BASE: z.url({ protocol: /^https?$/ }).default(STRIPE_JS),
  STRIPE_SECRET_KEY: secret,
  STRIPE_PUBLISHABLE_KEY: secret,
  STRIPE_WEBHOOK_SECRET: secrets,
  STRIPE_CLIENT_ID: secret,
  SMTP_URL: z.url().optional(),
  MAIL_FROM: z.string().min(3).optional(),
  RECONCILE_INTERVAL_MS: milliseconds(900_000),
  RETRY_BASE_MS: milliseconds(1_000),
  LEASE_MS: milliseconds(60_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = Readonly<z.infer<typeof schema>>;

/** Names of every setting, for the check that `.env.example` documents them all. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

const TOGETHER: readonly (readonly (keyof Config)[])[] = [
  ['HUBSPOT_CLIENT_ID', 'HUBSPOT_CLIENT_SECRET'],
  ['SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'],
  ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_CLIENT_ID'],
  ['SMTP_URL', 'MAIL_FROM'],
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `config_invalid` with every problem named; the message lists variables, never values. */
export function loadConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${problemOf(issue)}`),
    ...rules(given),
  ];
  if (problems.length > 0 || !parsed.success) {
    throw configInvalid({ publicMessage: `Settings are not complete:\n- ${problems.join('\n- ')}` });
  }
  return Object.freeze(parsed.data);
}

const problemOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : issue.message;

/** What settings say about each other, read from what was given so that one wrong value hides no other problem. */
function rules(given: Environment): string[] {
  const problems = TOGETHER.flatMap((names) => {
    const missing = names.filter((name) => given[name] === undefined);
    return missing.length > 0 && missing.length < names.length
      ? [
          `${missing.join(', ')}: required together with ${names.filter((name) => !missing.includes(name)).join(', ')}`,
        ]
      : [];
  });
  if (!given['HUBSPOT_CLIENT_ID'] && !given['SALESFORCE_CLIENT_ID']) {
    problems.push('HUBSPOT_CLIENT_ID or SALESFORCE_CLIENT_ID: one CRM is required');
  }
  const script = given['STRIPE_JS_BASE'] ?? STRIPE_JS;
  if (script !== STRIPE_JS && !isLoopback(script)) {
    problems.push('STRIPE_JS_BASE: only loopback may replace the gateway’s own script');
  }
  const keys = [given['STRIPE_SECRET_KEY'], given['STRIPE_PUBLISHABLE_KEY']];
  if (script !== STRIPE_JS && keys.some((key) => /^\s*[a-z]+_live_/.test(key ?? ''))) {
    problems.push('STRIPE_JS_BASE: refused together with a live key');
  }
  return problems;
}
