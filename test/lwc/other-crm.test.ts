// Another CRM on Lightning's settings page: the code, the request on either side, by keyboard, wide and narrow.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { otherCrmRequestSchema, type OtherCrm } from '../../src/views/other-crm-schema.ts';
import { settingsViewSchema, type OtherCrmAnswer } from '../../src/views/settings-schema.ts';
import { otherCrm, request, REQUEST_ID } from '../cards/sample-other-crm.ts';
import { overflow, violations } from '../e2e/accessibility.ts';
import { ORG } from '../sandbox/salesforce-rig.ts';
import { NARROW, openStudio, WIDE, type Handlers, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const view = (part: Partial<OtherCrm> = {}) =>
  settingsViewSchema.parse({
    role: 'admin',
    brand: { name: 'Brightwell', logoUrl: null, color: '#1463c4' },
    timeZone: 'Europe/Berlin',
    payPage: 'embedded',
    linkOnRecord: false,
    crmEdits: 'repair',
    mode: 'live',
    modeText: 'Payments are real.',
    accounts: [],
    admin: {
      people: [],
      peopleNote: null,
      timeZones: ['Europe/Berlin'],
      connectUrl: 'https://connector.payside.example/connect/stripe?link=abc',
      installation: {
        portalId: ORG,
        installedAt: '2026-11-01T08:00:00Z',
        installedText: 'Nov 1, 2026, 9:00 AM',
        missingScopes: [],
        mirrorsInvoices: true,
      },
      otherCrm: otherCrm(part),
      givenUp: null,
      keptEdits: null,
    },
  });

const done = (
  part: Partial<OtherCrm> = {},
  code: { text: string; note: string } | null = null,
): OtherCrmAnswer => ({
  ok: true,
  view: view(part),
  message: 'It was done.',
  code,
});

/** Opens the page as it is before a step; `sent` is what the steps were. */
async function open(before: Partial<OtherCrm>, step: () => OtherCrmAnswer = () => done(), size = WIDE) {
  const sent: unknown[] = [];
  const handlers: Handlers = {
    read: (name) =>
      name === 'settings' ? { ok: true, view: view(before) } : { ok: true, payers: [], total: 0 },
    save: (name, body) => {
      expect(name).toBe('other-crm');
      sent.push(otherCrmRequestSchema.parse(body));
      return step();
    },
  };
  const { page } = await studio.open(handlers, { path: '/lightning/n/Payside_Settings', size });
  await page.getByRole('heading', { name: 'Other CRM', exact: true }).waitFor();
  return { page, sent };
}

async function expectFine(page: Page): Promise<void> {
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    expect([size.width, await violations(page), await overflow(page)]).toEqual([size.width, [], 0]);
  }
}

/** By keyboard alone. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus();
  await page.keyboard.press('Enter');
}

const says = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();

test('an admin makes a code, which is shown with what it is worth', async () => {
  const text = 'ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345';
  const { page, sent } = await open({}, () => done({}, { text, note: 'For one use within 30 minutes.' }));
  await press(page, 'Make a code');
  await says(page, text);
  await says(page, 'For one use within 30 minutes.');
  await page.getByRole('button', { name: 'Make another code' }).waitFor();
  expect(sent).toMatchObject([{ step: 'make-code' }]);
  await expectFine(page);
});

test('the other side enters it and waits', async () => {
  const asked = { title: 'Waits for an admin of Brightwell', text: 'Asked at noon.', mayTakeBack: true };
  const { page, sent } = await open({ mayAsk: true, askText: 'Enter a code.' }, () => done({ asked }));
  expect(await page.getByRole('button', { name: 'Ask to join' }).isDisabled()).toBe(true);
  await page.getByLabel('Code from the other CRM').fill(' ABCD ');
  await press(page, 'Ask to join');
  await says(page, asked.title);
  expect(await page.getByLabel('Code from the other CRM').count()).toBe(0);
  await expectFine(page);
  await press(page, 'Take back');
  await expect.poll(() => sent).toMatchObject([{ step: 'ask', code: 'ABCD' }, { step: 'take-back' }]);
});

test.each([
  ['Confirm', 'confirm'],
  ['Decline', 'decline'],
])('an admin who was asked presses %s', async (label, step) => {
  const { page, sent } = await open({ requests: [request], mayInvite: false });
  await says(page, request.title);
  await expectFine(page);
  await press(page, label);
  await page.getByText(request.title, { exact: true }).waitFor({ state: 'detached' });
  expect(sent).toMatchObject([{ step, requestId: REQUEST_ID }]);
});

test('who is there already is named, a refusal is told, and a move that was cut off cannot be declined', async () => {
  const joined = [{ id: 'i', title: 'HubSpot 77', stateText: 'Connected', tone: 'success' as const }];
  const refusal = {
    ok: false,
    code: 'join_same_crm',
    message: 'It takes one of each.',
    retry: 'never',
  } as const;
  const { page } = await open(
    { joined, requests: [{ ...request, mayDecline: false }], declinedText: 'An admin declined it.' },
    () => refusal,
  );
  for (const text of ['HubSpot 77', 'Connected', 'An admin declined it.']) await says(page, text);
  expect(await page.getByRole('button', { name: 'Decline' }).count()).toBe(0);
  await press(page, 'Confirm');
  await page.getByRole('alert').getByText('It takes one of each.').waitFor();
  await expectFine(page);
});
