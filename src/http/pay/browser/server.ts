// Talks to our server: the view, the session, progress, and the server's own drawing of a new state.
import type { PayView, SessionAnswer } from '../../../views/pay-schema.ts';
import { announce } from './show.ts';
import { data, words } from './page-parts.ts';

export type Stage = 'opened' | 'typing' | 'authenticating' | 'submitted' | 'declined';

/** The server did not answer as it should; `message` is for the payer. */
export class Unreached extends Error {}

const TIMEOUT_MS = 20_000;

const path = (door: string): string =>
  `${location.pathname.replace(/\/$/, '')}${door}?lang=${encodeURIComponent(data.locale)}`;

const HEADERS = { 'content-type': 'application/json', 'x-payside-page': '1' };

/** Throws Unreached. */
export async function loadView(): Promise<PayView> {
  const response = await reach(path('/view'), {});
  return (await response.json()) as PayView;
}

/** Throws Unreached. */
export async function askSession(saveForLater: boolean): Promise<SessionAnswer> {
  const body = JSON.stringify({ saveForLater });
  const response = await reach(path('/session'), { method: 'POST', headers: HEADERS, body });
  return (await response.json()) as SessionAnswer;
}

/** Tells the rep who watches; nothing depends on it, so a failure is let go. */
export function tellProgress(stage: Stage): void {
  const body = JSON.stringify({ stage });
  fetch(path('/progress'), { method: 'POST', headers: HEADERS, body, keepalive: true }).catch(
    () => undefined,
  );
}

/** Replaces the page's main part by the server's, so that only the server says what state it is in. */
export async function showServerPage(): Promise<void> {
  const response = await reach(path(''), {});
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const main = fresh.querySelector('main');
  // The fields need a page whose policy allows the gateway: that is a new document.
  if (!main || main.dataset['state'] === 'ready') return location.reload();
  document.querySelector('main')?.replaceWith(document.adoptNode(main));
  document.title = fresh.title;
  const heading = document.getElementById('title');
  heading?.focus();
  announce(heading?.textContent ?? '');
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => null,
  );
  if (response?.ok) return response;
  if (response?.status === 404) location.reload();
  if (response?.status === 429) throw new Unreached(words.busy);
  throw new Unreached(response || navigator.onLine ? words.failed : words.offline);
}
