// Refused, out of reach, still being checked: what is said, and that trying again never does it twice.
import { Alert, Button, Input, LoadingButton } from '@hubspot/ui-extensions';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  Status,
  dialogOf,
  openLoaded,
  posts,
  serveCard,
  type Handlers,
  type Page,
  type Seen,
} from './card-page.tsx';
import { outcomeAnswer, refusal, viewAnswer, type Ended } from './sample-view.ts';

const unreachable = () => new Error('no route');

const done: Ended = { state: 'done', result: { message: 'Done.' } };

const idsOf = (seen: Seen[]) => posts(seen).map(({ body }) => (body as { operationId: string }).operationId);

/** Starts a payment link over a connector that answers the tries in turn. */
async function tryLink(...tries: ((operationId: string) => unknown)[]) {
  const answers = [...tries];
  const start: Handlers['start'] = (_kind, body) => answers.shift()?.(body.operationId);
  const seen = serveCard({ view: () => viewAnswer(), start });
  const page = await openLoaded();
  const dialog = dialogOf(page, 'Payment link');
  dialog.open();
  dialog.type('Amount', '12.50');
  dialog.type('What it is for', 'Deposit');
  dialog.submit();
  await vi.waitFor(() => expect(dialog.modal().maybeFind(LoadingButton)?.props.loading ?? false).toBe(false));
  return { page, dialog, seen };
}

const alertOf = (dialog: ReturnType<typeof dialogOf>) => dialog.modal().find(Alert);

afterEach(() => vi.restoreAllMocks());

describe('sending again', () => {
  test.each([
    ['a lost connection', unreachable],
    ['a server error', () => new Status(502)],
    ['too many requests', () => new Status(429)],
    [
      "the connector's own “later”",
      () => refusal({ code: 'gateway_busy', message: 'The gateway is busy.', retry: 'later' }),
    ],
  ])('after %s the very same request goes out, under the same id', async (_name, first) => {
    const { page, dialog, seen } = await tryLink(first, (id) => outcomeAnswer('create-link', id, done));
    expect(alertOf(dialog).props).toMatchObject({ title: 'Not finished', variant: 'warning' });
    dialog.press('Try again');
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(posts(seen)).toHaveLength(2);
    expect(posts(seen)[1]).toEqual(posts(seen)[0]);
  });

  test('while it is in doubt nothing can be changed', async () => {
    const { dialog } = await tryLink(unreachable);
    expect(
      dialog
        .modal()
        .findAll(Input)
        .map(({ props }) => props.readOnly),
    ).toEqual([true, true]);
    expect(dialog.submitText()).toBeNull();
  });

  test('closing and opening the dialog keeps what is in doubt, and its id', async () => {
    const { page, dialog, seen } = await tryLink(unreachable, (id) => outcomeAnswer('create-link', id, done));
    dialog.press('Cancel');
    dialog.dismiss();
    dialog.open();
    expect(
      dialog
        .modal()
        .findAll(Input)
        .map(({ props }) => props.value),
    ).toEqual(['12.50', 'Deposit']);
    dialog.press('Try again');
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(new Set(idsOf(seen)).size).toBe(1);
  });

  test('when an admin has to reconnect first, the same request can follow', async () => {
    const { dialog, seen } = await tryLink(
      () => refusal({ code: 'reauth', message: 'Stripe has to be connected again.', retry: 'after-reauth' }),
      (id) => outcomeAnswer('create-link', id, done),
    );
    expect(alertOf(dialog).props.title).toBe('Reconnect needed');
    dialog.press('Try again');
    await vi.waitFor(() => expect(posts(seen)).toHaveLength(2));
    expect(new Set(idsOf(seen)).size).toBe(1);
  });
});

