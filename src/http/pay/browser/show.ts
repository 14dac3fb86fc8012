// Shows what is going on: a problem, a wait, or the form ready to be sent.
import { data, find, payButton, saveBox, words } from './page-parts.ts';

type Problem = {
  text: string;
  /** Not an error: something the payer should know before going on. */
  calm?: boolean;
  retry?: () => void;
  /** Offer the gateway's own page, where there is one. */
  hosted?: boolean;
};

/** Takes the focus, so that it is read out and in sight. */
export function showProblem({ text, calm = false, retry, hosted = false }: Problem): void {
  const panel = find('problem');
  find('problem-text').textContent = text;
  panel.classList.toggle('calm', calm);
  find('retry').replaceChildren(...(retry ? [retryButton(retry)] : []));
  find('hosted').hidden = !hosted || data.hostedUrl === null;
  panel.hidden = false;
  panel.focus();
  panel.scrollIntoView({ block: 'nearest' });
}

function retryButton(retry: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button plain';
  button.textContent = words.retry;
  button.addEventListener('click', () => {
    clearProblem();
    retry();
  });
  return button;
}

export function clearProblem(): void {
  find('problem').hidden = true;
  find('hosted').hidden = true;
}

/** Hides the form: from here on there is nothing to enter. */
export function showWaiting(text: string): void {
  clearProblem();
  find('pay-form').hidden = true;
  find('waiting').hidden = false;
  find('waiting-text').textContent = text;
  find('waiting').focus();
}

/** Shows the form again, or hides what cannot be used. */
export function showForm(visible: boolean): void {
  find('waiting').hidden = true;
  find('pay-form').hidden = !visible;
}

export function showSkeleton(visible: boolean): void {
  find('skeleton').hidden = !visible;
  find('pay-form').setAttribute('aria-busy', String(visible));
}

/** `sending` names what the button is busy with. */
export function lockForm(sending?: string): void {
  const button = payButton();
  button.disabled = true;
  if (sending) {
    button.textContent = sending;
    announce(sending);
  }
  const box = saveBox();
  if (box) box.disabled = true;
}

/** `amount` is the text of what the payer agrees to pay by pressing the button. */
export function unlockForm(amount: string): void {
  const button = payButton();
  button.disabled = false;
  button.textContent = data.payButton.replace('{amount}', amount);
  const box = saveBox();
  if (box) box.disabled = false;
}

/** Read out by screen readers, without moving the focus. */
export function announce(text: string): void {
  find('live').textContent = text;
}
