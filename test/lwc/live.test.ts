// How the card keeps up: events, a gentle poll without them, one question at a time, pages, late answers.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { cardView, invoiceView, outcomeAnswer, viewAnswer } from '../cards/sample-view.ts';
import { ORG } from '../sandbox/salesforce-rig.ts';
import { NO_ANSWER, openStudio, type Opened, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const card = (page: Page) => page.locator('c-payside-payments');
const says = (page: Page, text: string) => card(page).getByText(text, { exact: true }).first().waitFor();
const live = (word: string) => ({ invoices: [invoiceView({ live: word, liveText: `Payer: ${word}` })] });
const status = (text: string) => viewAnswer({ statusText: text });
const asked = (opened: Opened, times: number) =>
  vi.waitFor(() => expect(opened.count('view')).toBe(times), { timeout: 10_000 });

/** Lets what was asked just now come to rest before it is judged. */
const settled = async ({ page }: Opened): Promise<void> => {
  await page.evaluate(`fetch('/_host/events')`);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
};

const org = () => studio.rig.salesforce.org(ORG);
const publish = async (recordId: string): Promise<void> => {
  org()
    .events()
    .push({ type: 'Payside_Update__e', fields: { Record_Id__c: recordId, Kind__c: 'invoice' } });
};

/** Answers that are given by hand, in any order. */
function byHand() {
  const waiting: ((answer: unknown) => void)[] = [];
  const view = () => new Promise((give) => void waiting.push(give));
  const question = async (): Promise<(answer: unknown) => void> => {
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0), { timeout: 10_000 });
    return waiting.shift()!;
  };
  return { view, question };
}

describe('news', () => {
  test('an event about this record makes the card read again, one about another does not', async () => {
    const opened = await studio.open({ view: () => viewAnswer() });
    await says(opened.page, 'Owed');
    await opened.page.waitForResponse(/_host\/events.*after=/);
    publish(org().ref('grace'));
    publish(org().ref('ada'));
    await asked(opened, 2);
  });

  test('a settled card asks nothing while there are events', async () => {
    const opened = await studio.open({ view: () => viewAnswer() });
    await says(opened.page, 'Owed');
    await opened.page.waitForResponse(/_host\/events.*after=/);
    await opened.pass(600_000);
    await opened.page.getByRole('button', { name: 'Refresh payments' }).click();
    await asked(opened, 2);
  });

  test('where all subscribers of the org are taken, the card looks by itself every half minute', async () => {
    const opened = await studio.open({ view: () => viewAnswer() }, { hasEvents: false });
    await says(opened.page, 'Owed');
    for (const times of [2, 3]) {
      await opened.pass(30_000);
      await asked(opened, times);
    }
  });

  test('Refresh asks at once', async () => {
    const opened = await studio.open({ view: () => viewAnswer() });
    await says(opened.page, 'Owed');
    await opened.page.getByRole('button', { name: 'Refresh payments' }).click();
    await asked(opened, 2);
  });
});

describe('while something moves', () => {
  const unfinished = [
    {
      operationId: crypto.randomUUID(),
      kind: 'create-link' as const,
      state: 'running' as const,
      text: 'Making a link.',
    },
  ];
  test.each([
    ['a payer is on the pay page', live('typing')],
    ['an operation is unfinished', { unfinished }],
    ['an import runs', { importing: { done: 1, total: 2, text: '1 of 2' } }],
  ])('%s: asked every 2 s, and no longer', async (_name, moving) => {
    const views = [moving, moving];
    const opened = await studio.open({ view: () => viewAnswer(views.shift() ?? { statusText: 'Settled' }) });
    await says(opened.page, 'Owed');
    await opened.pass(2000);
    await asked(opened, 2);
    await settled(opened);
    await opened.pass(2000);
    await asked(opened, 3);
    await says(opened.page, 'Settled');
    await opened.pass(60_000);
    await settled(opened);
    expect(opened.count('view')).toBe(3);
  });

  test('the person watches the payer open, type and pay', async () => {
    const words = ['opened', 'typing', 'authenticating', 'paid'];
    const left = [...words];
    const opened = await studio.open({ view: () => viewAnswer(live(left.shift() ?? 'paid')) });
    for (const word of words) {
      await says(opened.page, `Payer: ${word}`);
      await opened.pass(2000);
    }
  });

  test('a slow answer is waited for: one question at a time', async () => {
    const { view, question } = byHand();
    const opened = await studio.open({ view });
    (await question())(viewAnswer(live('typing')));
    await says(opened.page, 'Payer: typing');
    await opened.pass(2000);
    await asked(opened, 2);
    await opened.pass(20_000);
    (await question())(viewAnswer(live('opened')));
    await says(opened.page, 'Payer: opened');
    expect(opened.count('view')).toBe(2);
  });

  test('when the connector goes away the last view stays, says so, and recovers', async () => {
    const answers: unknown[] = [viewAnswer(live('typing')), NO_ANSWER, status('Back')];
    const opened = await studio.open({ view: () => answers.shift() });
    await says(opened.page, 'Payer: typing');
    await opened.pass(2000);
    await says(opened.page, 'Not up to date');
    await says(opened.page, 'PS-0001');
    await card(opened.page).getByRole('button', { name: 'Try again' }).click();
    await says(opened.page, 'Back');
    expect(await card(opened.page).getByText('Not up to date').count()).toBe(0);
  });
});

