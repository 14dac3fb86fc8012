// The settings: every problem at once, no secret by default, nothing given is repeated in a message.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig, SETTING_NAMES } from '../src/config.ts';

const random = (prefix = ''): string => prefix + randomBytes(12).toString('hex');
const key = (id: string, bytes = 32): string => `${id}:${randomBytes(bytes).toString('base64')}`;

const minimal = (): Record<string, string | undefined> => ({
  PUBLIC_BASE_URL: 'https://payside.example.com/',
  ENCRYPTION_KEYS: key('k1'),
  HUBSPOT_CLIENT_ID: random(),
  HUBSPOT_CLIENT_SECRET: random(),
});

const platform = (mode: string): Record<string, string> => ({
  STRIPE_SECRET_KEY: random(`rk_${mode}_`),
  STRIPE_PUBLISHABLE_KEY: random(`pk_${mode}_`),
  STRIPE_WEBHOOK_SECRET: random('whsec_'),
  STRIPE_CLIENT_ID: random('ca_'),
});

function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    const { code, publicMessage } = error as { code: string; publicMessage: string };
    expect(code).toBe('config_invalid');
    for (const [name, value] of Object.entries(environment)) {
      if (value && value.trim().length > 3) expect(publicMessage, name).not.toContain(value);
    }
    return publicMessage.split('\n- ').slice(1);
  }
}

const namesIn = (problems: string[]): string[] => problems.map((problem) => problem.split(':')[0]!);

