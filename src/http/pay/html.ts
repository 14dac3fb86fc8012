// Builds HTML in which every inserted value is inert text unless it was itself built here.

export type Html = { readonly markup: string };

type Insert = Html | Html[] | string | number | null | false;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Tagged template: html`<p>${name}</p>`. Lists are joined; null and false leave nothing. */
export function html(parts: TemplateStringsArray, ...inserts: Insert[]): Html {
  const markup = parts.map((part, index) => part + written(inserts[index] ?? null)).join('');
  return { markup };
}

/** A JSON block the page's script reads: never executed, and unable to end its own element. */
export function jsonBlock(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return { markup: `<script type="application/json" id="${escaped(id)}">${json}</script>` };
}

/** A style element whose text the caller guarantees; its hash goes into the page's policy. */
export const styleElement = (css: string): Html => ({ markup: `<style>${css}</style>` });

function written(insert: Insert): string {
  if (insert === null || insert === false) return '';
  if (Array.isArray(insert)) return insert.map((item) => item.markup).join('');
  return typeof insert === 'object' ? insert.markup : escaped(String(insert));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
