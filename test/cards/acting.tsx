// Acting on a card in a test: a card whose operations end as given, and the request each action sends.
import { expect } from 'vitest';
import type { OperationKind } from '../../src/views/card-schema.ts';
import { openLoaded, posts, serveCard, type Handlers, type Page, type PageOptions } from './card-page.tsx';
import { outcomeAnswer, viewAnswer, type Ended } from './sample-view.ts';

export const uuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
);

export const done: Ended = { state: 'done', result: { message: 'Done.' } };

/** A card whose every operation ends as given. */
export async function cardWhere(ended: Ended | Ended[], options: PageOptions & Pick<Handlers, 'view'> = {}) {
  const endings = [ended].flat();
  const seen = serveCard({
    view: options.view ?? (() => viewAnswer()),
    start: (kind: OperationKind, body) => outcomeAnswer(kind, body.operationId, endings.shift() ?? done),
  });
  return { page: await openLoaded(options), seen };
}

/** The one request of an operation that has ended with a word on the page. */
export const sentOnce = async (page: Page, seen: ReturnType<typeof posts>) => {
  await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
  expect(posts(seen)).toHaveLength(1);
  return posts(seen)[0]!;
};
