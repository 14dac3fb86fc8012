// The customers without a record on the settings page: who sees them, what is sent, and what becomes of it.
import { afterEach, expect, test, vi } from 'vitest';
import { Alert, Button, Form, Input, LoadingButton, Select, hubspot } from '@hubspot/ui-extensions';
import { createRenderer, type Renderer } from '@hubspot/ui-extensions/testing';
import { SettingsPage } from '@payside/hubspot-ui';
import { operationRequests } from '../../src/views/operation-requests.ts';
import { settingsViewSchema, type SettingsView } from '../../src/views/settings-schema.ts';
import { unmatchedAnswerSchema, type UnmatchedPayerView } from '../../src/views/unmatched-schema.ts';
import { CONNECTOR_URL, passSeconds, posts, settle, Status, type Seen } from './card-page.tsx';
import { outcomeAnswer } from './sample-view.ts';

const settings = (role: SettingsView['role']): SettingsView =>
  settingsViewSchema.parse({
    role,
    brand: { name: 'Brightwell', logoUrl: null, color: '#0b6b58' },
    timeZone: 'Europe/Berlin',
    payPage: 'embedded',
    linkOnRecord: false,
    crmEdits: 'repair',
    mode: 'live',
    modeText: 'Payments are real.',
    accounts: [],
    admin: null,
  });

const TWO: UnmatchedPayerView = {
  customerId: 'cus_two',
  name: 'Ada Byron',
  email: 'shared@example.com',
  reason: 'several_contacts',
  reasonText: 'Several contacts have this e-mail address.',
  candidates: [
    { objectType: 'contacts', recordId: '101', name: 'Ada Byron' },
    { objectType: 'contacts', recordId: '102', name: null },
  ],
};
const ONE: UnmatchedPayerView = {
  ...TWO,
  customerId: 'cus_one',
  name: 'Office',
  reason: 'shared_address',
  candidates: TWO.candidates.slice(0, 1),
};
const NONE: UnmatchedPayerView = {
  ...TWO,
  customerId: 'cus_none',
  name: null,
  email: 'new@example.com',
  reason: 'no_contact',
  reasonText: 'No contact has this e-mail address.',
  candidates: [],
};

type Served = {
  role?: SettingsView['role'];
  list?: () => unknown;
  assign?: (operationId: string) => unknown;
  operation?: (operationId: string) => unknown;
};

const listed = (...payers: UnmatchedPayerView[]) =>
  unmatchedAnswerSchema.parse({ ok: true, payers, total: payers.length });

const ended = (operationId: string, state: 'done' | 'checking', message: string) =>
  outcomeAnswer('assign-payer', operationId, { state, result: { message } });

const DONE = 'The customer belongs to this record now.';

function answerTo(served: Served, path: string, body: unknown): unknown {
  if (path === '/api/v1/settings') return { ok: true, view: settings(served.role ?? 'finance') };
  if (path === '/api/v1/unmatched') return served.list?.();
  if (!path.endsWith('/assign-payer')) return served.operation?.(path.slice(path.lastIndexOf('/') + 1));
  return served.assign?.(operationRequests['assign-payer'].parse(body).operationId);
}

function serve(served: Served): Seen[] {
  const seen: Seen[] = [];
  vi.spyOn(hubspot, 'fetch').mockImplementation(async (url, { method = 'GET', body } = {}) => {
    seen.push({ method, url: String(url), body });
    const answer = await answerTo(served, new URL(url).pathname, body);
    if (answer instanceof Status) return new Response('{}', answer);
    return new Response(JSON.stringify(answer));
  });
  return seen;
}

type Page = Renderer<'settings'>;

async function opened(served: Served): Promise<{ page: Page; seen: Seen[] }> {
  const seen = serve(served);
  const page = createRenderer('settings');
  page.mocks.context.variables = { CONNECTOR_URL };
  page.render(<SettingsPage />);
  await page.waitFor(() => page.find(Button, ({ text }) => text === 'Refresh the list'));
  return { page, seen };
}

const textOf = (page: Page): string => page.getRootNode().toString();
const row = (page: Page, customer: string) =>
  page.find(Form, (form) => form.toString().includes(`"${customer}"`));
