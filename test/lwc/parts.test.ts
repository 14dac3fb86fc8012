// What holds the components together with what is around them: types, Apex, and the page that stands in for Lightning.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { controller } from '../../sandbox/salesforce/host-controller.ts';
import { readLayout } from '../../sandbox/salesforce/host-layout.ts';
import { neededParts } from '../../sandbox/salesforce/lightning/needed-parts.ts';
import { PACKAGE } from '../sandbox/salesforce-rig.ts';

const LWC = join(PACKAGE, 'lwc');
const bundles = readdirSync(LWC).sort();

test('every component is type-checked under the name by which others import it', () => {
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.lwc.json', 'utf8')) as {
    compilerOptions: { paths: Record<string, string[]> };
  };
  const wanted = bundles.map((name) => [`c/${name}`, [`./${LWC}/${name}/${name}.js`]]);
  const { 'payside/view': view, ...components } = compilerOptions.paths;
  expect(components).toEqual(Object.fromEntries(wanted));
  expect(view).toEqual(['./extensions/hubspot/ui/view-types.ts']);
});

test('the stand-in plays every method of Apex that components may call, and no other', async () => {
  const apex = readFileSync(join(PACKAGE, 'classes/PaysideController.cls'), 'utf8');
  const methods = [...apex.matchAll(/@AuraEnabled[^\n]*\n\s+public static String (\w+)\(/g)].map(
    ([, name = '']) => name,
  );
  expect(methods.length).toBeGreaterThan(4);
  const caller = { org: { seed: {} } } as Parameters<typeof controller>[0];
  const isPlayed = (method: string): Promise<boolean> =>
    controller(caller, method, {}).then(
      (answer) => answer !== undefined,
      () => true,
    );
  for (const method of methods) expect([method, await isPlayed(method)]).toEqual([method, true]);
  expect(await isPlayed('invented')).toBe(false);
});

describe('the Lightning-like page', () => {
  const layout = readLayout(PACKAGE);

  test.each(['Contact', 'Account', 'Opportunity'])('%s has the card and both quick actions', (type) => {
    expect(Object.values(layout.regions(type)).flat()).toContain('paysidePayments');
    expect(layout.actions(type).map(({ component }) => component)).toEqual([
      'paysideInvoiceAction',
      'paysideCollectAction',
    ]);
  });

  test('has the pages of the Payments app', () => {
    expect(layout.appPages.map(({ components }) => components)).toEqual([
      ['paysideFinance'],
      ['paysideSettings'],
    ]);
  });

  test('compiles what the components use, and nothing of what the page itself plays', () => {
    const { components, icons } = neededParts();
    expect(components).toContain('lightning/modal');
    expect(components).not.toContain('lightning/empApi');
    expect(icons).toContain('utility:refresh');
  });
});
