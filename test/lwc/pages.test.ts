// The pages that belong to no record, and the quick actions: settings by role, finance's lists, forms above a record.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  settingsRequestSchema,
  settingsViewSchema,
  type SettingsView,
} from '../../src/views/settings-schema.ts';
import { unmatchedAnswerSchema } from '../../src/views/unmatched-schema.ts';
import { otherCrm } from '../cards/sample-other-crm.ts';
import { outcomeAnswer, viewAnswer } from '../cards/sample-view.ts';
import { overflow, violations } from '../e2e/accessibility.ts';
import { financeAnswer } from './sample-finance.ts';
import { ORG } from '../sandbox/salesforce-rig.ts';
import { contactPath, NARROW, NO_ANSWER, openStudio, WIDE, type Handlers, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const SETTINGS = '/lightning/n/Payside_Settings';
const FINANCE = '/lightning/n/Payside_Finance';
const USER = '005000000000001AAA';
const CONTACT = '003000000000009AAA';

const admin = {
  people: [
    { userId: USER, name: 'Rae Porter', email: 'rae@brightwell.test', role: 'admin' as const, isYou: true },
    { userId: '005000000000002AAA', name: 'Rob Quill', email: null, role: 'viewer' as const, isYou: false },
  ],
  peopleNote: null,
  timeZones: ['America/New_York', 'Europe/Berlin'],
  connectUrl: 'https://connector.payside.example/connect/stripe?link=abc',
  installation: {
    portalId: ORG,
    installedAt: '2026-11-01T08:00:00Z',
    installedText: 'Nov 1, 2026, 9:00 AM',
    missingScopes: [],
    mirrorsInvoices: true,
  },
  otherCrm: otherCrm(),
  givenUp: null,
  keptEdits: null,
} satisfies SettingsView['admin'];

const settings = (part: Partial<SettingsView> = {}) => ({
  ok: true,
  view: settingsViewSchema.parse({
    role: 'admin',
    brand: { name: 'Brightwell', logoUrl: null, color: '#1463c4' },
    timeZone: 'Europe/Berlin',
    payPage: 'embedded',
    linkOnRecord: false,
    crmEdits: 'repair',
    mode: 'live',
    modeText: 'Payments are real.',
    accounts: [
      {
        id: 'ga_1',
        name: 'Brightwell Joinery',
        mode: 'live',
        state: 'connected',
        stateText: 'Connected',
        tone: 'success',
        importing: null,
        connectedAt: '2026-11-01T08:00:00Z',
        verifiedAt: null,
        verifiedText: 'Not checked yet',
      },
    ],
    admin,
    ...part,
  }),
});

const payer = {
  customerId: 'cus_1',
  name: 'Nadia Nobody',
  email: 'nadia@example.com',
  reason: 'several_contacts' as const,
  reasonText: 'Several contacts have this address.',
  candidates: [
    { objectType: 'Contact', recordId: CONTACT, name: 'Nadia One' },
    { objectType: 'Contact', recordId: '003000000000010AAA', name: null },
  ],
};
const unmatched = (payers = [payer]) =>
  unmatchedAnswerSchema.parse({ ok: true, payers, total: payers.length });

type Part = Parameters<typeof settings>[0];
const openPage = (path: string, part: Part = {}, handlers: Handlers = {}, size = WIDE) =>
  studio.open(
    {
      read: (name) =>
        name === 'settings' ? settings(part) : name === 'finance' ? financeAnswer() : unmatched([]),
      ...handlers,
    },
    { path, size },
  );

const says = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();
const section = (page: Page, tag: string): Locator => page.locator(`c-payside-${tag}`);

describe('the settings page', () => {
  test('shows an admin everything, and breaks no rule of accessibility', async () => {
    const { page } = await openPage(SETTINGS);
    for (const title of ['Payment gateway', 'Brand', 'People', 'Connection to Salesforce'])
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Connect other keys' }).getAttribute('href')).toBe(
      admin.connectUrl,
    );
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
  });

  test('shows others what concerns them, and nothing to change', async () => {
    const { page, seen } = await openPage(SETTINGS, { role: 'rep', admin: null });
    await says(page, 'Only admins can change the settings');
    expect(await page.getByRole('button', { name: /^Save/ }).count()).toBe(0);
    expect(seen.map(({ params }) => params['name'])).toEqual(['settings']);
  });

  test('saves the brand, and says at the field what is wrong with it', async () => {
    const answers: unknown[] = [
      {
        ok: false,
        code: 'settings_invalid',
        message: 'That is no color.',
        retry: 'never',
        problems: [{ field: 'brand.color', message: 'That is no color.' }],
      },
      settings({ brand: { name: 'Brightwell', logoUrl: null, color: '#112233' } }),
    ];
    const saved: unknown[] = [];
    const { page } = await openPage(
      SETTINGS,
      {},
      {
        save: (name, body) => {
          saved.push({ name, ...settingsRequestSchema.parse(body) });
          return answers.shift();
        },
      },
    );
    const brand = section(page, 'brand');
    await brand.getByLabel('Color').fill('blue');
    await brand.getByRole('button', { name: 'Save brand' }).click();
    await brand.getByText('Not saved').waitFor();
    await vi.waitFor(async () => expect(await brand.getByText('That is no color.').count()).toBe(2));
    await brand.getByLabel('Color').fill('#112233');
    await brand.getByRole('button', { name: 'Save brand' }).click();
    await page.locator('.toast').getByText('Saved.').waitFor();
    expect(saved).toMatchObject([
      { name: 'settings', brand: { color: 'blue' } },
      { brand: { name: 'Brightwell', logoUrl: null, color: '#112233' } },
    ]);
  });

  test('gives roles to people of the org, and to one it does not list', async () => {
    const saved: unknown[] = [];
    const { page } = await openPage(
      SETTINGS,
      {},
      {
        save: (_name, body) => {
          saved.push(settingsRequestSchema.parse(body).roles);
          return settings();
        },
      },
    );
    const people = section(page, 'people');
    expect(await people.getByRole('button', { name: 'Save roles' }).isDisabled()).toBe(true);
    await people.getByRole('combobox', { name: 'Role of Rob Quill' }).click();
    await people.getByRole('option', { name: /^Finance/ }).click();
    await people.getByLabel('Somebody else, by Salesforce user id').fill('005000000000003AAA');
    await people.getByRole('button', { name: 'Save roles' }).click();
    await page.locator('.toast').getByText('Saved.').waitFor();
    expect(saved).toEqual([
      [
        { userId: '005000000000002AAA', role: 'finance' },
        { userId: '005000000000003AAA', role: 'rep' },
      ],
    ]);
  });

  test('looks again by itself until a first sync is over', async () => {
    const importing = {
      ...settings().view.accounts[0]!,
      state: 'importing',
      importing: { done: 4, total: 9, paused: false, word: 'Reading history' },
    };
    const views = [settings({ accounts: [importing] as SettingsView['accounts'] }), settings()];
    const { page, pass } = await openPage(SETTINGS, {}, { read: () => views.shift() ?? settings() });
    await says(page, 'Reading history');
    await pass(2000);
    await says(page, 'Connected');
  });

  test('has the reading of history paused and gone on with, by keyboard', async () => {
    const reading = (paused: boolean) => ({
      ...settings().view.accounts[0]!,
      state: 'importing' as const,
      stateText: paused ? 'Reading history is paused: 4 objects so far' : 'Reading history: 4 objects so far',
      importing: { done: 4, total: 9, paused, word: paused ? 'Paused' : 'Reading history' },
    });
    const now = { paused: false };
    const view = () => settings({ accounts: [reading(now.paused)] });
    const wishes: unknown[] = [];
    const save = (_name: string, body: unknown) => {
      const { history } = settingsRequestSchema.parse(body);
      wishes.push(history);
      now.paused = history?.wish === 'pause';
      return view();
    };
    const { page } = await openPage(
      SETTINGS,
      {},
      { save, read: (name) => (name === 'settings' ? view() : unmatched([])) },
    );
    for (const text of ['Pause reading', 'Go on reading']) {
      await page.getByRole('button', { name: text }).focus();
      await page.keyboard.press('Enter');
      await vi.waitFor(async () => expect(await page.getByRole('button', { name: text }).count()).toBe(0));
    }
    expect(wishes).toEqual([
      { account: 'ga_1', wish: 'pause' },
      { account: 'ga_1', wish: 'resume' },
    ]);
  });

  test('names edits that are kept, and has them put right', async () => {
    const keptEdits = {
      count: 1,
      title: 'One record in Salesforce was edited and is kept so',
      text: 'They do not show what Payside wrote.',
      records: [{ id: 'a', text: `Contact ${CONTACT}, seen Nov 2, 2026, 9:00 AM` }],
    };
    const saved: unknown[] = [];
    const save = (_name: string, body: unknown) => {
      saved.push(settingsRequestSchema.parse(body));
      return settings();
    };
    const { page } = await openPage(SETTINGS, { crmEdits: 'keep', admin: { ...admin, keptEdits } }, { save });
    await says(page, keptEdits.records[0]!.text);
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    await page.getByRole('button', { name: 'Put right now' }).click();
    await vi.waitFor(async () => expect(await page.getByText(keptEdits.title).count()).toBe(0));
    const taking = section(page, 'taking');
    await taking.getByRole('combobox', { name: 'Edits made in Salesforce' }).click();
    await taking.getByRole('option', { name: /^Keep them/ }).click();
    await taking.getByRole('button', { name: 'Save payments' }).click();
    await vi.waitFor(() => expect(saved).toMatchObject([{ putRight: true }, { crmEdits: 'keep' }]));
  });

  test('that cannot be loaded says so, and tries again', async () => {
    const answers: unknown[] = [NO_ANSWER, settings()];
    const { page } = await openPage(SETTINGS, {}, { read: () => answers.shift() ?? unmatched([]) });
    await says(page, 'Settings could not be loaded');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Brand', exact: true }).waitFor();
  });
});

