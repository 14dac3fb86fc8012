// The doors under /pay from the outside: headers, who is refused and how, what reaches the port.
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { brandStyle } from '../../src/http/pay/brand.ts';
import { assets } from '../../src/http/pay/page.ts';
import { createWorld, servePayPage, type Site } from './world.ts';

const GATEWAY = 'https://gateway.example.com';
const world = createWorld();
let site: Site;

beforeAll(async () => {
  site = await servePayPage(world, GATEWAY);
});

afterAll(() => site.close());

beforeEach(() => {
  Object.assign(world, { change: {}, sessions: [], stages: [], limitedKeys: [], full: [], broken: false });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(site.origin + path, { headers });

type Post = { body?: unknown; raw?: string; headers?: Record<string, string | undefined> };

/** As the page's own script posts, unless a header is changed or (undefined) left out. */
function post(path: string, { body, raw, headers = {} }: Post): Promise<Response> {
  const all = { 'content-type': 'application/json', 'x-payside-page': '1', origin: site.origin, ...headers };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(site.origin + path, {
    method: 'POST',
    headers: Object.fromEntries(sent),
    body: raw ?? JSON.stringify(body),
  });
}

const page = () => `/pay/${world.token}`;
const session = (request: Post) => post(`${page()}/session`, request);

describe('headers', () => {
  test('an open invoice may load our assets and the gateway, and nothing else', async () => {
    world.change = { merchant: { name: 'N', logoUrl: 'https://cdn.example.com/logo.png', color: '#0b6b58' } };
    const { headers } = await get(page());
    expect(headers.get('content-security-policy')).toBe(
      [
        "default-src 'none'",
        `script-src 'self' ${GATEWAY}`,
        `style-src 'self' ${brandStyle('#0b6b58').source}`,
        "img-src 'self' data: https://cdn.example.com",
        `connect-src 'self' ${GATEWAY}`,
        `frame-src ${GATEWAY}`,
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
    expect(headers.get('permissions-policy')).toContain(`payment=(self "${GATEWAY}")`);
  });

  test('a page on which nothing can be paid lets the gateway out', async () => {
    world.change = { state: 'paid' };
    const { headers } = await get(page());
    expect(headers.get('content-security-policy')).toContain("script-src 'self'; ");
    expect(headers.get('content-security-policy')).toContain("frame-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain(GATEWAY);
    expect(headers.get('permissions-policy')).toContain('payment=()');
  });

  test.each(['page', 'view', 'unknown', 'unknown door'])(
    '%s is never kept, indexed, framed or passed on',
    async (which) => {
      const path = { page: page(), view: `${page()}/view`, unknown: '/pay/unknown-unknown-unknown' }[which];
      const { headers } = await get(path ?? `${page()}/elsewhere`);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  test('the page has no inline script, no inline style and no handler', async () => {
    const html = await (await get(page())).text();
    expect(html.match(/<script(?![^>]*(type="application\/json"|src=))/g)).toBeNull();
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=/);
    expect(html.match(/<style>/g)).toHaveLength(1);
  });
});

describe('links that do not work', () => {
  test('unknown, cut, malformed and unheard-of links answer with the same bytes', async () => {
    const tokens = [
      'x'.repeat(32),
      world.token.slice(0, -1),
      `${world.token}A`,
      'short',
      '%00%00',
      '%3Cscript%3E',
      `${world.token}/elsewhere`,
    ];
    const bodies = await Promise.all(
      tokens.map(async (token) => {
        const response = await get(`/pay/${token}`);
        expect(response.status).toBe(404);
        return response.text();
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toContain(world.token.slice(0, 8));
  });

  test('session and view of an unknown link are 404, progress tells nothing', async () => {
    const unknown = `/pay/${'x'.repeat(32)}`;
    expect((await get(`${unknown}/view`)).status).toBe(404);
    expect((await post(`${unknown}/session`, { body: { saveForLater: false } })).status).toBe(404);
    expect((await post(`${unknown}/progress`, { body: { stage: 'opened' } })).status).toBe(204);
  });

  test('a store that does not answer is a 503 page without its reason', async () => {
    world.broken = true;
    const response = await get(page());
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('the store does not answer');
  });
});

describe('too many tries', () => {
  test('the caller’s address is over its limit: 429 with Retry-After, before the link is looked at', async () => {
    world.full = ['pay:ip:127.0.0.1'];
    world.broken = true;
    for (const answer of [await get(page()), await get(`${page()}/view`), await session({ body: {} })]) {
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('tries are counted by address and by link, and no key is a link or the beginning of one', async () => {
    await get(page());
    const [address, link = ''] = world.limitedKeys;
    expect(world.limitedKeys).toHaveLength(2);
    expect(address).toBe('pay:ip:127.0.0.1');
    expect(link).toMatch(/^pay:link:[\w-]{43}$/);
    expect(link).not.toContain(world.token.slice(0, 8));
    world.full = [link];
    expect((await get(page())).status).toBe(429);
  });

  test('one link over its limit shuts no other link of the same merchant', async () => {
    await get(page());
    world.full = world.limitedKeys.filter((key) => key.startsWith('pay:link:'));
    expect((await get(page())).status).toBe(429);
    expect((await get(`/pay/${world.otherToken}`)).status).not.toBe(429);
  });

  test('what we did not sign counts against its sender alone', async () => {
    for (const token of [`${world.token}A`, world.token.slice(0, -1), 'x'.repeat(32), 'short'])
      await get(`/pay/${token}`);
    expect(new Set(world.limitedKeys)).toEqual(new Set(['pay:ip:127.0.0.1']));
  });
});

describe('session and progress', () => {
  test('the page’s own request gets the one open payment', async () => {
    const answer = await session({ body: { saveForLater: false } });
    expect(await answer.json()).toMatchObject({ ok: true, clientSecret: world.intent.secret });
    expect(world.sessions).toEqual([{ saveForLater: false, consentText: null, locale: 'en-US' }]);
  });

  test('saving carries the words the payer was shown', async () => {
    world.change = { saveForLater: { text: 'You may charge this card again.' } };
    await session({ body: { saveForLater: true }, headers: { 'accept-language': 'de-AT' } });
    const consentText = 'You may charge this card again.';
    expect(world.sessions).toEqual([{ saveForLater: true, consentText, locale: 'de-AT' }]);
  });

  test('nothing is saved where the page showed no words to agree to', async () => {
    await session({ body: { saveForLater: true } });
    expect(world.sessions).toMatchObject([{ saveForLater: false, consentText: null }]);
  });

  test('progress reaches the port', async () => {
    expect((await post(`${page()}/progress`, { body: { stage: 'typing' } })).status).toBe(204);
    expect(world.stages).toEqual(['typing']);
  });

  test.each<[string, NonNullable<Post['headers']>]>([
    ['without the page’s header', { 'x-payside-page': undefined }],
    ['without an Origin', { origin: undefined }],
    ['from another site', { origin: 'https://elsewhere.example.com' }],
    ['from a sandboxed frame', { origin: 'null' }],
  ])('a request %s is 403', async (_, headers) => {
    expect((await session({ body: { saveForLater: false }, headers })).status).toBe(403);
    expect((await post(`${page()}/progress`, { body: { stage: 'typing' }, headers })).status).toBe(403);
    expect([...world.sessions, ...world.stages]).toEqual([]);
  });

  test('a request the browser calls cross-site is 403 whatever its Origin', async () => {
    expect(await statusOfCrossSite()).toBe(403);
  });

  test.each<[string, Post, number]>([
    ['more than 16 kB', { raw: JSON.stringify({ saveForLater: false, pad: 'x'.repeat(17_000) }) }, 413],
    ['broken JSON', { raw: '{"saveForLater":' }, 400],
    ['a bare value', { raw: 'true' }, 400],
    [
      'a form',
      { raw: 'saveForLater=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      400,
    ],
    ['an unknown field', { body: { saveForLater: true, amount: 1 } }, 400],
    ['a wrong type', { body: { saveForLater: 'yes' } }, 400],
  ])('%s is refused', async (_, request, status) => {
    expect((await session(request)).status).toBe(status);
    expect(world.sessions).toEqual([]);
  });

  test('an unheard-of stage is 400', async () => {
    expect((await post(`${page()}/progress`, { body: { stage: 'paid' } })).status).toBe(400);
  });
});

/** fetch does not let a program set Sec-Fetch-Site; a browser does. */
function statusOfCrossSite(): Promise<number | undefined> {
  const headers = {
    'content-type': 'application/json',
    'x-payside-page': '1',
    'sec-fetch-site': 'cross-site',
    origin: site.origin,
  };
  return new Promise((answered, failed) => {
    const sent = httpRequest(`${site.origin}${page()}/session`, { method: 'POST', headers }, (response) => {
      response.resume();
      answered(response.statusCode);
    });
    sent.on('error', failed);
    sent.end(JSON.stringify({ saveForLater: false }));
  });
}

describe('assets', () => {
  test('are named by their content, kept for ever, and 60 kB at most together', async () => {
    let total = 0;
    for (const [name, file] of assets.files) {
      expect(name).toMatch(/^[a-z-]+\.[0-9a-f]{12}\.(js|css)$/);
      const response = await get(`/pay/assets/${name}`);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).toBe(file.type);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(file.body);
      total += file.body.length;
    }
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThanOrEqual(60 * 1024);
  });

  test('go unzipped to whoever cannot unzip, and other names are 404', async () => {
    const plain = await get(`/pay/assets/${assets.style}`, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const zipped = await get(`/pay/assets/${assets.style}`, { 'accept-encoding': 'gzip' });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect((await get('/pay/assets/router.ts')).status).toBe(404);
    expect((await get('/pay/assets/..%2frouter.ts')).status).toBe(404);
  });

  test('scripts only import each other, under the names that are served', () => {
    for (const [name, { body }] of assets.files) {
      if (!name.endsWith('.js')) continue;
      for (const [, imported = ''] of body.toString().matchAll(/from '([^']+)'/g))
        expect(assets.files.has(imported.replace('./', '')), `${name} imports ${imported}`).toBe(true);
    }
  });
});
