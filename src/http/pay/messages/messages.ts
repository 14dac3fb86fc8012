// Finds the words of a language and fills their {gaps}.
import type { Language } from '../reader.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

/** English is the list of what can be said; the other tables have exactly its keys. */
export type PageWords = Record<keyof typeof en.page, string>;
export type ScriptWords = Record<keyof typeof en.script, string>;
export type Messages = { page: PageWords; script: ScriptWords };

export const messages: Record<Language, Messages> = { en, de, fr };

/** 'Pay {amount}' with {amount: '€5.00'} → 'Pay €5.00'. */
export function fill(text: string, gaps: Record<string, string>): string {
  return text.replace(/\{(\w{1,40})\}/g, (gap, name: string) => gaps[name] ?? gap);
}
