// The beginning of most stories: a rep makes a payment link, and a payer opens it.
import type { Page } from 'playwright-core';
import { closeDialog, makeLink } from '../../sandbox/demo/card-steps.ts';
import type { Stage } from './rig.ts';

export type Asked = { rep: Page; number: string; payUrl: string };

/** A link for an amount on a contact's card; its dialog is closed again. */
export async function ask(stage: Stage, contact: string, amount: string): Promise<Asked> {
  const rep = await stage.record('contacts', contact);
  const payUrl = await makeLink(rep, { amount, description: 'Bicycle service' });
  await closeDialog(rep);
  const { invoices } = await stage.view('contacts', contact);
  const number = invoices.find((invoice) => invoice.payUrl === payUrl)?.number;
  if (!number) throw new Error('the card lists no invoice with the link it made');
  return { rep, number, payUrl };
}

/** Waits for a page to say what it is about. */
export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();
