// Another CRM on the settings page in HubSpot's own renderer: the code, the request on either side, and what was refused.
import { afterEach, expect, test, vi } from 'vitest';
import { Alert, Button, Form, Heading, Input, LoadingButton, hubspot } from '@hubspot/ui-extensions';
import { createRenderer, type Renderer } from '@hubspot/ui-extensions/testing';
import { SettingsPage } from '@payside/hubspot-ui';
import {
  otherCrmRequestSchema,
  type OtherCrm,
  type OtherCrmRequest,
} from '../../src/views/other-crm-schema.ts';
import {
  settingsViewSchema,
  type OtherCrmAnswer,
  type SettingsView,
} from '../../src/views/settings-schema.ts';
import { CONNECTOR_URL, Status } from './card-page.tsx';
import { otherCrm, request, REQUEST_ID } from './sample-other-crm.ts';

const view = (change: Partial<OtherCrm> = {}): SettingsView =>
  settingsViewSchema.parse({
    role: 'admin',
    brand: { name: 'Brightwell', logoUrl: null, color: '#0b6b58' },
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
      connectUrl: `${CONNECTOR_URL}/connect/stripe?link=signed`,
      installation: {
        portalId: '4242',
        installedAt: '2026-05-01T08:00:00.000Z',
        installedText: 'May 1, 2026',
        missingScopes: [],
        mirrorsInvoices: false,
      },
      otherCrm: otherCrm(change),
      givenUp: null,
      keptEdits: null,
    },
  });

const done = (change: Partial<OtherCrm> = {}, more: object = {}): OtherCrmAnswer => ({
  ok: true,
  view: view(change),
  message: 'It was done.',
  code: null,
  ...more,
});

type Step = (request: OtherCrmRequest) => OtherCrmAnswer | Status;

/** Opens the page as it is before the step, and holds what it sends to the contract. */
async function open(before: Partial<OtherCrm>, step: Step = () => done()) {
  const sent: OtherCrmRequest[] = [];
  vi.spyOn(hubspot, 'fetch').mockImplementation(async (url, options = {}) => {
    if (String(url).endsWith('/unmatched'))
      return new Response(JSON.stringify({ ok: true, payers: [], total: 0 }));
    if (options.method !== 'POST') return new Response(JSON.stringify({ ok: true, view: view(before) }));
    expect(url).toBe(`${CONNECTOR_URL}/api/v1/settings/other-crm`);
    const body = otherCrmRequestSchema.parse(options.body);
    sent.push(body);
    const answer = step(body);
    return answer instanceof Status ? new Response('{}', answer) : new Response(JSON.stringify(answer));
  });
  const page = createRenderer('settings');
  page.mocks.context.variables = { CONNECTOR_URL };
  page.render(<SettingsPage />);
  await page.waitFor(() => page.find(Heading, ({ text }) => text === 'Other CRM'));
  return { page, sent };
}

type Page = Renderer<'settings'>;
const textOf = (page: Page): string => page.getRootNode().toString();
const isThere = (page: Page, label: string): boolean =>
  page.maybeFind(Button, ({ text }) => text === label) !== null ||
  page.maybeFind(LoadingButton, ({ text }) => text === label) !== null;
const says = (page: Page, words: string) => page.waitFor(() => expect(textOf(page)).toContain(words));
const press = (page: Page, label: string): void => {
  const loading = page.maybeFind(LoadingButton, ({ text }) => text === label);
  (loading ?? page.find(Button, ({ text }) => text === label)).trigger('onClick', {} as never);
};

afterEach(() => vi.restoreAllMocks());

test('an admin makes a code, which is shown with what it is worth and can be copied', async () => {
  const code = { text: 'ABCD-EFGH', note: 'For one use within 30 minutes.' };
  const { page, sent } = await open({}, () => done({}, { code }));
  press(page, 'Make a code');
  await says(page, 'ABCD-EFGH');
  expect(textOf(page)).toContain('For one use within 30 minutes.');
  expect(sent).toMatchObject([{ step: 'make-code' }]);
  press(page, 'Copy code');
  expect(page.mocks.actions.copyTextToClipboard.calls).toEqual([['ABCD-EFGH']]);
  expect(isThere(page, 'Make another code')).toBe(true);
});

test('the other side enters it, waits, and may take it back', async () => {
  const asked = { title: 'Waits for an admin of Brightwell', text: 'Asked at noon.', mayTakeBack: true };
  const { page, sent } = await open({ mayAsk: true, askText: 'Enter a code.' }, ({ step }) =>
    step === 'ask' ? done({ asked }) : done({ mayAsk: true }),
  );
  page
    .find(Input, ({ props }) => props.label === 'Code from the other CRM')
    .trigger('onInput', ' ABCD ' as never);
  page
    .find(Form, (one) => one.maybeFind(LoadingButton, ({ text }) => text === 'Ask to join') !== null)
    .trigger('onSubmit', {} as never);
  await says(page, 'Waits for an admin of Brightwell');
  expect(isThere(page, 'Ask to join')).toBe(false);
  press(page, 'Take back');
  await page.waitFor(() => expect(isThere(page, 'Take back')).toBe(false));
  expect(sent).toMatchObject([{ step: 'ask', code: 'ABCD' }, { step: 'take-back' }]);
});

test.each([
  ['Confirm', 'confirm'],
  ['Decline', 'decline'],
])('an admin who was asked presses %s', async (label, step) => {
  const { page, sent } = await open({ requests: [request] });
  expect(textOf(page)).toContain(request.title);
  press(page, label);
  await page.waitFor(() => expect(textOf(page)).not.toContain(request.title));
  expect(sent).toMatchObject([{ step, requestId: REQUEST_ID }]);
  expect(page.mocks.actions.addAlert.calls).toEqual([[{ type: 'success', message: 'It was done.' }]]);
});

test('a move that was cut off cannot be declined', async () => {
  const { page } = await open({ requests: [{ ...request, mayDecline: false }] });
  expect([isThere(page, 'Confirm'), isThere(page, 'Decline')]).toEqual([true, false]);
});

test('who is there already is named with their state, and nobody else can be let in', async () => {
  const joined = [
    { id: 'i', title: 'Brightwell (Salesforce 00D1)', stateText: 'Connected', tone: 'success' as const },
  ];
  const { page } = await open({ joined, mayInvite: false, inviteText: 'Every CRM is here.', askText: null });
  for (const words of ['Brightwell (Salesforce 00D1)', 'Connected', 'Every CRM is here.'])
    expect(textOf(page)).toContain(words);
  expect([isThere(page, 'Make a code'), isThere(page, 'Ask to join')]).toEqual([false, false]);
});

test('what was declined is told', async () => {
  const { page } = await open({ declinedText: 'An admin of Brightwell declined it.' });
  expect(page.find(Alert, ({ props }) => props.title === 'Declined').text).toContain('declined it');
});

test.each([
  ['a refusal in the words of the connector', 'That was answered already.'],
  ['too many tries', 'Payside is busy.'],
])('%s stands on the page, which looks again', async (what, words) => {
  const refusal = { ok: false, code: 'join_no_request', message: words, retry: 'never' } as const;
  const { page } = await open({ requests: [request] }, () =>
    what === 'too many tries' ? new Status(429) : refusal,
  );
  press(page, 'Confirm');
  await page.waitFor(() => {
    expect(page.find(Alert, ({ props }) => props.title === 'Not done').text).toContain(words);
  });
  expect(
    vi.mocked(hubspot.fetch).mock.calls.filter(([url]) => String(url).endsWith('/settings')),
  ).toHaveLength(2);
});
