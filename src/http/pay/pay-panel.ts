// Where the payer pays: an empty place for the gateway's fields, what the script fills in, and the way without script.
import type { PayView } from '../../views/pay-schema.ts';
import { html, type Html } from './html.ts';
import { fill, type PageWords } from './messages/messages.ts';

export function payPanel(view: PayView, words: PageWords): Html {
  return html`<section class="panel pay" aria-labelledby="pay-title">
    <h2 id="pay-title">${words.payHeading}</h2>
    <noscript>
      <p class="problem">${view.hostedUrl ? words.noScriptHosted : words.noScript}</p>
      ${hostedLink(view, words)}
    </noscript>
    <div class="needs-script">
      <div id="problem" class="problem" tabindex="-1" hidden>
        <p id="problem-text"></p>
        <div id="retry"></div>
      </div>
      <div id="waiting" class="waiting" tabindex="-1" hidden>
        <span class="spinner" aria-hidden="true"></span>
        <p id="waiting-text"></p>
      </div>
      <form id="pay-form" novalidate aria-busy="true">
        <div id="skeleton" class="skeleton">
          <p class="quiet">${words.loadingFields}</p>
          <span class="wide"></span><span></span><span></span>
        </div>
        <div id="gateway-fields"></div>
        ${view.saveForLater ? saveForLater(view.saveForLater.text) : null}
        <button type="submit" id="pay-button" class="button" disabled>
          ${fill(words.payButton, { amount: view.due.text })}
        </button>
      </form>
      <div id="hosted" hidden>${hostedLink(view, words)}</div>
    </div>
  </section>`;
}

function saveForLater(consent: string): Html {
  return html`<label class="save"
    ><input type="checkbox" id="save" disabled /><span>${consent}</span></label
  >`;
}

/** The gateway's own page; only an https (in a sandbox also http) address becomes a link. */
export function hostedLink(view: PayView, words: PageWords, look = 'button plain'): Html | null {
  if (!view.hostedUrl || !/^https?:\/\//i.test(view.hostedUrl)) return null;
  return html`<a class="${look}" href="${view.hostedUrl}" rel="noreferrer">${words.hosted}</a>`;
}
