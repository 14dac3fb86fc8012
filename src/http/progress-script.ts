// The script of the page that shows the first sync: asks for the page again and puts in what has changed.

/** Runs in the admin's browser; the words stay in their element, so that a screen reader speaks only them. */
export const progressScript = `
const EVERY_MS = 2000;

function put(next) {
  const [shown, fresh] = [document, next].map((page) => page.getElementById('progress'));
  if (!fresh) {
    document.title = next.title;
    document.querySelector('.card').replaceWith(next.querySelector('.card'));
    const heading = document.querySelector('h1');
    heading.tabIndex = -1;
    heading.focus();
    return false;
  }
  if (shown.textContent !== fresh.textContent) shown.textContent = fresh.textContent;
  document.querySelector('progress').replaceWith(next.querySelector('progress'));
  return true;
}

async function again() {
  const answer = await fetch(location.href).catch(() => null);
  const moving = answer?.ok
    ? put(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    : answer?.status !== 403;
  if (moving) setTimeout(again, EVERY_MS);
}

setTimeout(again, EVERY_MS);
`;
