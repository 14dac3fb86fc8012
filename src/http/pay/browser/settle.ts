// Waits for the server to say what became of a payment; no other voice ever calls it paid.
import { words } from './page-parts.ts';
import { showReceiptExtras } from './receipt.ts';
import { loadView, showServerPage } from './server.ts';
import { showWaiting } from './show.ts';
import { tellTabs } from './tabs.ts';
import { watchView } from './watch.ts';

/** From here on the page says that it takes long. */
const LONG_MS = 45_000;

let waiting = false;

/** True once this page only waits for the server. */
export const isWaiting = (): boolean => waiting;

/** Ends this page's part: the payment is sent, or was settled elsewhere. */
export function awaitServer(): void {
  if (waiting) return;
  waiting = true;
  tellTabs('settled');
  showWaiting(words.confirming);
  const late = window.setTimeout(() => showWaiting(words.confirmingLong), LONG_MS);
  draw(() => clearTimeout(late));
}

/** Shows the server's page as soon as it is not the open invoice any more; `drawing` is told before. */
async function draw(drawing: () => void): Promise<void> {
  const view = await loadView().catch(() => null);
  if (!view || view.state === 'ready') {
    watchView('ready', () => draw(drawing));
    return;
  }
  drawing();
  await followServer(view.state);
}

/** Draws the server's state, and again while it is only processing. */
export async function followServer(state: string): Promise<void> {
  const drawn = await showServerPage().then(
    () => true,
    () => false,
  );
  showReceiptExtras();
  if (state === 'processing' || !drawn) watchProcessing();
}

export function watchProcessing(): void {
  watchView('processing', (view) => followServer(view.state));
}