describe('settings', () => {
  it('are complete with an address, a key and one CRM; everything else has a default', () => {
    const config = loadConfig(minimal());
    expect(config).toMatchObject({
      PUBLIC_BASE_URL: 'https://payside.example.com',
      PORT: 3000,
      METRICS_PORT: 0,
      STORE_URL: 'embedded:./data',
      STRIPE_API_BASE: 'https://api.stripe.com',
      STRIPE_JS_BASE: 'https://js.stripe.com',
      LOG_LEVEL: 'info',
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(config.ENCRYPTION_KEYS.map(({ id, key: bytes }) => [id, bytes.length])).toEqual([['k1', 32]]);
  });

  it('have no secret by default', () => {
    const config: Record<string, unknown> = loadConfig(minimal());
    const secrets = SETTING_NAMES.filter((name) => /SECRET|KEY|CLIENT_ID|SMTP_URL/.test(name));
    expect(secrets.length).toBeGreaterThan(8);
    for (const name of secrets) if (!(name in minimal())) expect(config[name], name).toBeUndefined();
  });

  it('name every problem at once, of single settings and between them', () => {
    const problems = problemsOf({
      PUBLIC_BASE_URL: 'http://payside.example.com',
      ENCRYPTION_KEYS: key('k1', 16),
      HUBSPOT_CLIENT_ID: random(),
      PORT: '99999',
      LOG_LEVEL: 'shouting',
      SMTP_URL: 'smtp://mail.example.com',
      STRIPE_JS_BASE: 'https://evil.example.com',
    });
    expect(namesIn(problems).toSorted()).toEqual([
      'ENCRYPTION_KEYS',
      'HUBSPOT_CLIENT_SECRET',
      'LOG_LEVEL',
      'MAIL_FROM',
      'PORT',
      'PUBLIC_BASE_URL',
      'STRIPE_JS_BASE',
    ]);
  });

  it('say what is required when nothing is given', () => {
    expect(problemsOf({})).toEqual([
      'PUBLIC_BASE_URL: is required',
      'ENCRYPTION_KEYS: is required',
      'HUBSPOT_CLIENT_ID or SALESFORCE_CLIENT_ID: one CRM is required',
    ]);
  });

  it.each(['', ' ', '\t', undefined, 'short'])('do not take %j as a secret', (secret) => {
    expect(namesIn(problemsOf({ ...minimal(), HUBSPOT_CLIENT_SECRET: secret }))).toEqual([
      'HUBSPOT_CLIENT_SECRET',
    ]);
    const none = { ...minimal(), HUBSPOT_CLIENT_ID: secret, HUBSPOT_CLIENT_SECRET: secret };
    expect(problemsOf(none).length).toBeGreaterThan(0);
    expect(namesIn(problemsOf({ ...minimal(), ENCRYPTION_KEYS: secret }))).toEqual(['ENCRYPTION_KEYS']);
  });

  it('takes two signing secrets of the app while one replaces the other', () => {
    const [newer, older] = [random('whsec_'), random('whsec_')];
    const names = ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_CLIENT_ID'];
    const app = { ...minimal(), ...Object.fromEntries(names.map((name) => [name, random()])) };
    const given = (text: string) => loadConfig({ ...app, STRIPE_WEBHOOK_SECRET: text }).STRIPE_WEBHOOK_SECRET;
    expect(given(newer)).toEqual([newer]);
    expect(given(`${newer}, ${older}`)).toEqual([newer, older]);
    expect(namesIn(problemsOf({ ...app, STRIPE_WEBHOOK_SECRET: `${newer},` }))).toEqual([
      'STRIPE_WEBHOOK_SECRET',
    ]);
  });

  it.each([
    [['HUBSPOT_CLIENT_ID', 'HUBSPOT_CLIENT_SECRET']],
    [['SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET']],
    [['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_CLIENT_ID']],
    [['SMTP_URL', 'MAIL_FROM']],
  ])('are given together or not at all: %j', (names) => {
    const all = Object.fromEntries(
      names.map((name) => [name, name === 'SMTP_URL' ? 'smtp://mail.example.com' : random()]),
    );
    const base = { ...minimal(), SALESFORCE_CLIENT_ID: random(), SALESFORCE_CLIENT_SECRET: random() };
    expect(problemsOf({ ...base, ...all })).toEqual([]);
    for (const name of names) {
      const [problem, ...more] = problemsOf({ ...base, ...all, [name]: undefined });
      expect([problem, more]).toEqual([expect.stringContaining(`${name}: required together with`), []]);
    }
  });

  it.each([
    'PUBLIC_BASE_URL',
    'HUBSPOT_API_BASE',
    'SALESFORCE_LOGIN_BASE',
    'STRIPE_API_BASE',
    'STRIPE_CONNECT_BASE',
  ])('take plain http for %s only on this machine', (name) => {
    for (const fit of [
      'http://127.0.0.1:4000',
      'http://localhost:1',
      'http://[::1]:4000',
      'https://api.example.com',
    ])
      expect(problemsOf({ ...minimal(), [name]: fit }), fit).toEqual([]);
    const unfit = [
      'http://api.example.com',
      'http://127.0.0.1.example.com',
      'http://localhost@example.com',
      'http://10.0.0.1',
    ];
    for (const address of [...unfit, 'ftp://127.0.0.1', 'javascript:alert(1)', 'no address'])
      expect(new Set(namesIn(problemsOf({ ...minimal(), [name]: address }))), address).toEqual(
        new Set([name]),
      );
  });

  it('refuse another gateway script together with a live key, and beyond this machine at all', () => {
    const script = { STRIPE_JS_BASE: 'http://127.0.0.1:4010' };
    expect(problemsOf({ ...minimal(), ...script, ...platform('test') })).toEqual([]);
    const live = ['STRIPE_JS_BASE: refused together with a live key'];
    expect(problemsOf({ ...minimal(), ...script, ...platform('live') })).toEqual(live);
    expect(
      problemsOf({ ...minimal(), ...script, ...platform('test'), STRIPE_SECRET_KEY: random('sk_live_') }),
    ).toEqual(live);
    expect(problemsOf({ ...minimal(), ...platform('live') })).toEqual([]);
    expect(namesIn(problemsOf({ ...minimal(), STRIPE_JS_BASE: 'https://js.example.com' }))).toEqual([
      'STRIPE_JS_BASE',
    ]);
  });

  it.each([
    ['no id', () => randomBytes(32).toString('base64')],
    ['a short key', () => key('k1', 31)],
    ['a long key', () => key('k1', 33)],
    ['an id with a dot', () => key('k.1')],
    ['one unfit key among fit ones', () => `${key('k1')},${key('k2', 8)}`],
    ['the same id twice', () => `${key('k1')},${key('k1')}`],
  ])('refuse encryption keys with %s', (_, keys) => {
    expect(namesIn(problemsOf({ ...minimal(), ENCRYPTION_KEYS: keys() }))).toEqual(['ENCRYPTION_KEYS']);
  });

  it.each([
    ['embedded:./data', true],
    ['postgres://payside@db.example.com/payside', true],
    ['postgresql://db.example.com/payside?sslmode=verify-full', true],
    ['./data', false],
    ['mysql://db.example.com/payside', false],
  ])('take a folder or a PostgreSQL database as store: %s', (url, fits) => {
    const problems = problemsOf({ ...minimal(), STORE_URL: url });
    expect(namesIn(problems)).toEqual(fits ? [] : ['STORE_URL']);
  });

  it('take several encryption keys in their order', () => {
    const config = loadConfig({ ...minimal(), ENCRYPTION_KEYS: `${key('new')},${key('old')}` });
    expect(config.ENCRYPTION_KEYS.map(({ id }) => id)).toEqual(['new', 'old']);
  });
});
