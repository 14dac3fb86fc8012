// What a rep does on a payments card, in a real browser: invoices, links, charges, credits.
import type { Locator, Page } from 'playwright-core';
import { tabCard } from './browser-steps.ts';

export type TypedLine = { description: string; quantity: string; price: string };

export type TypedInvoice = {
  lines: readonly TypedLine[];
  currency?: string;
  /** The rate as the card words it, for example `VAT 20 %`. */
  tax?: string;
  memo?: string;
  /** Left out: as the card proposes it. */
  send?: boolean;
};

export const dialogOf = (page: Page): Locator => page.getByRole('dialog');

/** The row of an invoice in the tab's table. */
export const invoiceRow = (page: Page, number: string): Locator =>
  tabCard(page).getByRole('row').filter({ hasText: number });

/** Types an invoice into the form and creates it; the dialog stays as it ends. */
export async function typeInvoice(page: Page, draft: TypedInvoice): Promise<void> {
  await tabCard(page).getByRole('button', { name: 'New invoice' }).click();
  const dialog = dialogOf(page);
  await typeLines(dialog, draft.lines);
  if (draft.currency) await dialog.getByLabel('Currency').selectOption(draft.currency);
  if (draft.tax) await dialog.getByLabel('Tax').selectOption(draft.tax);
  if (draft.memo) await dialog.getByLabel('Memo').fill(draft.memo);
  const send = dialog.getByRole('switch');
  if (draft.send !== undefined && (await send.getAttribute('aria-checked')) !== String(draft.send))
    await send.click();
  await dialog.getByRole('button', { name: /^Create/ }).click();
}

async function typeLines(dialog: Locator, lines: readonly TypedLine[]): Promise<void> {
  for (const [index, { description, quantity, price }] of lines.entries()) {
    if (index > 0) await dialog.getByRole('button', { name: 'Add line' }).click();
    await dialog.getByLabel('Description').nth(index).fill(description);
    await dialog.getByLabel('Quantity').nth(index).fill(quantity);
    await dialog.getByLabel('Price each').nth(index).fill(price);
  }
}

/** Makes a payment link for an amount and leaves its dialog open, where the payer can be watched. @returns the link */
export async function makeLink(
  page: Page,
  { amount, description }: { amount: string; description: string },
): Promise<string> {
  await tabCard(page).getByRole('button', { name: 'Payment link' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Amount').fill(amount);
  await dialog.getByLabel('What it is for').fill(description);
  await dialog.getByRole('button', { name: 'Create payment link' }).click();
  return linkIn(dialog);
}

/** The pay page's address a dialog shows. */
export async function linkIn(dialog: Locator): Promise<string> {
  return (await dialog.getByRole('link').getAttribute('href')) ?? '';
}

export const closeDialog = (page: Page): Promise<void> =>
  dialogOf(page).getByRole('button', { name: 'Close' }).last().click();

/** Opens one of the further actions of an invoice. */
export async function openAction(page: Page, number: string, action: string): Promise<Locator> {
  const row = invoiceRow(page, number);
  await row.getByRole('button', { name: 'More' }).click();
  await row.getByRole('button', { name: action }).click();
  return dialogOf(page);
}

/** Charges the card on file for what an invoice still asks. */
export async function chargeOnFile(page: Page, number: string): Promise<void> {
  const dialog = await openAction(page, number, 'Charge card on file');
  await dialog.getByRole('button', { name: /^Charge/ }).click();
}

/** Gives an amount of credit back. */
export async function giveBack(page: Page, amount: string): Promise<void> {
  await tabCard(page).getByRole('button', { name: 'Give back credit' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Amount').fill(amount);
  await dialog.getByRole('button', { name: 'Give back' }).click();
}