describe('late answers', () => {
  test('news that come during a question are one more question, however many', async () => {
    const { view, question } = byHand();
    const opened = await studio.open({ view });
    await opened.page.waitForResponse(/_host\/events.*after=/);
    (await question())(status('First'));
    await says(opened.page, 'First');
    publish(org().ref('ada'));
    const second = await question();
    for (let times = 0; times < 3; times++) publish(org().ref('ada'));
    await opened.page.waitForResponse(new RegExp(`after=${org().events().length}`));
    second(status('Second'));
    (await question())(status('Third'));
    await says(opened.page, 'Third');
    await settled(opened);
    expect(opened.count('view')).toBe(3);
  });

  test("a view asked for before an operation ended does not undo the operation's own", async () => {
    const { view, question } = byHand();
    const after = cardView({ statusText: 'After' });
    const opened = await studio.open({
      view,
      start: (kind, { operationId }) =>
        outcomeAnswer(kind, operationId, { state: 'done', result: { message: 'Voided.' }, view: after }),
    });
    (await question())(status('Before'));
    await says(opened.page, 'Before');
    await card(opened.page).getByRole('button', { name: 'Refresh payments' }).click();
    const late = await question();
    await card(opened.page).getByRole('button', { name: 'More actions' }).click();
    await card(opened.page).getByRole('menuitem', { name: 'Void' }).click();
    await opened.page.getByRole('dialog').getByRole('button', { name: 'Void invoice' }).click();
    await says(opened.page, 'After');
    late(status('Before'));
    await settled(opened);
    expect(await card(opened.page).getByText('Before', { exact: true }).count()).toBe(0);
  });

  test('nothing of another record is shown on this one, not even a late answer', async () => {
    const { view, question } = byHand();
    const opened = await studio.open({ view });
    const late = await question();
    await opened.page.evaluate(
      `document.querySelector('c-payside-payments').recordId = '${org().ref('grace')}'`,
    );
    (await question())(status('Grace'));
    await says(opened.page, 'Grace');
    late(status('Ada'));
    await settled(opened);
    expect(await card(opened.page).getByText('Ada', { exact: true }).count()).toBe(0);
  });
});

describe('many invoices', () => {
  const invoices = (page: string) =>
    [1, 2, 3].map((n) => invoiceView({ id: `in_${page}${n}`, number: `PS-${page}${n}` }));
  const book: Record<string, ReturnType<typeof viewAnswer>> = {
    '': viewAnswer({ invoices: invoices('a'), next: '10' }),
    '10': viewAnswer({ invoices: invoices('b'), next: '20' }),
    '20': viewAnswer({ invoices: invoices('c') }),
  };

  test('pages turn forwards and back by the cursor the connector gave', async () => {
    const opened = await studio.open({ view: (next) => book[next ?? ''] });
    const { page, seen } = opened;
    const turn = (name: string) => card(page).getByRole('button', { name });
    await says(page, 'PS-a1');
    expect(await turn('Newer').isDisabled()).toBe(true);
    for (const number of ['PS-b1', 'PS-c1']) {
      await turn('Older').click();
      await says(page, number);
    }
    await says(page, 'Page 3');
    expect(await turn('Older').isDisabled()).toBe(true);
    await turn('Newer').click();
    await says(page, 'PS-b1');
    expect(seen.map(({ params }) => params['next'])).toEqual([null, '10', '20', '10']);
  });

  test('a page that cannot be turned keeps the one shown and can be tried again', async () => {
    let isUp = false;
    const { page } = await studio.open({
      view: (next) => (next === null || isUp ? book[next ?? ''] : NO_ANSWER),
    });
    await says(page, 'PS-a1');
    await card(page).getByRole('button', { name: 'Older' }).click();
    await says(page, 'Not up to date');
    await says(page, 'PS-a1');
    isUp = true;
    await card(page).getByRole('button', { name: 'Try again' }).click();
    await says(page, 'PS-b1');
  });

  test('no pager where one page holds all', async () => {
    const { page } = await studio.open({ view: () => viewAnswer() });
    await says(page, 'PS-0001');
    expect(await card(page).getByRole('button', { name: 'Older' }).count()).toBe(0);
  });
});
