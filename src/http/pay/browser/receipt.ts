// Gives a receipt what only a browser has: the payer's own time zone, and a printer.
import { data } from './page-parts.ts';

export function showReceiptExtras(): void {
  const time = document.querySelector<HTMLTimeElement>('.receipt time');
  if (time?.dateTime.includes('T')) time.textContent = localMoment(time);
  const print = document.querySelector<HTMLButtonElement>('#print');
  if (!print) return;
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

function localMoment(time: HTMLTimeElement): string {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return time.textContent ?? '';
  return new Intl.DateTimeFormat(data.locale, { dateStyle: 'long', timeStyle: 'short' }).format(at);
}
