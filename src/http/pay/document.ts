// The HTML document around everything a payer sees: head, ribbon, header, footer, assets.
import { html, styleElement, type Html } from './html.ts';
import type { Assets } from './assets.ts';
import { safeLogo } from './headers.ts';
import { messages } from './messages/messages.ts';
import { languages, type Language, type Reader } from './reader.ts';

export type DocumentParts = {
  title: string;
  main: Html;
  /** Absent on error pages, which must not tell whose link was tried. */
  merchant?: { name: string; logoUrl: string | null } | undefined;
  privacy?: string | undefined;
  brandCss?: string | undefined;
  testMode?: boolean;
  /** The script's data; a page without it needs no script. */
  data?: Html | undefined;
};

const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch', fr: 'Français' };

const ASSET_PATH = '/pay/assets/';

export function documentOf(parts: DocumentParts, reader: Reader, assets: Assets): string {
  const page = html`<!doctype html>
    <html lang="${reader.locale}" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <title>${parts.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${ASSET_PATH + assets.style}" />
        ${parts.brandCss ? styleElement(parts.brandCss) : null} ${parts.data ? scripts(assets) : null}
      </head>
      <body>
        ${parts.testMode ? html`<aside class="ribbon">${messages[reader.language].page.testMode}</aside>` : null}
        <div class="page">
          ${parts.merchant ? header(parts.merchant) : null} ${parts.main} ${footer(parts.privacy, reader)}
        </div>
        <p id="live" class="quiet" role="status"></p>
        ${parts.data ?? null}
      </body>
    </html> `;
  return page.markup;
}

function scripts(assets: Assets): Html {
  const preloads = assets.modules.map(
    (file) => html`<link rel="modulepreload" href="${ASSET_PATH + file}" />`,
  );
  return html`${preloads}
    <script type="module" src="${ASSET_PATH + assets.script}"></script>`;
}

function header({ name, logoUrl }: { name: string; logoUrl: string | null }): Html {
  const logo = safeLogo(logoUrl);
  const mark = logo
    ? html`<img class="mark" src="${logo}" alt="" width="44" height="44" />`
    : html`<span class="mark" aria-hidden="true">${firstLetter(name)}</span>`;
  return html`<header class="header">
    ${mark}
    <p class="merchant"><bdi>${name}</bdi></p>
  </header>`;
}

function firstLetter(name: string): string {
  const [letter] = new Intl.Segmenter().segment(name.trim());
  return letter ? letter.segment.toUpperCase() : '·';
}

function footer(privacy: string | undefined, reader: Reader): Html {
  const choices = languages.map(
    (language) =>
      html`<a
        href="?lang=${language}"
        lang="${language}"
        hreflang="${language}"
        ${language === reader.language ? html` aria-current="true"` : null}
        >${LANGUAGE_NAMES[language]}</a
      >`,
  );
  return html`<footer class="footer">
    ${privacy ? html`<p>${privacy}</p>` : null}
    <nav class="languages" aria-label="${messages[reader.language].page.languages}">${choices}</nav>
  </footer>`;
}