describe('a customer without a record', () => {
  test('is assigned to the contact that was chosen, once', async () => {
    const sent: unknown[] = [];
    const { page, seen } = await openPage(
      SETTINGS,
      {},
      {
        read: (name) => (name === 'settings' ? settings() : unmatched()),
        start: (kind, body) => {
          sent.push(body);
          return outcomeAnswer(kind, body.operationId, { state: 'done', result: { message: 'Assigned.' } });
        },
      },
    );
    const list = section(page, 'unmatched');
    await list.getByText('Nadia Nobody', { exact: true }).waitFor();
    expect(await list.getByRole('button', { name: 'Assign' }).isDisabled()).toBe(true);
    await list.getByRole('combobox', { name: 'Contact of Nadia Nobody' }).click();
    await list.getByRole('option', { name: /^Nadia One/ }).click();
    await list.getByRole('button', { name: 'Assign' }).click();
    await list.getByText('Every customer is matched to a record.').waitFor();
    await page.locator('.toast').getByText('Assigned.').waitFor();
    expect(sent).toMatchObject([{ customerId: 'cus_1' }]);
    expect(seen.find(({ method }) => method === 'operate')?.params['recordId']).toBe(CONTACT);
  });

  test('that a person took off a record is proposed no record', async () => {
    const released = { ...payer, reason: 'released' as const, candidates: payer.candidates.slice(0, 1) };
    const { page } = await openPage(
      SETTINGS,
      {},
      {
        read: (name) =>
          name === 'settings'
            ? settings()
            : unmatchedAnswerSchema.parse({ ok: true, payers: [released], total: 1 }),
      },
    );
    const list = section(page, 'unmatched');
    await list.getByText('Nadia Nobody', { exact: true }).waitFor();
    expect(await list.getByRole('button', { name: 'Assign' }).isDisabled()).toBe(true);
  });
});