describe('a definitive end', () => {
  test.each([
    ['{ok:false}', () => refusal({ code: 'amount_too_small', message: 'The least is €0.50.' })],
    [
      'a refused outcome',
      (id: string) =>
        outcomeAnswer('create-link', id, {
          state: 'refused',
          result: { code: 'x', message: 'The least is €0.50.' },
        }),
    ],
  ])('%s is said in its words; a corrected try is a new operation', async (_name, first) => {
    const { page, dialog, seen } = await tryLink(first, (id) => outcomeAnswer('create-link', id, done));
    expect(alertOf(dialog).props).toMatchObject({ title: 'Not done', variant: 'danger' });
    expect(alertOf(dialog).text).toBe('The least is €0.50.');
    expect(
      dialog
        .modal()
        .findAll(Button)
        .map(({ text }) => text),
    ).not.toContain('Try again');
    dialog.type('Amount', '0.50');
    dialog.submit();
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(new Set(idsOf(seen)).size).toBe(2);
    expect(posts(seen)[1]!.body).toMatchObject({ amount: '0.50' });
  });

  test('the same form opened after a success starts afresh', async () => {
    const { page, dialog, seen } = await tryLink(
      (id) => outcomeAnswer('create-link', id, done),
      (id) => outcomeAnswer('create-link', id, done),
    );
    dialog.press('Close');
    dialog.open();
    expect(
      dialog
        .modal()
        .findAll(Input)
        .map(({ props }) => props.value),
    ).toEqual(['', '']);
    dialog.type('Amount', '1');
    dialog.type('What it is for', 'More');
    dialog.submit();
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(2));
    expect(new Set(idsOf(seen)).size).toBe(2);
  });

  test('a second click while the first is on its way sends nothing', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const seen = serveCard({
      view: () => viewAnswer(),
      start: () => new Promise((resolve) => (answer = resolve)),
    });
    const page = await openLoaded();
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    dialog.submit();
    dialog.submit();
    await vi.waitFor(() => expect(posts(seen)).toHaveLength(1));
    answer(outcomeAnswer('void-invoice', idsOf(seen)[0]!, done));
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(posts(seen)).toHaveLength(1);
  });
});

test('a refusal that comes after the dialog was closed is still said', async () => {
  let answer: (value: unknown) => void = () => undefined;
  serveCard({ view: () => viewAnswer(), start: () => new Promise((resolve) => (answer = resolve)) });
  const page = await openLoaded();
  const dialog = dialogOf(page, 'Void');
  dialog.open();
  dialog.submit();
  await vi.waitFor(() => expect(dialog.modal().find(LoadingButton).props.loading).toBe(true));
  dialog.press('Cancel');
  answer(refusal());
  await vi.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
  expect(page.mocks.actions.addAlert.calls[0]).toEqual([
    { type: 'danger', message: 'This invoice is already paid.' },
  ]);
});

describe('checking', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }),
  );
  afterEach(() => void vi.useRealTimers());

  const checking: Ended = {
    state: 'checking',
    result: { message: 'Asking the gateway whether it was charged.' },
  };

  async function chargeInDoubt(operation: Handlers['operation']) {
    const seen = serveCard({
      view: () => viewAnswer(),
      start: (kind, body) => outcomeAnswer(kind, body.operationId, checking),
      ...(operation && { operation }),
    });
    const page: Page = await openLoaded();
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(alertOf(dialog).text).toBe(checking.result.message));
    const asked = () =>
      seen.filter(({ url }) => url.includes('/api/v1/operations/')).map(({ url }) => url.split('/').at(-1));
    return { page, dialog, seen, asked };
  }

  test('the operation is asked for by its id every 2 s until it ends', async () => {
    const endings = [checking, checking, done];
    const { page, dialog, seen, asked } = await chargeInDoubt((id) =>
      outcomeAnswer('charge-saved-method', id, endings.shift()!),
    );
    expect(dialog.modal().find(LoadingButton).props.disabled).toBe(true);
    dialog.submit();
    expect(posts(seen)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1900);
    expect(asked()).toEqual([]);
    await vi.advanceTimersByTimeAsync(6100);
    expect(asked()).toEqual(Array(3).fill(idsOf(seen)[0]));
    expect(page.mocks.actions.addAlert.callCount).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toHaveLength(3);
  });

  test.each([
    ['out of reach', unreachable],
    ['status 401', () => new Status(401)],
  ])('a connector that is %s ends nothing: it is asked again', async (_name, first) => {
    const answers = [first, (id: string) => outcomeAnswer('charge-saved-method', id, done)];
    const { page, dialog, asked } = await chargeInDoubt((id) => answers.shift()!(id));
    await vi.advanceTimersByTimeAsync(2100);
    expect(alertOf(dialog).props.title).toBe('Checking');
    await vi.advanceTimersByTimeAsync(2100);
    expect(page.mocks.actions.addAlert.callCount).toBe(1);
    expect(asked()).toHaveLength(2);
  });

  test('an operation that turns out refused is said where it was started', async () => {
    const { dialog } = await chargeInDoubt((id) =>
      outcomeAnswer('charge-saved-method', id, {
        state: 'refused',
        result: { message: 'The card was declined.' },
      }),
    );
    await vi.advanceTimersByTimeAsync(2100);
    expect(alertOf(dialog).text).toBe('The card was declined.');
  });
});
