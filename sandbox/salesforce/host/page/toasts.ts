// Toasts: what components ask to have said.
import type { Toast } from '../platform/platform-show-toast-event.ts';
import { element } from './dom.ts';

const SHOWN_MS = 6000;

export function showToasts(): void {
  const place = element('div', {
    class: 'toasts',
    role: 'region',
    'aria-label': 'Messages',
    'aria-live': 'polite',
  });
  document.body.append(place);
  document.addEventListener('lightning__showtoast', (event) => {
    const { title = '', message, variant = 'info' } = (event as CustomEvent<Toast>).detail;
    const toast = element('div', { class: `toast ${variant}` }, element('strong', {}, title), ` ${message}`);
    place.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  });
}
