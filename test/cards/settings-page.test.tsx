// The settings page in HubSpot's own renderer: who sees what, what is sent, and what becomes of it.
import { afterEach, expect, test, vi } from 'vitest';
import {
  Alert,
  Button,
  ErrorState,
  Form,
  Input,
  LoadingButton,
  LoadingSpinner,
  ProgressBar,
  Select,
  Toggle,
  hubspot,
} from '@hubspot/ui-extensions';
import { createRenderer, type Renderer } from '@hubspot/ui-extensions/testing';
import { SettingsPage } from '@payside/hubspot-ui';
import {
  settingsRequestSchema,
  settingsViewSchema,
  type SettingsRequest,
  type SettingsView,
} from '../../src/views/settings-schema.ts';
import { CONNECTOR_URL, Status } from './card-page.tsx';
import { otherCrm } from './sample-other-crm.ts';

const ADMIN: NonNullable<SettingsView['admin']> = {
  people: [
    { userId: '61', name: 'Ines Example', email: 'ines@example.com', role: 'admin', isYou: true },
    { userId: '63', name: 'Rosa Example', email: null, role: 'viewer', isYou: false },
  ],
  peopleNote: null,
  timeZones: ['Asia/Tokyo', 'Europe/Berlin'],
  connectUrl: `${CONNECTOR_URL}/connect/stripe?link=signed`,
  installation: {
    portalId: '4242',
    installedAt: '2026-05-01T08:00:00.000Z',
    installedText: 'May 1, 2026',
    missingScopes: ['crm.objects.invoices.read'],
    mirrorsInvoices: false,
  },
  otherCrm: otherCrm(),
  givenUp: null,
  keptEdits: null,
};

const sample = (change: Partial<SettingsView> = {}): SettingsView =>
  settingsViewSchema.parse({
    role: 'admin',
    brand: { name: 'Brightwell', logoUrl: null, color: '#0b6b58' },
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
        connectedAt: '2026-05-01T08:00:00.000Z',
        verifiedAt: null,
        verifiedText: 'Not checked yet',
      },
    ],
    admin: ADMIN,
    ...change,
  });

type Served = { load?: () => unknown; save?: (request: SettingsRequest) => unknown };

/** Answers the page's requests, and holds what it sends to the contract. */
function serve({ load = () => ({ ok: true, view: sample() }), save }: Served): SettingsRequest[] {
  const sent: SettingsRequest[] = [];
  vi.spyOn(hubspot, 'fetch').mockImplementation(async (url, options = {}) => {
    if (url === `${CONNECTOR_URL}/api/v1/unmatched`)
      return new Response(JSON.stringify({ ok: true, payers: [], total: 0 }));
    expect(url).toBe(`${CONNECTOR_URL}/api/v1/settings`);
    const request = options.method === 'POST' ? settingsRequestSchema.parse(options.body) : null;
    if (request) sent.push(request);
    const answer = await (request ? save?.(request) : load());
    if (answer instanceof Error) throw answer;
    if (answer instanceof Status) return new Response('{}', answer);
    return new Response(JSON.stringify(answer));
  });
  return sent;
}

type Page = Renderer<'settings'>;

function open(variables: Record<string, string> = { CONNECTOR_URL }): Page {
  const page = createRenderer('settings');
  page.mocks.context.variables = variables;
  page.render(<SettingsPage />);
  return page;
}

async function loaded(served: Served = {}): Promise<{ page: Page; sent: SettingsRequest[] }> {
  const sent = serve(served);
  const page = open();
  await page.waitFor(() => page.find(Button, ({ text }) => text === 'Look again' || text === 'Try again'));
  return { page, sent };
}

const input = (page: Page, label: string) => page.find(Input, ({ props }) => props.label === label);
const select = (page: Page, label: string) => page.find(Select, ({ props }) => props.label === label);
const textOf = (page: Page): string => page.getRootNode().toString();

async function submit(page: Page, button: string): Promise<void> {
  const form = page.find(Form, (one) => one.maybeFind(LoadingButton, ({ text }) => text === button) !== null);
  form.trigger('onSubmit', {} as never);
  await page.waitFor(() => {
    expect(page.find(LoadingButton, ({ text }) => text === button).props.loading).toBe(false);
  });
}

afterEach(() => vi.restoreAllMocks());

test('the page says that it is loading, then shows an admin everything', async () => {
  let answer: (value: unknown) => void = () => undefined;
  serve({ load: () => new Promise((resolve) => (answer = resolve)) });
  const page = open();
  await vi.waitFor(() => expect(hubspot.fetch).toHaveBeenCalled());
  expect(page.find(LoadingSpinner).props.label).toBe('Loading settings');
  answer({ ok: true, view: sample() });
  await page.waitFor(() => page.find(Button, ({ text }) => text === 'Look again'));
  for (const words of ['Brightwell Joinery', 'Connected', 'Rosa Example', 'Not granted', 'May 1, 2026'])
    expect(textOf(page)).toContain(words);
  expect(page.find(Button, ({ text }) => text === 'Connect other keys').props.href).toEqual({
    url: `${CONNECTOR_URL}/connect/stripe?link=signed`,
    external: true,
  });
});

