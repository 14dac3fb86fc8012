// What a payer sees when there is nothing to enter: being confirmed, paid, ended, or not possible.
import type { PayView } from '../../views/pay-schema.ts';
import { html, type Html } from './html.ts';
import { fill, type PageWords } from './messages/messages.ts';
import { hostedLink } from './pay-panel.ts';
import { momentText } from './reader.ts';
import { invoiceLine } from './summary.ts';

type Tone = 'good' | 'calm' | 'wait';

type Notice = { tone: Tone; title: string; text: string };

export function noticeOf(view: PayView, words: PageWords): Notice {
  const merchant = view.merchant.name;
  const say = (tone: Tone, title: keyof PageWords, text: keyof PageWords): Notice => ({
    tone,
    title: words[title],
    text: fill(words[text], { merchant }),
  });
  switch (view.state) {
    case 'processing':
      return say('wait', 'titleProcessing', 'textProcessing');
    case 'paid':
      return view.receipt
        ? say('good', 'titlePaid', 'textPaid')
        : say('good', 'titleAlreadyPaid', 'textAlreadyPaid');
    case 'expired':
      return say('calm', 'titleExpired', 'textExpired');
    case 'void':
      return say('calm', 'titleVoid', 'textVoid');
    case 'superseded':
      return say('calm', 'titleSuperseded', 'textSuperseded');
    default:
      return say('calm', 'titleUnavailable', 'textUnavailable');
  }
}

export function noticePanel(view: PayView, words: PageWords, locale: string): Html {
  const { tone, title, text } = noticeOf(view, words);
  return html`<section class="panel notice ${tone}">
    ${icon(tone)}
    <h1 id="title" tabindex="-1">${title}</h1>
    <p class="lead">${text}</p>
    ${invoiceLine(view, words, locale)}
    ${view.state === 'unavailable' ? hostedLink(view, words, 'button') : null}
    ${view.state === 'processing' ? html`<noscript><a class="button plain" href="?">${words.reload}</a></noscript>` : null}
    ${view.state === 'paid' && view.receipt ? receipt(view, view.receipt, { words, locale }) : null}
  </section>`;
}

function receipt(
  view: PayView,
  { amount, paidAt, methodText }: NonNullable<PayView['receipt']>,
  { words, locale }: { words: PageWords; locale: string },
): Html {
  return html`<h2 class="receipt-title">${words.receipt}</h2>
    <dl class="receipt">
      ${row(words.amountPaid, html`<strong class="amount">${amount.text}</strong>`)}
      ${paidAt ? row(words.paidAt, html`<time datetime="${paidAt}">${momentText(paidAt, locale)}</time>`) : null}
      ${methodText ? row(words.method, html`<bdi>${methodText}</bdi>`) : null}
      ${row(words.invoiceLabel, html`<bdi>${view.number}</bdi>`)}
      ${row(words.payee, html`<bdi>${view.merchant.name}</bdi>`)}
    </dl>
    <button type="button" id="print" class="button plain" hidden>${words.print}</button>`;
}

const row = (label: string, value: Html): Html =>
  html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;

const PATHS: Record<Tone, Html> = {
  good: html`<path d="M14 25l7 7 14-15" />`,
  calm: html`<path d="M24 14v13M24 33v.5" />`,
  wait: html`<path d="M24 14v10l7 5" />`,
};

export const icon = (tone: Tone): Html =>
  html`<svg class="icon" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true">
    <circle cx="24" cy="24" r="22" />
    ${PATHS[tone]}
  </svg>`;
