// The mailbox of the sandbox: every invoice Stripe would have e-mailed, newest first.
import type { World } from '../world/world.ts';
import { markup, text } from './markup.ts';

export function mailbox(world: World): string {
  const mails = world.accounts.flatMap(({ id }) => {
    const account = world.stripe.account(id);
    const customers = new Map(account.all('customers').map((customer) => [customer.id, customer]));
    return account
      .all('events')
      .filter((event) => event.type === 'invoice.sent')
      .map((event) => {
        const invoice = event.data.object as {
          number?: string | null;
          customer?: unknown;
          hosted_invoice_url?: string | null;
        };
        const to = customers.get(String(invoice.customer))?.email ?? 'unknown';
        return { at: event.created, to, number: invoice.number ?? '', url: invoice.hosted_invoice_url ?? '' };
      });
  });
  mails.sort((a, b) => b.at - a.at);
  const rows = mails.map(
    (mail) => `<tr><td>${new Date(mail.at * 1000).toISOString()}</td><td>${text(mail.to)}</td>
      <td><a href="${text(mail.url)}">Invoice ${text(mail.number)}</a></td></tr>`,
  );
  const table = `<table><thead><tr><th>Sent</th><th>To</th><th>Mail</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return markup(
    'Mailbox',
    `<h1>Mailbox</h1><p><a href="/">Back</a></p><section>${rows.length > 0 ? table : 'No mail yet.'}</section>`,
  );
}
