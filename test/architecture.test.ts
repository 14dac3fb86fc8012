// Holds the code to the rooms of docs/architecture.md: imports, sizes, names and first lines.
import { describe, expect, it } from 'vitest';
import { importProblems, MAY_IMPORT, PORT_PARTS, PORTS } from './support/import-rules.ts';
import { importsOf } from './support/imports.ts';
import { codeFiles, codePaths, readText, repositoryPaths, type SourceFile } from './support/source-files.ts';

const HELD = /^(src|extensions|sandbox|bench)\//;

/** What every file's imports break, for text that may not be on disk. */
const problemsOf = (path: string, text: string): string[] => importProblems(importsOf({ path, text }));

describe('import rules', () => {
  it('hold for every import of the product, the cards, the sandbox and the benches', () => {
    const held = codeFiles().filter(({ path }) => HELD.test(path));
    expect(held.length).toBeGreaterThan(100);
    expect(importProblems(held.flatMap(importsOf))).toEqual([]);
  });

  it.each([
    ['src/ledger/fold.ts', `import { accept } from '../inbox/accept.ts';`, 'may not import values of inbox'],
    ['src/inbox/drain.ts', `import { deliver } from '../outbox/deliver.ts';`, 'values of outbox'],
    ['src/inbox/drain.ts', `import { type Pace } from '../outbox/pace.ts';`, 'values of outbox'],
    ['src/inbox/drain.ts', `export { deliver } from '../outbox/deliver.ts';`, 'values of outbox'],
    ['src/inbox/drain.ts', `const a = await import('../outbox/deliver.ts');`, 'values of outbox'],
    ['src/inbox/drain.ts', `import { fold } from '../ledger/fold.ts';`, 'only posting folds'],
    ['src/money/money.ts', `import { rowKey } from '../ledger/facts.ts';`, 'values of ledger'],
    ['src/records/summary.ts', `import { readFileSync } from 'node:fs';`, 'is pure'],
    [
      'src/http/server.ts',
      `import type { Q } from '../store/embedded/sql.ts';`,
      'only be imported by the wiring',
    ],
    [
      'src/billing/a.ts',
      `type A = import('../gateways/stripe/client.ts').A;`,
      'only be imported by the wiring',
    ],
    ['src/billing/a.ts', `import type { A } from '../gateways/shapes.ts';`, 'only src/gateways/gateway.ts'],
    ['src/crms/hubspot/read.ts', `import { S } from '../../gateways/stripe/client.ts';`, 'gateways'],
    [
      'src/crms/hubspot/read.ts',
      `import { Stripe } from 'stripe';`,
      'stripe belongs in src/gateways/stripe/',
    ],
    ['src/billing/collect.ts', `import type { Stripe } from 'stripe';`, 'stripe belongs in'],
    ['src/billing/collect.ts', `import express from 'express';`, 'express belongs in'],
    ['src/store/store.ts', `import { DatabaseSync } from 'node:sqlite';`, 'node:sqlite belongs in'],
    ['src/store/embedded/sql.ts', `import { Pool } from 'pg';`, 'pg belongs in src/store/postgres/'],
    ['src/billing/collect.ts', `import { chunk } from 'lodash/array';`, 'lodash has no room'],
    ['src/app.ts', `import { startStripe } from '../sandbox/stripe/start.ts';`, 'src may not import sandbox'],
    ['src/http/a.ts', `import type { A } from '../../test/check.ts';`, 'src may not import test'],
    ['src/helpers/a.ts', `import { z } from 'zod';`, 'helpers is no room'],
    [
      'extensions/hubspot/ui/card.tsx',
      `import type { A } from '../../../src/views/amount.ts';`,
      'extensions',
    ],
    [
      'sandbox/stripe/money.ts',
      `import { money } from '../../src/money/money.ts';`,
      'only sandbox/connector.ts',
    ],
    ['sandbox/demo/oracle.ts', `import type { A } from '../../src/app.ts';`, 'an oracle may not import'],
    ['sandbox/main.ts', `import { a } from '../test/check.ts';`, 'sandbox may not import test'],
    ['bench/accept.ts', `import { a } from '../test/check.ts';`, 'bench may not import test'],
  ])('flag, in %s, %s', (path, line, why) => {
    const problems = problemsOf(path, `// A seeded file.\n${line}\n`);
    expect(problems.join('\n')).toContain(why);
    expect(problems.join('\n')).toContain(`${path}:2 `);
  });

  it.each([
    ['src/inbox/drain.ts', `import type { Pace } from '../outbox/pace.ts';`],
    ['src/inbox/drain.ts', `import { asConnectorError } from '../errors.ts';`],
    ['src/posting/post.ts', `import { fold } from '../ledger/fold.ts';`],
    ['src/app.ts', `import { createStripeGateway } from './gateways/stripe/index.ts';`],
    [
      'src/crms/hubspot/oauth.ts',
      `import scopes from '../../../manifests/scopes.json' with { type: 'json' };`,
    ],
    ['sandbox/connector.ts', `import { createApp } from '../src/app.ts';`],
    ['sandbox/world/world.ts', `import type { App } from '../../src/app.ts';`],
    ['extensions/hubspot/generate.ts', `import * as card from '../../src/views/card-schema.ts';`],
    [
      'extensions/salesforce/generate/declaration.ts',
      `import objects from '../../../manifests/salesforce-objects.json' with { type: 'json' };`,
    ],
  ])('let pass, in %s, %s', (path, line) => {
    expect(problemsOf(path, line)).toEqual([]);
  });

  it('stand in docs/architecture.md as they are held', () => {
    const page = readText('docs/architecture.md').replaceAll(/ {2,}/g, ' ');
    const rows = Object.entries(MAY_IMPORT).map(
      ([room, allowed]) => `| \`${room}\` | ${allowed.join(', ') || '–'} |`,
    );
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });
});

