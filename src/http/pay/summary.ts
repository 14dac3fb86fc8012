// The invoice in short: number, due date, note, lines and what they come to.
import type { PayView } from '../../views/pay-schema.ts';
import { html, type Html } from './html.ts';
import { fill, type PageWords } from './messages/messages.ts';
import { dateText, quantityText } from './reader.ts';

/** More lines than this start folded, so that the payment fields stay in sight on a phone. */
const OPEN_LINES = 5;

/** 'Invoice INV-7 · Due 14 March 2026', with a badge when it is late. */
export function invoiceLine(view: PayView, words: PageWords, locale: string): Html {
  const number = fill(words.invoice, { number: view.number });
  return html`<p class="invoice">
    <span><bdi>${number}</bdi></span
    >${dueText(view, words, locale)}
  </p>`;
}

function dueText(view: PayView, words: PageWords, locale: string): Html | null {
  if (!view.dueDate || (view.state !== 'ready' && view.state !== 'unavailable')) return null;
  const date = dateText(view.dueDate, locale);
  if (!view.overdue) return html`<span>${fill(words.due, { date })}</span>`;
  return html`<span><strong class="badge">${words.overdue}</strong> ${fill(words.wasDue, { date })}</span>`;
}

export function summary(view: PayView, words: PageWords, locale: string): Html {
  const open = view.lines.length <= OPEN_LINES ? html` open` : null;
  return html`<section class="panel summary" aria-labelledby="summary-title">
<details${open}>
<summary><h2 id="summary-title">${words.summary}</h2></summary>
${view.memo ? html`<p class="memo"><bdi>${view.memo}</bdi></p>` : null}
<ul class="lines">${view.lines.map((line) => lineItem(line, locale))}</ul>
</details>
<dl class="sums">${sums(view, words)}</dl>
</section>`;
}

function lineItem(line: PayView['lines'][number], locale: string): Html {
  const quantity = quantityText(line.quantity, locale);
  return html`<li>
    <span class="what"
      ><bdi>${line.description}</bdi>${
        line.quantity === '1' ? null : html` <span class="times">× ${quantity}</span>`
      }</span
    ><span class="amount">${line.amount.text}</span>
  </li>`;
}

function sums(view: PayView, words: PageWords): Html {
  const partly = view.due.amountMinor !== view.total.amountMinor && view.due.amountMinor > 0;
  return html`${view.tax ? sum(words.tax, view.tax.text) : null}${sum(words.total, view.total.text, !partly)}${
    partly ? sum(view.state === 'ready' ? words.dueNow : words.stillDue, view.due.text, true) : null
  }`;
}

function sum(label: string, text: string, strong = false): Html {
  return html`<div${strong ? html` class="strong"` : null}><dt>${label}</dt><dd class="amount">${text}</dd></div>`;
}
