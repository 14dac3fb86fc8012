// The pay page and the error page, whole, as a payer's browser gets them.
import type { PayView } from '../../views/pay-schema.ts';
import { loadAssets } from './assets.ts';
import { brandOf, brandStyle } from './brand.ts';
import { documentOf } from './document.ts';
import type { GatewayOrigins } from './headers.ts';
import { html, jsonBlock, type Html } from './html.ts';
import { fill, messages, type PageWords } from './messages/messages.ts';
import { icon, noticeOf, noticePanel } from './notice.ts';
import type { PageData } from './page-data.ts';
import { payPanel } from './pay-panel.ts';
import { readerOf, type Reader } from './reader.ts';
import { invoiceLine, summary } from './summary.ts';

export const assets = loadAssets();

/** States in which a payer has nothing left to read about the invoice's lines. */
const ENDED: ReadonlySet<PayView['state']> = new Set(['expired', 'void', 'superseded']);

/** `body` needs `styleSource` in the policy's style-src. */
export function payPage(
  view: PayView,
  reader: Reader,
  gateway: GatewayOrigins,
): { body: string; styleSource: string } {
  const words = messages[reader.language].page;
  const { css, source } = brandStyle(view.merchant.color);
  const title = view.state === 'ready' ? readyTitle(view, words) : noticeOf(view, words).title;
  const parts = {
    title: `${title} · ${view.merchant.name}`,
    main: view.state === 'ready' ? readyMain(view, words, reader) : noticeMain(view, words, reader),
    merchant: view.merchant,
    privacy: view.state === 'ready' ? fill(words.privacy, { merchant: view.merchant.name }) : undefined,
    brandCss: css,
    testMode: view.testMode,
    data: jsonBlock('pay-data', pageData(view, reader, gateway)),
  };
  return { body: documentOf(parts, reader, assets), styleSource: source };
}

/** A page for 404, 429 or any other failure (shown as 503); the same bytes for the same status and language. */
export function errorPage(status: number, locale: string): string {
  const reader = readerOf(locale, []);
  const words = messages[reader.language].page;
  const [title, text] = errorWords(status, words);
  const main = html`<main id="main" class="single">
    <section class="panel notice calm">
      ${icon('calm')}
      <h1 id="title">${title}</h1>
      <p class="lead">${text}</p>
    </section>
  </main>`;
  return documentOf({ title, main }, reader, assets);
}

function errorWords(status: number, words: PageWords): [title: string, text: string] {
  if (status === 404) return [words.title404, words.text404];
  if (status === 429) return [words.title429, words.text429];
  return [words.title503, words.text503];
}

const readyTitle = (view: PayView, words: PageWords): string =>
  fill(words.titleReady, { amount: view.due.text });

function readyMain(view: PayView, words: PageWords, { locale }: Reader): Html {
  return html`<main id="main" class="ready" data-state="ready">
    <div class="intro">
      <h1 id="title" tabindex="-1">${readyTitle(view, words)}</h1>
      ${invoiceLine(view, words, locale)} ${summary(view, words, locale)}
    </div>
    ${payPanel(view, words)}
  </main>`;
}

function noticeMain(view: PayView, words: PageWords, { locale }: Reader): Html {
  return html`<main id="main" class="single" data-state="${view.state}">
    ${noticePanel(view, words, locale)} ${ENDED.has(view.state) ? null : summary(view, words, locale)}
  </main>`;
}

function pageData(view: PayView, { language, locale }: Reader, gateway: GatewayOrigins): PageData {
  const { page, script } = messages[language];
  return {
    state: view.state,
    locale,
    due: view.due,
    colors: { brand: view.merchant.color, ink: brandOf(view.merchant.color).ink },
    gatewayScript: view.state === 'ready' ? `${gateway.script}/endive/stripe.js` : null,
    hostedUrl: view.hostedUrl,
    payButton: page.payButton,
    words: script,
  };
}
