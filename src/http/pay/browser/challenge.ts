// Notices when the payer's bank asks for approval: the gateway lays a frame over the page, or leaves it.

/** Smaller frames are the gateway's own hidden ones. */
const VISIBLE_PIXELS = 120;

/** Calls `asked` at most once; the answer stops looking. */
export function watchChallenge(asked: () => void): () => void {
  const observer = new MutationObserver(() => requestAnimationFrame(look));
  const stop = (): void => {
    observer.disconnect();
    removeEventListener('pagehide', found);
  };
  function found(): void {
    stop();
    asked();
  }
  function look(): void {
    const frames = [...document.querySelectorAll('iframe')].filter(
      (frame) => !frame.closest('#gateway-fields'),
    );
    if (frames.some(isVisible)) found();
  }
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['style'],
  });
  addEventListener('pagehide', found);
  return stop;
}

function isVisible(frame: HTMLIFrameElement): boolean {
  const { width, height } = frame.getBoundingClientRect();
  return width >= VISIBLE_PIXELS && height >= VISIBLE_PIXELS && frame.checkVisibility();
}
