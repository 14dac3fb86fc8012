// HTML with every value escaped, and the frame of the pages an admin sees outside the CRM.

/** Already safe to send. */
export type Html = { html: string };

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Piece = string | number | null | undefined | Html | readonly Html[];

function text(value: Piece): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return 'html' in value ? value.html : value.map((one) => one.html).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Values are escaped, pieces made by this same tag are not. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Html {
  return {
    html: strings.reduce(
      (done, part, index) => done + part + (index < values.length ? text(values[index]) : ''),
      '',
    ),
  };
}

export const stylesheet = `
:root { color-scheme: light; --ink: #1f2d3d; --muted: #5b6b7d; --line: #d9e0e8; --accent: #1463c4; --bad: #a3122b; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: #f4f6f9; }
main { max-width: 38rem; margin: 0 auto; padding: 3rem 1.25rem; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 2rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
p, ol, ul { margin: 0 0 1rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
small, .muted { color: var(--muted); }
input { width: 100%; font: inherit; padding: .65rem .75rem; border: 1px solid #8896a6; border-radius: 8px; }
button, .button { display: inline-block; font: inherit; font-weight: 600; margin-top: 1.25rem; padding: .7rem 1.25rem; min-height: 44px;
  border: 0; border-radius: 8px; background: var(--accent); color: #fff; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px; }
.problem { border-inline-start: 4px solid var(--bad); padding: .5rem 1rem; background: #fdf1f3; }
.brand { font-weight: 700; letter-spacing: .02em; margin-bottom: 1rem; color: var(--muted); }
progress { width: 100%; height: .75rem; accent-color: var(--accent); }
a:not(.button) { color: var(--accent); }
details { margin-top: .5rem; }
summary { cursor: pointer; padding: .25rem 0; }
.aside { margin: 1.5rem 0 0; }
.tick { font-weight: 400; display: flex; gap: .6rem; align-items: center; min-height: 44px; }
.tick input { width: 1.25rem; height: 1.25rem; flex: none; }
hr { border: 0; border-top: 1px solid var(--line); margin: 1.75rem 0 1.25rem; }
h1:focus { outline: none; }
`;

/** `script`: address of a script of ours; the page's answer must allow it. */
export type PageOptions = { title: string; body: Html; script?: string };

/** A whole page; its assets are `/assets/pages.css` and the script it names. */
export function page({ title, body, script }: PageOptions): string {
  const tag = script ? html`<script src="${script}" defer></script>` : html``;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${tag}
        <title>${title} · Payside</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/pages.css" />
      </head>
      <body>
        <main>
          <div class="brand">Payside</div>
          <div class="card">${body}</div>
        </main>
      </body>
    </html>`.html;
}
