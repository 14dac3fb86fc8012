// Follows what other tabs and other people do with this invoice while it is open here.
import { words } from './page-parts.ts';
import { loadView } from './server.ts';
import { awaitServer, isWaiting } from './settle.ts';
import { clearProblem, lockForm, showProblem } from './show.ts';
import { onTabNews, tellTabs, type TabNews } from './tabs.ts';

/** How long another tab has to say that it is still paying. */
const TAB_ANSWER_MS = 1_000;

type Page = {
  /** True while this tab itself is sending. */
  isPaying: () => boolean;
  /** Lets the payer pay here after all. */
  resume: () => void;
};

let held = false;
let answerDue = 0;

export function followOthers(page: Page): void {
  onTabNews((news) => {
    if (page.isPaying()) answerAsking(news);
    else if (!isWaiting()) heed(news, page);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !page.isPaying() && !isWaiting()) lookAgain(page);
  });
}

function answerAsking(news: TabNews): void {
  if (news === 'asking') tellTabs('paying');
}

function heed(news: TabNews, page: Page): void {
  if (news === 'settled') awaitServer();
  if (news === 'released' && held) release(page);
  if (news === 'paying') hold();
}

function hold(): void {
  clearTimeout(answerDue);
  held = true;
  lockForm();
  showProblem({ text: words.otherTab, calm: true });
}

function release({ resume }: Page): void {
  held = false;
  clearProblem();
  resume();
}

/** The payer is back at this tab: is it still open, and does the other tab that was paying still exist? */
async function lookAgain(page: Page): Promise<void> {
  const view = await loadView().catch(() => null);
  if (view && view.state !== 'ready') return awaitServer();
  if (!held) return;
  tellTabs('asking');
  answerDue = window.setTimeout(() => release(page), TAB_ANSWER_MS);
}
