// Who reads the page: the language of its words and the locale of its dates and amounts.

export const languages = ['en', 'de', 'fr'] as const;

export type Language = (typeof languages)[number];

/** `locale` is a language of ours with a region, such as de-CH. */
export type Reader = { language: Language; locale: string };

const HOME_REGION: Record<Language, string> = { en: 'US', de: 'DE', fr: 'FR' };

/** The first tag we have words for, `override` (of ?lang=) before those the browser accepts, best first. */
export function readerOf(override: unknown, accepted: readonly string[]): Reader {
  const asked = typeof override === 'string' ? [override, ...accepted] : accepted;
  for (const tag of asked) {
    const reader = asReader(tag);
    if (reader) return reader;
  }
  return { language: 'en', locale: 'en-US' };
}

function asReader(tag: string): Reader | undefined {
  const [name = '', region = ''] = tag.toLowerCase().split('-').slice(0, 3).filter(isLanguageOrRegion);
  const language = languages.find((known) => known === name);
  if (!language) return undefined;
  return { language, locale: `${language}-${region.toUpperCase() || HOME_REGION[language]}` };
}

/** Leaves out scripts (Latn) and whatever is no part of a language tag. */
const isLanguageOrRegion = (part: string): boolean => /^[a-z]{2}$/.test(part);

/** '14 March 2026' of YYYY-MM-DD. */
export function dateText(date: string, locale: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(day);
}

/** '14 March 2026 at 09:05 UTC' of an ISO instant; a bare date has no time; other text stays as it is. */
export function momentText(moment: string, locale: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(moment)) return dateText(moment, locale);
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(at)} UTC`;
}

/** '2.5' as the locale writes it; what is no plain number stays as it is. */
export function quantityText(quantity: string, locale: string): string {
  if (!/^\d{1,15}(\.\d{1,12})?$/.test(quantity)) return quantity;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 12 }).format(Number(quantity));
}
