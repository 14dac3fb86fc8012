// How the card keeps up: asked again only while something moves, one question at a time, pages, late answers.
import { Alert, Button, LoadingSpinner, StatusTag, Table, TableBody, TableRow } from '@hubspot/ui-extensions';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  dialogOf,
  openCard,
  openLoaded,
  recordUrl,
  serveCard,
  textOf,
  type Page,
  passSeconds,
  settle,
  type Handlers,
} from './card-page.tsx';
import { cardView, invoiceView, outcomeAnswer, viewAnswer } from './sample-view.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }),
);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const live = (word: string) => ({ invoices: [invoiceView({ live: word, liveText: `Payer: ${word}` })] });
const running = {
  operationId: crypto.randomUUID(),
  kind: 'create-link' as const,
  state: 'running' as const,
  text: 'Making a link.',
};

const tags = (page: Page) => page.findAll(StatusTag).map(({ text }) => text);

/** Answers that are given by hand, in any order. */
function byHand(others: Omit<Handlers, 'view'> = {}) {
  const waiting: { cursor: string | null; answer: (value: unknown) => void }[] = [];
  const seen = serveCard({
    ...others,
    view: (cursor) => new Promise((answer) => waiting.push({ cursor, answer })),
  });
  const question = async () => {
    await vi.waitUntil(() => waiting.length > 0);
    return waiting.shift()!;
  };
  return { question, seen };
}

describe('asking again', () => {
  test('a settled view is never asked for again', async () => {
    const seen = serveCard({ view: () => viewAnswer() });
    await openLoaded();
    await passSeconds(60);
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['a payer is on the pay page', live('typing')],
    ['an operation is unfinished', { unfinished: [running] }],
    ['an import runs', { importing: { done: 1, total: 2, text: '1 of 2' } }],
  ])('while %s, every 2 s, and no longer', async (_name, moving) => {
    const views = [moving, moving, moving];
    const seen = serveCard({ view: () => viewAnswer(views.shift() ?? {}) });
    await openLoaded();
    await passSeconds(2);
    expect(seen).toHaveLength(2);
    await passSeconds(60);
    expect(seen).toHaveLength(4);
  });

  test('the person watches the payer open, type and pay', async () => {
    const words = ['opened', 'typing', 'authenticating', 'paid'];
    serveCard({ view: () => viewAnswer(live(words.shift() ?? 'paid')) });
    const page = await openLoaded();
    for (const word of ['opened', 'typing', 'authenticating', 'paid']) {
      expect(tags(page)).toContain(`Payer: ${word}`);
      await passSeconds(2);
    }
  });

  test('a slow answer is waited for: one question in flight', async () => {
    const { question, seen } = byHand();
    const page = openCard();
    (await question()).answer(viewAnswer(live('typing')));
    await page.waitFor(() => page.find(Table));
    await passSeconds(20);
    expect(seen).toHaveLength(2);
    (await question()).answer(viewAnswer(live('typing')));
    await passSeconds(4);
    expect(seen).toHaveLength(3);
  });

  test('a link on screen is watched until its dialog is closed', async () => {
    const payUrl = 'https://connector.payside.example/pay/tok1';
    const seen = serveCard({ view: () => viewAnswer() });
    const page = await openLoaded();
    const dialog = dialogOf(page, 'Show link');
    dialog.open();
    expect(dialog.text()).toContain(payUrl);
    await passSeconds(4);
    expect(seen).toHaveLength(3);
    dialog.press('Close');
    await passSeconds(20);
    expect(seen).toHaveLength(3);
  });

  test('a card that is gone asks nothing more', async () => {
    const seen = serveCard({ view: () => viewAnswer(live('typing')) });
    const page = await openLoaded();
    page.close();
    await passSeconds(20);
    expect(seen).toHaveLength(1);
  });

  test('when the connector goes away the last view stays, says so, and recovers', async () => {
    const answers: unknown[] = [viewAnswer(live('typing')), new Error('no route'), viewAnswer()];
    serveCard({ view: () => answers.shift() });
    const page = await openLoaded();
    await passSeconds(2);
    expect(page.find(Alert).props.title).toBe('Not up to date');
    expect(page.maybeFind(Table)).not.toBeNull();
    page.findByTestId(Button, 'retry-stale').trigger('onClick');
    await page.waitFor(() => expect(page.maybeFind(Alert)).toBeNull());
  });
});