test('an admin is told what was given up on, in the words of the connector', async () => {
  const givenUp = { count: 2, title: '2 things could not be done', text: 'The field does not exist.' };
  const { page } = await loaded({
    load: () => ({ ok: true, view: sample({ admin: { ...ADMIN, givenUp } }) }),
  });
  expect(page.find(Alert, ({ props }) => props.title === givenUp.title).text).toBe(givenUp.text);
});

test('somebody who is no admin looks, and is told who may change', async () => {
  serve({ load: () => ({ ok: true, view: sample({ role: 'rep', admin: null }) }) });
  const page = open();
  await page.waitFor(() => page.find(Alert, ({ props }) => props.title?.startsWith('Only admins') ?? false));
  expect(page.maybeFind(Form)).toBeNull();
  expect(page.maybeFind(Button)).toBeNull();
  expect(textOf(page)).toContain('Europe/Berlin');
});

test.each([
  ['Payside is out of reach', new Status(503), true],
  ['the portal is not installed', new Status(401), false],
])('when %s the page says so', async (_name, answer, again) => {
  serve({ load: () => answer });
  const page = open();
  await page.waitFor(() => page.find(ErrorState));
  expect(page.maybeFind(Button, ({ text }) => text === 'Try again') !== null).toBe(again);
});

test('trying again loads the page', async () => {
  const answers: unknown[] = [new Error('offline'), { ok: true, view: sample() }];
  const { page } = await loaded({ load: () => answers.shift() });
  page.find(Button, ({ text }) => text === 'Try again').trigger('onClick', {} as never);
  await page.waitFor(() => page.find(Button, ({ text }) => text === 'Look again'));
});

test('an app that was uploaded without its variable says so', () => {
  serve({});
  expect(textOf(open({}))).toContain('CONNECTOR_URL');
});

test('test mode and a missing gateway are said at the top', async () => {
  const { page } = await loaded({
    load: () => ({
      ok: true,
      view: sample({ mode: 'not_connected', modeText: 'No gateway.', accounts: [] }),
    }),
  });
  expect(page.find(Alert).props.title).toBe('Not connected');
  expect(page.find(Button, ({ text }) => text === 'Connect Stripe').props.variant).toBe('primary');
});

test('a first sync shows how far it is', async () => {
  const [account] = sample().accounts;
  const importing = { done: 40, total: 120, paused: false, word: 'Reading history' };
  const { page } = await loaded({
    load: () => ({ ok: true, view: sample({ accounts: [{ ...account!, state: 'importing', importing }] }) }),
  });
  expect(page.find(ProgressBar).props).toMatchObject({ value: 40, maxValue: 120 });
});

test.each([
  [
    'pauses an import that runs',
    'Pause reading',
    'pause',
    { done: 40, total: 120, paused: false, word: 'Reading history' },
  ],
  [
    'goes on with one that is paused',
    'Go on reading',
    'resume',
    { done: 40, total: 120, paused: true, word: 'Paused' },
  ],
  ['has history read again', 'Read history again', 'again', null],
] as const)('an admin %s', async (_name, text, wish, importing) => {
  const [account] = sample().accounts;
  const state = importing ? 'importing' : 'connected';
  const view = sample({ accounts: [{ ...account!, state, importing }] });
  const { page, sent } = await loaded({
    load: () => ({ ok: true, view }),
    save: () => ({ ok: true, view: sample() }),
  });
  page.find(LoadingButton, (one) => one.text === text).trigger('onClick', {} as never);
  await page.waitFor(() => expect(sent).toMatchObject([{ history: { account: 'ga_1', wish } }]));
  await page.waitFor(() => page.find(LoadingButton, (one) => one.text === 'Read history again'));
});

test('nobody else is offered to steer an import, and nobody where the gateway refuses the account', async () => {
  const [account] = sample().accounts;
  const importing = { done: 40, total: 120, paused: false, word: 'Reading history' };
  const accounts = [{ ...account!, state: 'importing' as const, importing }];
  serve({ load: () => ({ ok: true, view: sample({ role: 'finance', admin: null, accounts }) }) });
  const looking = open();
  await looking.waitFor(() => looking.find(ProgressBar));
  expect(looking.maybeFind(LoadingButton)).toBeNull();
  const { page } = await loaded({
    load: () => ({ ok: true, view: sample({ accounts: [{ ...account!, state: 'disconnected' }] }) }),
  });
  expect(page.maybeFind(LoadingButton, ({ text }) => /reading|history/i.test(text ?? ''))).toBeNull();
});

