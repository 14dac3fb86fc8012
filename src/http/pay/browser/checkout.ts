// Takes a payer from an open invoice to a sent payment: session, fields, confirm, decline and another try.
import type { Stripe } from '@stripe/stripe-js';
import type { SessionAnswer } from '../../../views/pay-schema.ts';
import { confirmPayment, lookUp, type Outcome } from './confirm.ts';
import { declineWords, type Refusal } from './declines.ts';
import { followOthers } from './elsewhere.ts';
import { GatewayBlocked, loadGateway, mountFields, type Fields } from './gateway.ts';
import { data, find, saveBox, savesForLater, words } from './page-parts.ts';
import { askSession, tellProgress, Unreached } from './server.ts';
import { awaitServer } from './settle.ts';
import {
  clearProblem,
  lockForm,
  showForm,
  showProblem,
  showSkeleton,
  showWaiting,
  unlockForm,
} from './show.ts';
import { tellTabs } from './tabs.ts';

type Session = Extract<SessionAnswer, { ok: true }>;

/** What is open on this page: the gateway, its fields, and the amount the payer was last shown. */
type Desk = { gateway: Stripe; fields: Fields; shown: Session['amount'] };

/** `gone`: the server's page has taken over, there is nothing to press any more. */
type Next = 'again' | 'gone';

let desk: Desk | null = null;

/** Only one thing at a time may ask the server or the gateway. */
let busy = false;

/** `returned` is the secret of a payment the payer comes back from. */
export function openCheckout(returned: string | null): void {
  tellProgress('opened');
  find('pay-form').addEventListener('submit', (event) => {
    event.preventDefault();
    alone(pay);
  });
  saveBox()?.addEventListener('change', () => alone(changeSaving));
  followOthers({ isPaying: () => busy, resume: () => desk && unlockForm(desk.shown.text) });
  start(returned);
}

async function start(returned: string | null): Promise<void> {
  showForm(true);
  showSkeleton(true);
  try {
    const session = await openSession();
    if (!session) return;
    const gateway = await loadGateway(session.publishableKey);
    if (returned && (await stillSent(gateway, returned))) return;
    const fields = await mountFields(gateway, session.clientSecret, typed);
    desk = { gateway, fields, shown: data.due };
    noteAmount(desk, session);
    showSkeleton(false);
    unlockForm(desk.shown.text);
  } catch (error) {
    showForm(false);
    sayFailed(error, () => start(returned));
  }
}

const typed = (): void => tellProgress('typing');

/** Says what a payer can do about it; anything unexpected goes on to the browser's console. */
function sayFailed(error: unknown, retry?: () => void): void {
  const text = error instanceof Unreached ? error.message : words.blocked;
  // Once the form is open, whatever fails here fails before the payment goes out.
  if (retry) showProblem({ text, hosted: true, retry });
  else showProblem({ text: `${text} ${words.notSent}`, hosted: true });
  if (!(error instanceof Unreached || error instanceof GatewayBlocked)) throw error;
}

/** null when there is nothing left to pay: the server's page takes over. Throws Unreached. */
async function openSession(): Promise<Session | null> {
  const answer = await askSession(savesForLater());
  if (answer.ok) return answer;
  if (answer.view.state === 'ready') throw new Unreached(words.noPayment);
  awaitServer();
  return null;
}

/** True when the payment the payer comes back from is on its way; says why when it was refused. */
async function stillSent(gateway: Stripe, secret: string): Promise<boolean> {
  const outcome = await lookUp(gateway, secret);
  if (outcome.kind === 'refused') sayRefused(outcome.refusal);
  if (outcome.kind !== 'sent') return false;
  awaitServer();
  return true;
}

async function alone(work: (desk: Desk) => Promise<Next>): Promise<void> {
  if (busy || !desk) return;
  const focused = document.activeElement;
  busy = true;
  clearProblem();
  const next = await work(desk).catch((error: unknown): Next => {
    sayFailed(error);
    return 'again';
  });
  busy = false;
  if (next === 'gone') return;
  unlockForm(desk.shown.text);
  // What is disabled loses the focus; a keyboard user goes on where they were.
  if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus();
}

async function pay(open: Desk): Promise<Next> {
  lockForm(words.sending);
  const checked = await open.fields.elements.submit();
  if (checked.error) {
    showProblem({ text: words.checkFields });
    return 'again';
  }
  // Somebody may have paid meanwhile, in another tab or on another machine.
  const session = await openSession();
  if (!session) return 'gone';
  if (await changedMeanwhile(open, session)) return 'again';
  tellTabs('paying');
  tellProgress('submitted');
  return settle(open, await confirmPayment(open.gateway, open.fields, savesForLater()));
}

async function settle(open: Desk, outcome: Outcome): Promise<Next> {
  if (outcome.kind === 'unknown') {
    showWaiting(words.checking);
    const found = await lookUp(open.gateway, open.fields.secret);
    return settle(open, found.kind === 'unknown' ? { kind: 'sent' } : found);
  }
  if (outcome.kind === 'sent') {
    awaitServer();
    return 'gone';
  }
  tellTabs('released');
  showForm(true);
  if (outcome.kind === 'refused') sayRefused(outcome.refusal);
  else showProblem({ text: outcome.kind === 'incomplete' ? words.checkFields : words.notCharged });
  return 'again';
}

function sayRefused(refusal: Refusal): void {
  tellProgress('declined');
  showProblem({ text: words[declineWords(refusal)] });
}

/** True when the payer has to look again before paying. */
async function changedMeanwhile(open: Desk, session: Session): Promise<boolean> {
  const renewed = await useSession(open, session);
  const changed = noteAmount(open, session);
  if (renewed && !changed) showProblem({ text: words.renewed, calm: true });
  return renewed || changed;
}

/** True when the fields had to be put in anew, empty, because another payment is open now. */
async function useSession(open: Desk, session: Session): Promise<boolean> {
  if (session.clientSecret === open.fields.secret) return false;
  open.fields.remove();
  showSkeleton(true);
  open.fields = await mountFields(open.gateway, session.clientSecret, typed);
  showSkeleton(false);
  return true;
}

/** True when the amount is not the one the payer saw; then it is said. */
function noteAmount(open: Desk, { amount }: Session): boolean {
  const { amountMinor, currency } = open.shown;
  const changed = amount.amountMinor !== amountMinor || amount.currency !== currency;
  open.shown = amount;
  if (changed) showProblem({ text: words.changed.replace('{amount}', amount.text), calm: true });
  return changed;
}

async function changeSaving(open: Desk): Promise<Next> {
  lockForm();
  try {
    const session = await openSession();
    if (!session) return 'gone';
    if (!(await changedMeanwhile(open, session))) await open.fields.elements.fetchUpdates();
    return 'again';
  } catch (error) {
    const box = saveBox();
    if (box) box.checked = !box.checked;
    throw error;
  }
}
