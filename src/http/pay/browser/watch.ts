// Asks the server again and again until it says something new.
import type { PayView } from '../../../views/pay-schema.ts';
import { loadView } from './server.ts';

const POLL_MS = 2_000;
/** After two minutes nobody is watching closely: bank payments take days. */
const SLOW_POLL_MS = 20_000;
const SLOW_AFTER_MS = 120_000;

/** Calls `changed` once, when the view has left `state`; the answer stops watching. */
export function watchView(state: PayView['state'], changed: (view: PayView) => void): () => void {
  const started = Date.now();
  let timer = 0;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
  async function look(): Promise<void> {
    clearTimeout(timer);
    if (stopped || document.hidden) return;
    const view = await loadView().catch(() => null);
    if (stopped) return;
    if (view && view.state !== state) {
      stop();
      return changed(view);
    }
    timer = window.setTimeout(look, Date.now() - started < SLOW_AFTER_MS ? POLL_MS : SLOW_POLL_MS);
  }
  document.addEventListener('visibilitychange', look);
  timer = window.setTimeout(look, POLL_MS);
  return stop;
}