const choose = (page: Page, customer: string, value: string) =>
  page
    .find(Select, ({ props }) => props.label === `Contact of ${customer}`)
    .trigger('onChange', value as never);
const typeId = (page: Page, customer: string, value: string) =>
  page
    .find(Input, ({ props }) => props.label === `Record id of ${customer}’s contact`)
    .trigger('onInput', value as never);
const submit = (page: Page, customer: string) => row(page, customer).trigger('onSubmit', {} as never);
const idsOf = (seen: Seen[]) => posts(seen).map(({ body }) => (body as { operationId: string }).operationId);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('finance sees who is unmatched and why, with candidates told apart by their ids', async () => {
  const { page } = await opened({ list: () => listed(TWO, NONE) });
  for (const words of [
    'Ada Byron',
    'shared@example.com',
    'Several contacts',
    'new@example.com',
    'No contact',
  ])
    expect(textOf(page)).toContain(words);
  expect(page.find(Select).props.options.map(({ label }) => label)).toEqual([
    'Ada Byron (contact 101)',
    'Contact 102',
    'Another contact',
  ]);
});

test.each(['viewer', 'rep'] as const)('a %s sees no list, and none is asked for', async (role) => {
  const seen = serve({ role });
  const page = createRenderer('settings');
  page.mocks.context.variables = { CONNECTOR_URL };
  page.render(<SettingsPage />);
  await page.waitFor(() => page.find(Alert));
  await settle();
  expect(textOf(page)).not.toContain('Customers without a record');
  expect(seen.map(({ url }) => url)).toEqual([`${CONNECTOR_URL}/api/v1/settings`]);
});

test('an empty list says that every customer is matched', async () => {
  const { page } = await opened({ list: () => listed() });
  expect(textOf(page)).toContain('Every customer is matched to a record.');
});

test('a list that cannot be loaded says so, and loads when asked again', async () => {
  const answers: unknown[] = [new Status(503), listed(NONE)];
  const { page } = await opened({ list: () => answers.shift() });
  expect(page.find(Alert, ({ props }) => props.title === 'The list could not be loaded')).toBeDefined();
  page.find(Button, ({ text }) => text === 'Refresh the list').trigger('onClick', {} as never);
  await page.waitFor(() => expect(textOf(page)).toContain('new@example.com'));
});

test('the chosen contact is sent, the row goes, and success is told', async () => {
  const { page, seen } = await opened({
    list: () => listed(TWO, NONE),
    assign: (id) => ended(id, 'done', DONE),
  });
  submit(page, 'Ada Byron');
  expect(posts(seen)).toEqual([]);
  choose(page, 'Ada Byron', 'contacts/102');
  submit(page, 'Ada Byron');
  await page.waitFor(() => expect(textOf(page)).not.toContain('shared@example.com'));
  expect(textOf(page)).toContain('new@example.com');
  expect(posts(seen)).toMatchObject([
    {
      url: `${CONNECTOR_URL}/api/v1/records/contacts/102/operations/assign-payer`,
      body: { customerId: 'cus_two' },
    },
  ]);
  expect(page.mocks.actions.addAlert.calls).toEqual([[{ type: 'success', message: DONE }]]);
});

test('a single candidate is chosen already, and another contact can be named instead', async () => {
  const { page, seen } = await opened({ list: () => listed(ONE), assign: (id) => ended(id, 'done', DONE) });
  expect(page.find(Select).props.value).toBe('contacts/101');
  choose(page, 'Office', 'other');
  typeId(page, 'Office', '777');
  submit(page, 'Office');
  await page.waitFor(() => expect(textOf(page)).toContain('Every customer is matched'));
  expect(posts(seen)[0]?.url).toContain('/records/contacts/777/');
});