describe('rooms', () => {
  const commits = (files: SourceFile[]): string[] =>
    files
      .filter(({ path, text }) => path.startsWith('src/') && /\bstore\.commit\(/.test(text))
      .map(({ path }) => path);

  it('commit through posting alone', () => {
    // What posting commits is handed on by what seals the persons in it, and by nobody else but who seals them anew.
    expect(commits(codeFiles())).toEqual([
      'src/forgetting/reseal.ts',
      'src/forgetting/sealed-persons.ts',
      'src/posting/post.ts',
      'src/posting/rebuild.ts',
    ]);
    expect(commits([{ path: 'src/billing/a.ts', text: 'await deps.store.commit(wish);' }])).toHaveLength(1);
  });

  it('read the environment at the command line alone, where config checks it', () => {
    const readers = codeFiles().filter(
      ({ path, text }) => path.startsWith('src/') && text.includes('process.env'),
    );
    expect(readers.map(({ path }) => path)).toEqual(['src/cli.ts']);
  });

  it('have nothing but their port beside the adapters of a port', () => {
    const beside = codePaths().filter((path) => /^src\/(gateways|crms|store|secrets)\/[^/]+$/.test(path));
    expect(beside).toEqual([...Object.values(PORTS), ...PORT_PARTS].sort());
  });

  const GATEWAY = 'index client capabilities connect verify normalise fetch list invoices payments errors';
  const CRM = 'index client oauth verify schema read write match errors';

  it.each([
    ['src/gateways/', GATEWAY],
    ['src/crms/', CRM],
  ])('name the files of every adapter under %s alike', (room, names) => {
    const inside = codePaths().filter((path) => path.startsWith(room) && path.split('/').length > 3);
    const files = Map.groupBy(inside, (path) => path.split('/')[2]);
    expect(files.size).toBeGreaterThan(0);
    for (const [vendor, paths] of files) {
      const found = new Set(paths.map((path) => path.split('/')[3]?.replace(/\.ts$/, '')));
      expect([...found].sort(), vendor).toEqual(names.split(' ').sort());
    }
  });
});

describe('files', () => {
  const firstLineTells = (text: string): boolean => /^\/\/ \S.{8,}[.?!]$/.test(text.split('\n', 1)[0] ?? '');
  const limitOf = (path: string): number => (/^(test|bench)\//.test(path) ? 500 : 300);
  const isTooLong = ({ path, text }: SourceFile): boolean =>
    text.trimEnd().split('\n').length > limitOf(path);
  const FORBIDDEN = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'managers', 'misc']);
  const saysNothing = (path: string): boolean =>
    path.split(/[/.\-_]/).some((word) => FORBIDDEN.has(word.toLowerCase()));

  it('begin with one sentence that says their job', () => {
    expect(codeFiles().flatMap(({ path, text }) => (firstLineTells(text) ? [] : [path]))).toEqual([]);
  });

  it('stay short enough to read in one go', () => {
    expect(
      codeFiles()
        .filter(isTooLong)
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('have names that say what is inside', () => {
    expect(repositoryPaths().filter(saysNothing)).toEqual([]);
  });

  it('are caught when they break one of these', () => {
    expect(firstLineTells(`import { a } from './a.ts';`)).toBe(false);
    expect(firstLineTells('// no end of a sentence\n')).toBe(false);
    expect(isTooLong({ path: 'src/a.ts', text: 'a\n'.repeat(301) })).toBe(true);
    expect(isTooLong({ path: 'test/a.test.ts', text: 'a\n'.repeat(500) })).toBe(false);
    expect(saysNothing('src/money/string-utils.ts')).toBe(true);
    expect(saysNothing('src/commons-clause.ts')).toBe(false);
  });
});
