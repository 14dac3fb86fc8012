// Holds the manifests to the code, the platform's files and the pages that repeat them.
import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import fields from '../manifests/crm-fields.json' with { type: 'json' };
import scopes from '../manifests/scopes.json' with { type: 'json' };
import events from '../manifests/webhook-events.json' with { type: 'json' };
import { usedEvents } from '../src/gateways/stripe/normalise.ts';
import { BALANCE_STATES } from '../src/ledger/balance.ts';
import { render } from '../src/records/render.ts';
import { readText } from './support/source-files.ts';

const isRepeated = (names: readonly string[]): boolean => new Set(names).size < names.length;

/** Cells of the table rows of a page whose first cell is code, by that cell. */
function tableRows(page: string): Map<string, string[]> {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.map((row) => row.split('|').slice(1, -1));
  return new Map(
    cells.map(([first = '', ...rest]) => [first.replaceAll('`', '').trim(), rest.map((cell) => cell.trim())]),
  );
}

describe('webhook-events.json', () => {
  const { apiVersion, events: readings, appEvents } = events.stripe;

  it('is pinned to the version that the Stripe SDK was made for', () => {
    expect(apiVersion).toBe(Stripe.API_VERSION);
  });

  it('names only events that the normaliser can read', () => {
    expect([...usedEvents].sort()).toEqual(Object.keys(readings).sort());
  });

  it('is explained in docs/events.md, one row an event with its reading', () => {
    const rows = tableRows(readText('docs/events.md'));
    const wanted = Object.entries({ ...readings, ...appEvents }).map(
      ([event, reading]) => `${event} ${reading}`,
    );
    const found = [...rows].map(([event, [reading = '']]) => `${event} ${reading.replaceAll('`', '')}`);
    expect(found.sort()).toEqual(wanted.sort());
    expect([...rows.values()].filter(([, effect = '']) => effect.length < 10)).toEqual([]);
  });
});

describe('crm-fields.json', () => {
  const option = z.strictObject({ value: z.string().regex(/^[a-z_]+$/), label: z.string().min(1) });
  const named = {
    name: z.string().regex(/^payside_[a-z_]+$/),
    label: z.string().min(1),
    unit: z.string().min(1),
    description: z.string().endsWith('.'),
  };
  const plain = z.strictObject({
    field: z.string(),
    ...named,
    type: z.enum(['number', 'string', 'datetime', 'date']),
  });
  const choice = z.strictObject({
    field: z.string(),
    ...named,
    type: z.literal('enumeration'),
    options: z.array(option).min(1),
  });
  const schema = z.strictObject({
    group: z.strictObject({ name: z.literal('payside'), label: z.literal('Payside') }),
    schemaVersion: z.int().min(1),
    summary: z.array(z.discriminatedUnion('type', [plain, choice])).min(1),
    invoice: z.array(z.discriminatedUnion('type', [plain, choice])).min(1),
    owned: z.strictObject({ ...named, type: z.literal('string') }),
  });

  it('has a name, a known type, a unit and a description for every field', () => {
    expect(schema.safeParse(fields).error?.issues ?? []).toEqual([]);
  });

  it('does not let a mistake through', () => {
    const [first] = fields.summary;
    const wrong = { ...fields, summary: [{ ...first, type: 'float' }] };
    expect(schema.safeParse(wrong).success).toBe(false);
  });

  it('uses every name once', () => {
    expect(isRepeated([...fields.summary.map(({ name }) => name), fields.owned.name])).toBe(false);
    expect(isRepeated(fields.summary.map(({ field }) => field))).toBe(false);
  });

  it('has exactly the fields that a desired state is rendered to', () => {
    const values = {
      owed: [],
      overdue: [],
      collected: [],
      status: 'none',
      lastPaymentAt: null,
      nextDue: null,
      nextInvoice: null,
    };
    const record = { installationId: 'inst_1', objectType: 'contacts', recordId: '1' };
    const target = { currency: 'EUR', schemaVersion: fields.schemaVersion, linkTo: () => null };
    const rendered = render({ record, presence: 'present', values }, target);
    expect(Object.keys(rendered).sort()).toEqual(fields.summary.map(({ field }) => field).sort());
  });

  it('offers one option for each status word of the ledger', () => {
    const status = fields.summary.find(({ field }) => field === 'status');
    expect(status?.options?.map(({ value }) => value)).toEqual([...BALANCE_STATES]);
  });
});

describe('scopes.json', () => {
  const app = z
    .object({
      config: z.object({
        auth: z.object({ requiredScopes: z.array(z.string()), optionalScopes: z.array(z.string()) }),
      }),
    })
    .parse(JSON.parse(readText('extensions/hubspot/src/app/app-hsmeta.json')));

  it('asks HubSpot for what the app declares, no more and no less', () => {
    expect(app.config.auth.requiredScopes.toSorted()).toEqual(scopes.hubspot.required.toSorted());
    expect(app.config.auth.optionalScopes.toSorted()).toEqual(scopes.hubspot.optional.toSorted());
  });

  it('names every scope once', () => {
    expect(isRepeated([...scopes.hubspot.required, ...scopes.hubspot.optional])).toBe(false);
  });
});
