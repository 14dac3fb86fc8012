// The cards' small parts: operation ids, calendar days, generated types, and bundles that run in HubSpot's worker.
/// <reference types="node" />
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { assert, date as dates, property } from 'fast-check';
import * as React from 'react';
import * as RemoteUI from '@remote-ui/react';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildCards, type BuiltCard } from '../../extensions/hubspot/build.ts';
import { viewTypes } from '../../extensions/hubspot/generate.ts';
import { dayText, inputDay } from '../../extensions/hubspot/ui/day.ts';
import { createOperationIds, newOperationId } from '../../extensions/hubspot/ui/operation-ids.ts';

const hubspot = path.resolve(import.meta.dirname, '../../extensions/hubspot');

describe('operation ids', () => {
  test('without crypto.randomUUID they are still random version-4 uuids', () => {
    const source = { getRandomValues: crypto.getRandomValues.bind(crypto) };
    const ids = Array.from({ length: 200 }, () => newOperationId(source));
    for (const id of ids) expect(z.uuidv4().safeParse(id).success).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('one thing keeps its id until it is settled, and shares it with nothing', () => {
    const ids = createOperationIds();
    const first = ids.take('void:a');
    expect(ids.take('void:a')).toBe(first);
    expect(ids.take('void:b')).not.toBe(first);
    expect(ids.isOpen('void:a')).toBe(true);
    ids.settle('void:a');
    expect(ids.isOpen('void:a')).toBe(false);
    expect(ids.take('void:a')).not.toBe(first);
  });
});

describe('days', () => {
  test('a day survives the way through the date input', () => {
    const years = { min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
    assert(
      property(dates(years), (date) => {
        const text = date.toISOString().slice(0, 10);
        expect(dayText(inputDay(text)!)).toBe(text);
      }),
    );
  });

  test('what is no day is not guessed', () => {
    expect(inputDay('06.12.2026')).toBeNull();
  });
});

test("the cards' types are those of the connector's contract", async () => {
  for (const [name, text] of Object.entries(await viewTypes()))
    expect(await readFile(path.join(hubspot, 'ui', name), 'utf8'), name).toBe(text);
});

test('the check for stale types passes from the command line', () => {
  expect(() => execFileSync(process.execPath, [path.join(hubspot, 'generate.ts'), '--check'])).not.toThrow();
});

describe('the bundles', () => {
  let outDir = '';
  let cards: BuiltCard[] = [];
  beforeAll(async () => {
    outDir = await mkdtemp(path.join(tmpdir(), 'payside-cards-'));
    cards = await buildCards({ outDir });
  });
  afterAll(() => rm(outDir, { recursive: true }));

  test('there is one for the tab and one for the sidebar of contacts, companies and deals, and the settings page', () => {
    expect(cards.map(({ uid, title, location, objectTypes }) => [uid, title, location, objectTypes])).toEqual(
      [
        ['payments_sidebar', 'Payments', 'crm.record.sidebar', ['contacts', 'companies', 'deals']],
        ['payments_tab', 'Payments', 'crm.record.tab', ['contacts', 'companies', 'deals']],
        ['settings', 'Payside', 'settings', []],
      ],
    );
  });

  test('each runs where only the globals of HubSpot’s worker exist, and registers itself', async () => {
    for (const { bundlePath } of cards) {
      const extended: unknown[] = [];
      const worker: Record<string, unknown> = {
        React,
        RemoteUI,
        __HUBSPOT_EXTENSION_WORKER__: true,
        extend_V2: (callback: unknown) => extended.push(callback),
        hsWorkerAPI: {},
        logger: {},
      };
      worker['self'] = worker;
      vm.runInNewContext(await readFile(bundlePath, 'utf8'), worker);
      expect(extended).toEqual([expect.any(Function)]);
    }
  });
});
