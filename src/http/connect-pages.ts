// The pages of connecting Stripe: the form with its problems, the progress of the first sync, what to do next.
import type { CrmName } from '../crms/crm.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import { html, page, type Html } from './html.ts';

/** What a restricted key needs, in the words of Stripe's own list. */
const RIGHTS = [
  'Basic account information: read',
  'Customers: write',
  'Payment Methods: read',
  'Invoices: write',
  'Subscriptions: read',
  'Tax Rates: read',
  'PaymentIntents: read',
  'SetupIntents: write',
  'Charges and Refunds: write',
  'Credit Notes: read',
  'Disputes: read',
  'Events: read',
  'Balance Transaction Source: read',
  'Webhook Endpoints: write',
];

export function refusalPage(): string {
  const body = html`<h1>This link is over</h1>
    <p>
      Open Payside’s settings inside your CRM and choose “Connect Stripe” to get a new one. Only an admin can
      do this, and a link works for one hour.
    </p>`;
  return page({ title: 'This link is over', body });
}

export type FormPage = {
  link: string;
  problems: string[];
  publishableKey?: string;
  /** Whether Stripe's own consent page can be offered. */
  byConsent: boolean;
  /** What the account will belong to: a link may have been sent by somebody else. */
  crmNames: string[];
  /** CRMs whose gateway this one could work with, if the company has Payside there. */
  joinable: string[];
};

/** The secret key is never sent back into the page; the publishable one is no secret. */
export function formPage(form: FormPage): string {
  const { link, problems, publishableKey = '', byConsent, crmNames, joinable } = form;
  const rights = RIGHTS.map((right) => html`<li>${right}</li>`);
  const whose = crmNames.join(', ');
  const body = html`<h1>Connect Stripe</h1>
    <p>
      For <strong>${whose}</strong>: whoever administers it will be able to collect and refund with the Stripe
      account you connect here.
    </p>
    ${joinInstead(joinable)} ${problemList(problems)} ${byConsent ? consentPart(link) : html``}
    <p>
      ${byConsent ? 'Or connect with' : 'Payside works with'} two keys of your Stripe account. They are
      checked before anything is kept, and stored encrypted. Test keys are welcome: then no real money moves.
    </p>
    <form method="post" action="/connect/stripe" autocomplete="off">
      <input type="hidden" name="link" value="${link}" />
      <label for="secret">Restricted key</label>
      <input
        id="secret"
        name="secretKey"
        type="password"
        required
        spellcheck="false"
        aria-describedby="secret-note"
        autocomplete="off"
      />
      <small id="secret-note">Begins with rk_. Make one in the Stripe dashboard under API keys.</small>
      <details>
        <summary>Permissions the key needs</summary>
        <ul>
          ${rights}
        </ul>
      </details>
      <label for="publishable">Publishable key</label>
      <input
        id="publishable"
        name="publishableKey"
        required
        spellcheck="false"
        value="${publishableKey}"
        aria-describedby="publishable-note"
        autocomplete="off"
      />
      <small id="publishable-note"
        >Begins with pk_. The pay page uses it to show Stripe’s own card fields.</small
      >
      <label class="tick"><input type="checkbox" name="ours" value="yes" required /> ${whose} is ours</label>
      <button type="submit">Check and connect</button>
    </form>`;
  return page({ title: problems.length > 0 ? 'Not connected yet' : 'Connect Stripe', body });
}

/** A gateway of its own is for good: two ledgers are never merged. */
const joinInstead = (joinable: string[]): Html =>
  joinable.length === 0
    ? html``
    : html`<p class="muted">
        Does your company use Payside in ${joinable.join(' or ')} already? Then connect nothing here: enter a
        code from there in Payside’s settings, under “Other CRM”, and both work with one gateway.
      </p>`;

const consentPart = (link: string): Html =>
  html`<p>
      Choose your account and grant access on Stripe’s own page. You can take it back there at any time.
    </p>
    <a class="button" href="/connect/stripe?link=${encodeURIComponent(link)}&consent">Continue with Stripe</a>
    <hr />`;

function problemList(problems: string[]): Html {
  if (problems.length === 0) return html``;
  const items = problems.map((problem) => html`<li>${problem}</li>`);
  return html`<div class="problem" role="alert">
    <strong>Nothing was connected.</strong>
    <ul>
      ${items}
    </ul>
  </div>`;
}

export const PROGRESS_SCRIPT = '/assets/progress.js';

/** Where an admin goes on after connecting. */
export type NextPlace = { crm: CrmName; label: string; url: string };

export type ConnectedPage = { account: GatewayAccount; link: string; next: NextPlace | null };

/** While the first sync runs, its script puts in what has changed. */
export function connectedPage({ account, link, next }: ConnectedPage): string {
  const importing = account.state === 'importing';
  const title = importing ? 'Stripe is connected' : 'All set';
  const mode = account.livemode
    ? html``
    : html`<p class="muted">These are test keys: money on this account is not real.</p>`;
  const body = html`<h1>${title}</h1>
    <p><strong>${account.name}</strong> is connected to Payside.</p>
    ${mode} ${importing ? progress(account.importing) : nextSteps(next)}
    <p class="aside">
      <a href="/connect/stripe?link=${encodeURIComponent(link)}&again">Connect again, or another account</a>
    </p>`;
  return page({ title, body, ...(importing ? { script: PROGRESS_SCRIPT } : {}) });
}

function progress(importing: GatewayAccount['importing']): Html {
  const { done, total } = importing ?? { done: 0, total: null };
  const bar =
    total === null
      ? html`<progress aria-label="First sync"></progress>`
      : html`<progress aria-label="First sync" value="${done}" max="${total}"></progress>`;
  const of = total === null ? '' : ` of about ${total}`;
  return html`<p id="progress" role="status">
      Reading customers, invoices and payments: ${done}${of} so far. You can close this page; it goes on.
    </p>
    ${bar}
    <noscript><p class="muted">Reload this page to see how far it is.</p></noscript>`;
}

const PLACE_CARD: Record<CrmName, string> = {
  hubspot: 'In HubSpot, open a contact, choose Customize, and add the Payside card to the record view.',
  salesforce:
    'In Salesforce, open a contact, choose Edit Page from the gear menu, and see that the Payside card is on it.',
};

const nextSteps = (next: NextPlace | null): Html =>
  html`<p>What to do next:</p>
    <ol>
      ${next === null ? html`` : html`<li>${PLACE_CARD[next.crm]}</li>`}
      <li>In Payside’s settings, say who may collect and who may only look.</li>
      <li>Open a contact with an e-mail address that Stripe knows: what they owe is already there.</li>
    </ol>
    ${next === null ? html`` : html`<a class="button" href="${next.url}">Open contacts in ${next.label}</a>`}`;