test('an import that could not be paused says why, and can be tried again', async () => {
  const [account] = sample().accounts;
  const importing = { done: 40, total: 120, paused: false, word: 'Reading history' };
  const view = sample({ accounts: [{ ...account!, state: 'importing', importing }] });
  const { page } = await loaded({
    load: () => ({ ok: true, view }),
    save: () => ({ ok: false, code: 'not_allowed', message: 'Only an admin may.', retry: 'never' }),
  });
  page.find(LoadingButton, ({ text }) => text === 'Pause reading').trigger('onClick', {} as never);
  await page.waitFor(() => expect(page.find(Alert).text).toBe('Only an admin may.'));
  expect(page.find(LoadingButton, ({ text }) => text === 'Pause reading').props.disabled).toBe(false);
});

test('edits that are kept are named, and put right by a button', async () => {
  const keptEdits = {
    count: 2,
    title: '2 records in HubSpot were edited and are kept so',
    text: 'They do not show what Payside wrote.',
    records: [
      { id: 'a', text: 'Contact 101, seen Mar 1' },
      { id: 'b', text: 'Invoice 7, seen Mar 2' },
    ],
  };
  const { page, sent } = await loaded({
    load: () => ({ ok: true, view: sample({ crmEdits: 'keep', admin: { ...ADMIN, keptEdits } }) }),
    save: () => ({ ok: true, view: sample({ crmEdits: 'keep' }) }),
  });
  expect(page.find(Alert, ({ props }) => props.title === keptEdits.title).text).toBe(keptEdits.text);
  for (const { text } of keptEdits.records) expect(textOf(page)).toContain(text);
  page.find(LoadingButton, ({ text }) => text === 'Put right now').trigger('onClick', {} as never);
  await page.waitFor(() => expect(sent).toMatchObject([{ putRight: true }]));
  await page.waitFor(() => expect(textOf(page)).not.toContain(keptEdits.title));
});

test('the brand is sent trimmed, and the answer takes the place of what was typed', async () => {
  const brand = { name: 'Oak & Co', logoUrl: null, color: '#112233' };
  const { page, sent } = await loaded({ save: () => ({ ok: true, view: sample({ brand }) }) });
  input(page, 'Name').trigger('onInput', 'Oak & Co' as never);
  input(page, 'Logo address').trigger('onInput', '  ' as never);
  input(page, 'Color').trigger('onInput', ' #112233' as never);
  await submit(page, 'Save brand');
  expect(sent).toMatchObject([{ brand }]);
  expect(Object.keys(sent[0]!).sort()).toEqual(['brand', 'operationId']);
  await page.waitFor(() => expect(input(page, 'Name').props.value).toBe('Oak & Co'));
});

test('what was wrong stands at its field, and what was typed stays', async () => {
  const problems = [{ field: 'brand.logoUrl', message: 'The logo needs https.' }];
  const message = 'The logo needs https.';
  const { page } = await loaded({
    save: () => ({ ok: false, code: 'settings_invalid', message, retry: 'never', problems }),
  });
  input(page, 'Logo address').trigger('onInput', 'http://x.example/l.png' as never);
  await submit(page, 'Save brand');
  expect(input(page, 'Logo address').props).toMatchObject({
    value: 'http://x.example/l.png',
    error: true,
    validationMessage: message,
  });
  expect(input(page, 'Name').props.error).toBeUndefined();
});

test('how payments are taken is sent as a whole', async () => {
  const { page, sent } = await loaded({ save: () => ({ ok: true, view: sample() }) });
  select(page, 'Time zone').trigger('onChange', 'Asia/Tokyo' as never);
  select(page, 'Pay page').trigger('onChange', 'hosted' as never);
  page.find(Toggle).trigger('onChange', true as never);
  select(page, 'Edits made in HubSpot').trigger('onChange', 'keep' as never);
  await submit(page, 'Save payments');
  const taken = { timeZone: 'Asia/Tokyo', payPage: 'hosted', linkOnRecord: true, crmEdits: 'keep' };
  expect(sent).toMatchObject([taken]);
});

test('only roles that were changed are sent, with somebody new by user id', async () => {
  const { page, sent } = await loaded({ save: () => ({ ok: true, view: sample() }) });
  expect(page.find(LoadingButton, ({ text }) => text === 'Save roles').props.disabled).toBe(true);
  select(page, 'Role of Rosa Example').trigger('onChange', 'finance' as never);
  input(page, 'Somebody else, by HubSpot user id').trigger('onInput', ' 77 ' as never);
  await submit(page, 'Save roles');
  expect(sent[0]?.roles).toEqual([
    { userId: '63', role: 'finance' },
    { userId: '77', role: 'rep' },
  ]);
});

test('an admin who gave the role away sees the page of their new role', async () => {
  const { page } = await loaded({ save: () => ({ ok: true, view: sample({ role: 'rep', admin: null }) }) });
  select(page, 'Role of Ines Example').trigger('onChange', 'rep' as never);
  page
    .find(Form, (one) => one.maybeFind(LoadingButton, ({ text }) => text === 'Save roles') !== null)
    .trigger('onSubmit', {} as never);
  await page.waitFor(() => page.find(Alert, ({ props }) => props.title?.startsWith('Only admins') ?? false));
});
