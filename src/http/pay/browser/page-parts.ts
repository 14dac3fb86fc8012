// The places of the page the script fills, and what the server told it.
import type { PageData } from '../page-data.ts';

export const data: PageData = JSON.parse(find('pay-data').textContent ?? '');

export const words = data.words;

/** Throws when the page lacks the element: page and script are served together. */
export function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element;
}

export const payButton = (): HTMLButtonElement => find('pay-button') as HTMLButtonElement;

/** null where the gateway cannot keep a method for this invoice. */
export const saveBox = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>('#save');

export const savesForLater = (): boolean => saveBox()?.checked ?? false;

export const languageOf = (locale: string): 'en' | 'de' | 'fr' =>
  locale.startsWith('de') ? 'de' : locale.startsWith('fr') ? 'fr' : 'en';