describe('late answers', () => {
  test('an answer overtaken by a newer question is dropped', async () => {
    const { question } = byHand();
    const page = openCard();
    (await question()).answer(viewAnswer({ statusText: 'First' }));
    await page.waitFor(() => expect(textOf(page)).toContain('First'));
    page.findByTestId(Button, 'refresh').trigger('onClick');
    page.findByTestId(Button, 'refresh').trigger('onClick');
    const older = await question();
    const newer = await question();
    newer.answer(viewAnswer({ statusText: 'Newest' }));
    await page.waitFor(() => expect(textOf(page)).toContain('Newest'));
    older.answer(viewAnswer({ statusText: 'Overtaken' }));
    await settle();
    expect(textOf(page)).not.toContain('Overtaken');
  });

  test("a view asked for before an operation ended does not undo the operation's own", async () => {
    const { question } = byHand({
      start: (kind, body) =>
        outcomeAnswer(kind, body.operationId, {
          state: 'done',
          result: { message: 'Voided.' },
          view: cardView({ statusText: 'After' }),
        }),
    });
    const page = openCard();
    (await question()).answer(viewAnswer({ statusText: 'Before' }));
    await page.waitFor(() => page.find(Table));
    page.findByTestId(Button, 'refresh').trigger('onClick');
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(tags(page)).toContain('After'));
    (await question()).answer(viewAnswer({ statusText: 'Before' }));
    await settle();
    expect(tags(page)).toContain('After');
  });

  test('nothing of another record is shown on this one, not even a late answer', async () => {
    const { question } = byHand();
    const page = openCard();
    const of777 = await question();
    of777.answer(viewAnswer({ statusText: 'Record 777' }));
    await page.waitFor(() => expect(tags(page)).toContain('Record 777'));
    page.findByTestId(Button, 'refresh').trigger('onClick');
    const late = await question();
    page.turnTo(778);
    await page.waitFor(() => page.find(LoadingSpinner));
    (await question()).answer(viewAnswer({ statusText: 'Record 778' }));
    await page.waitFor(() => expect(tags(page)).toContain('Record 778'));
    late.answer(viewAnswer({ statusText: 'Record 777' }));
    await settle();
    expect(tags(page)).not.toContain('Record 777');
  });
});

describe('many invoices', () => {
  const invoices = (page: string) =>
    [1, 2, 3].map((n) => invoiceView({ id: `in_${page}${n}`, number: `PS-${page}${n}` }));
  const book: Record<string, ReturnType<typeof viewAnswer>> = {
    '': viewAnswer({ invoices: invoices('a'), next: 'cur b&1' }),
    'cur b&1': viewAnswer({ invoices: invoices('b'), next: 'c' }),
    c: viewAnswer({ invoices: invoices('c') }),
  };
  const numbers = (page: Page) =>
    page
      .find(Table)
      .find(TableBody)
      .findAll(TableRow)
      .map((row) => row.toString().match(/PS-\w+/)![0]);

  test('pages turn forwards and back by the cursor the connector gave', async () => {
    const seen = serveCard({ view: (cursor) => book[cursor ?? ''] });
    const page = await openLoaded();
    expect(page.findByTestId(Button, 'previous-page').props.disabled).toBe(true);
    for (const first of ['PS-b1', 'PS-c1']) {
      page.findByTestId(Button, 'next-page').trigger('onClick');
      await page.waitFor(() => expect(numbers(page)[0]).toBe(first));
    }
    expect(page.findByTestId(Button, 'next-page').props.disabled).toBe(true);
    expect(textOf(page)).toContain('Page');
    page.findByTestId(Button, 'previous-page').trigger('onClick');
    await page.waitFor(() => expect(numbers(page)).toEqual(['PS-b1', 'PS-b2', 'PS-b3']));
    expect(seen.map(({ url }) => url)).toEqual([
      recordUrl,
      `${recordUrl}?cursor=cur%20b%261`,
      `${recordUrl}?cursor=c`,
      `${recordUrl}?cursor=cur%20b%261`,
    ]);
  });

  test('an operation on the second page leaves the person on the second page', async () => {
    const seen = serveCard({
      view: (cursor) => book[cursor ?? ''],
      start: (kind, body) =>
        outcomeAnswer(kind, body.operationId, {
          state: 'done',
          result: { message: 'Done.' },
          view: book['']!.view,
        }),
    });
    const page = await openLoaded();
    page.findByTestId(Button, 'next-page').trigger('onClick');
    await page.waitFor(() => expect(numbers(page)[0]).toBe('PS-b1'));
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    dialog.submit();
    await vi.waitFor(() => expect(seen.at(-1)!.url).toBe(`${recordUrl}?cursor=cur%20b%261`));
    await vi.waitFor(() => expect(seen).toHaveLength(4));
    expect(numbers(page)[0]).toBe('PS-b1');
  });

  test('a page that cannot be turned keeps the one shown and can be tried again', async () => {
    let reachable = false;
    serveCard({
      view: (cursor) => (cursor === null || reachable ? book[cursor ?? ''] : new Error('no route')),
    });
    const page = await openLoaded();
    page.findByTestId(Button, 'next-page').trigger('onClick');
    await page.waitFor(() => page.findByTestId(Button, 'retry-stale'));
    expect(numbers(page)[0]).toBe('PS-a1');
    reachable = true;
    page.findByTestId(Button, 'retry-stale').trigger('onClick');
    await page.waitFor(() => expect(numbers(page)[0]).toBe('PS-b1'));
  });

  test('no pager where one page holds all', async () => {
    serveCard({ view: () => viewAnswer() });
    const page = await openLoaded();
    expect(page.maybeFindByTestId(Button, 'next-page')).toBeNull();
  });
});