describe("finance's page", () => {
  const org = () => studio.rig.salesforce.org(ORG);
  const list = (page: Page, title: string): Locator =>
    section(page, 'finance-list').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

  test('lists what the views of the package list, and says where there is nothing', async () => {
    const due = (days: number): string =>
      new Date(studio.rig.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
    const invoice = (name: string, more: Record<string, string | number>): string =>
      org().create('Payside_Invoice__c', {
        Name: name,
        Payside_Id__c: `in_${name}`,
        State__c: 'open',
        Status__c: 'open',
        Due_Minor__c: 12_000,
        Due_Text__c: 'EUR 120.00',
        Account__c: org().ref('mill'),
        ...more,
      });
    const late = invoice('PS-1', { Due_Date__c: due(-9), Status__c: 'overdue' });
    invoice('PS-2', { Due_Date__c: due(9) });
    const { page } = await openPage(FINANCE);
    const overdue = list(page, 'Overdue invoices');
    await overdue.getByRole('link', { name: 'PS-1' }).waitFor();
    const rows = await overdue.locator('tbody tr').allInnerTexts();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain('Old Mill');
    expect(rows[0]).toContain('EUR 120.00');
    expect(rows[0]).toMatch(/9$/);
    await list(page, 'Disputes to answer').getByText('No dispute is open.').waitFor();
    await overdue.getByRole('link', { name: 'PS-1' }).click();
    await page.waitForURL(new RegExp(`/lightning/r/Payside_Invoice__c/${late}/view`));
  });

  test('reads its lists again when told to', async () => {
    const { page } = await openPage(FINANCE);
    const failed = list(page, 'Failed payments');
    await failed.getByText('No payment failed.').waitFor();
    org().create('Payside_Payment__c', {
      Payside_Id__c: 'pi_1',
      Status__c: 'failed',
      Amount_Text__c: 'EUR 80.00',
    });
    await page.getByRole('button', { name: 'Refresh sums and lists' }).click();
    await failed.getByText('EUR 80.00').waitFor();
  });

  test('offers assigning to finance, not to a rep, and breaks no rule of accessibility', async () => {
    const { page } = await openPage(FINANCE, { role: 'finance', admin: null });
    await page.getByRole('heading', { name: 'Customers without a record' }).waitFor();
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    const rep = await openPage(FINANCE, { role: 'rep', admin: null });
    await says(rep.page, 'Brightwell Joinery');
    expect(await section(rep.page, 'unmatched').count()).toBe(0);
  });

  test('says that the connector was not reached, and shows the records all the same', async () => {
    const { page } = await openPage(FINANCE, {}, { read: () => NO_ANSWER });
    await says(page, 'The connector was not reached');
    await list(page, 'Failed refunds').getByText('No refund failed.').waitFor();
  });
});

describe('a quick action', () => {
  const act = async (page: Page, name: string): Promise<Locator> => {
    await page.locator('.action', { hasText: name }).click();
    return page.locator('dialog');
  };

  test('makes a link above the record, and the card beneath reads again', async () => {
    const { page, count } = await studio.open(
      {
        view: () => viewAnswer(),
        start: (kind, { operationId }) =>
          outcomeAnswer(kind, operationId, {
            state: 'done',
            result: { message: 'Made.', payUrl: 'https://connector.payside.example/pay/tok1' },
          }),
      },
      { path: contactPath(studio.rig) },
    );
    await says(page, 'Owed');
    const before = count('view');
    const dialog = await act(page, 'Payment link');
    await dialog.getByLabel('Amount').fill('5');
    await dialog.getByLabel('What it is for').fill('Bell');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create payment link' }).click();
    await dialog.getByRole('button', { name: 'Copy link' }).waitFor();
    await vi.waitFor(() => expect(count('view')).toBeGreaterThanOrEqual(before + 2));
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('that the role does not allow says so', async () => {
    const { page } = await studio.open({ view: () => viewAnswer({ role: 'viewer', actions: [] }) });
    await says(page, 'Owed');
    const dialog = await act(page, 'New invoice');
    await dialog.getByText('An admin of Payside can let you collect.').waitFor();
    expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Close']);
  });

  test('says what went wrong where the record cannot be read', async () => {
    const { page } = await studio.open({ view: () => NO_ANSWER });
    const dialog = await act(page, 'Payment link');
    await dialog.getByText('Payments could not be loaded').waitFor();
  });
});
