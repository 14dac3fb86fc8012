// What axe finds wrong on a page, and what sticks out of it sideways.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Found = { id: string; nodes: { target: unknown[]; failureSummary?: string }[] };

/** How many things fade or slide right now, in shadow trees too; what turns for ever is left out. */
const MOVING = `(() => {
  const within = (root) => [
    root,
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? within(shadowRoot) : [])),
  ];
  const all = new Set(within(document).flatMap((root) => root.getAnimations()));
  return [...all].filter(
    ({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime !== Infinity,
  ).length;
})()`;

/** What still fades in has other colors than people will read. Waits here, as pages may have a clock that stands. */
async function stillness(page: Page): Promise<void> {
  for (let still = 0; still < 3;) {
    still = (await page.evaluate<number>(MOVING)) === 0 ? still + 1 : 0;
    await wait(20);
  }
}

/** One line for each thing that breaks a rule; frames of the gateway are its own business. */
export async function violations(page: Page): Promise<string[]> {
  await stillness(page);
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  const found = await page.evaluate<Found[]>(
    'axe.run(document, { iframes: false, resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