test('of a customer a person took off a record nothing is chosen, and that record can be', async () => {
  const company = { objectType: 'companies', recordId: '55', name: 'Acorn' };
  const candidates = [...ONE.candidates, company];
  const payers = [
    { ...ONE, reason: 'released' as const },
    { ...ONE, customerId: 'cus_firm', name: 'Firm', reason: 'released' as const, candidates },
  ];
  const { page, seen } = await opened({
    list: () => listed(...payers),
    assign: (id) => ended(id, 'done', DONE),
  });
  const [alone, both] = page.findAll(Select);
  expect([alone?.props.value, both?.props.value]).toEqual(['', '']);
  expect(both?.props.options[1]).toEqual({ label: 'Acorn (company 55)', value: 'companies/55' });
  submit(page, 'Office');
  expect(posts(seen)).toEqual([]);
  choose(page, 'Office', 'contacts/101');
  submit(page, 'Office');
  await page.waitFor(() => expect(posts(seen)).toHaveLength(1));
  expect(posts(seen)[0]?.url).toContain('/records/contacts/101/');
});

test('without candidates only the digits of a record id are sent', async () => {
  const { page, seen } = await opened({ list: () => listed(NONE), assign: (id) => ended(id, 'done', DONE) });
  const button = () => page.find(LoadingButton, ({ text }) => text === 'Assign');
  typeId(page, 'new@example.com', '12/34');
  expect(button().props.disabled).toBe(true);
  submit(page, 'new@example.com');
  expect(posts(seen)).toEqual([]);
  typeId(page, 'new@example.com', ' 888 ');
  expect(button().props.disabled).toBe(false);
  submit(page, 'new@example.com');
  await page.waitFor(() => expect(textOf(page)).toContain('Every customer is matched'));
  expect(posts(seen)[0]?.url).toContain('/records/contacts/888/');
});

test('a refusal stands at its row, and the next try is a new operation', async () => {
  const refusal = { ok: false, code: 'not_found', message: 'No such customer is known.', retry: 'never' };
  const { page, seen } = await opened({ list: () => listed(ONE, NONE), assign: () => refusal });
  submit(page, 'Office');
  await page.waitFor(() => expect(row(page, 'Office').find(Alert).props.title).toBe('Not done'));
  expect(row(page, 'Office').toString()).toContain(refusal.message);
  expect(row(page, 'new@example.com').maybeFind(Alert)).toBeNull();
  submit(page, 'Office');
  await page.waitFor(() => expect(posts(seen)).toHaveLength(2));
  expect(new Set(idsOf(seen)).size).toBe(2);
});

test('an answer that was lost is asked for again under the same id, and the choice is held until then', async () => {
  const answers: ((id: string) => unknown)[] = [() => new Status(503), (id) => ended(id, 'done', DONE)];
  const { page, seen } = await opened({ list: () => listed(TWO), assign: (id) => answers.shift()?.(id) });
  choose(page, 'Ada Byron', 'contacts/101');
  submit(page, 'Ada Byron');
  await page.waitFor(() => page.find(Button, ({ text }) => text === 'Try again'));
  expect(page.find(Select).props.readOnly).toBe(true);
  submit(page, 'Ada Byron');
  page.find(Button, ({ text }) => text === 'Try again').trigger('onClick', {} as never);
  await page.waitFor(() => expect(textOf(page)).toContain('Every customer is matched'));
  expect(idsOf(seen)).toHaveLength(2);
  expect(new Set(idsOf(seen)).size).toBe(1);
});

test('an operation that has not ended is followed until it has', async () => {
  const { page } = await opened({
    list: () => listed(ONE),
    assign: (id) => ended(id, 'checking', 'Finding out.'),
    operation: (id) => ({
      ok: true,
      outcome: { operationId: id, kind: 'assign-payer', state: 'done', result: { message: DONE } },
    }),
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  submit(page, 'Office');
  await settle();
  await settle();
  expect(textOf(page)).toContain('Finding out.');
  await passSeconds(3);
  expect(textOf(page)).toContain('Every customer is matched');
});

test('where more are waiting than are shown, the next ones move up', async () => {
  const answers = [{ ok: true, payers: [ONE], total: 2 }, listed(NONE)];
  const { page } = await opened({ list: () => answers.shift(), assign: (id) => ended(id, 'done', DONE) });
  expect(textOf(page)).toContain('the first 1 of 2');
  submit(page, 'Office');
  await page.waitFor(() => expect(textOf(page)).toContain('new@example.com'));
});
