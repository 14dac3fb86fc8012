// The rep on the phone, headless: a link watched live, a card saved with consent and charged later, a credit given back.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { portals } from '../seed/portals.ts';
import type { AccountDefinition, AccountHandle } from '../stripe/start.ts';
import { connect, install } from '../world/admin.ts';
import { launchBrowser } from '../world/browser.ts';
import { stripeAccount } from '../world/keys.ts';
import { waitFor } from '../world/wait.ts';
import { startWorld, type World } from '../world/world.ts';
import {
  agreeToSave,
  authenticate,
  LIMIT_MS,
  newPage,
  pressPay,
  recordUrl,
  tabCard,
  typeCard,
} from './browser-steps.ts';
import { chargeOnFile, closeDialog, dialogOf, giveBack, invoiceRow, makeLink } from './card-steps.ts';
import type { DemoOptions, DemoOutcome } from './demos.ts';
import { leavePlace, placeIn } from './place.ts';

const CARD = '4000002500003155';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const OVERPAID_CENTS = 2_500;

/** What the rep reads while the payer is busy, by the stage it stands for. */
const STAGES: readonly [stage: string, words: string][] = [
  ['waiting', 'Waiting for the payer to open it'],
  ['opened', 'The customer has the pay page open'],
  ['typing', 'The customer is entering their details'],
  ['authenticating', 'The bank is asking the customer to confirm'],
  ['paid', 'Paid'],
];

type Seen = {
  linkPaid: number;
  stagesSeen: string[];
  chargedOnFile: number;
  creditReturned: number;
  stoppedAt: string | null;
};

type Scene = { world: World; stripe: AccountHandle; rep: Page; payer: Page; seen: Seen };

const [PORTAL] = portals;
const PORTAL_ID = PORTAL?.id ?? 0;
const ADMIN = PORTAL?.users[0]?.id ?? 0;

const holds = (seen: Seen): boolean =>
  seen.linkPaid === 1 &&
  seen.chargedOnFile === 1 &&
  seen.creditReturned === 1 &&
  STAGES.every(([stage]) => seen.stagesSeen.includes(stage));

export async function phone({ folder }: DemoOptions): Promise<DemoOutcome> {
  const place = placeIn(folder);
  const account = stripeAccount('acct_northwind', 'Northwind Cycles', 'US', 'usd');
  const cards = await buildCards({ outDir: join(place, 'cards') });
  const world = await startWorld({ folder: join(place, 'world'), portals, accounts: [account], cards });
  const browser = await launchBrowser();
  const seen: Seen = { linkPaid: 0, stagesSeen: [], chargedOnFile: 0, creditReturned: 0, stoppedAt: null };
  try {
    await connect(world, await install(world, PORTAL_ID, ADMIN), account);
    const rep = await newPage(await browser.newContext({ viewport: DESKTOP }));
    const payer = await newPage(await browser.newContext({ viewport: PHONE }));
    await play({ world, stripe: world.stripe.account(account.id), rep, payer, seen }, account);
  } catch (error) {
    seen.stoppedAt = String(error).split('\n').slice(0, 4).join(' ');
  } finally {
    await browser.close();
    await world.close();
  }
  const held = holds(seen);
  if (held) leavePlace(place);
  return { held, result: seen };
}

async function play(scene: Scene, account: AccountDefinition): Promise<void> {
  const { world, rep } = scene;
  const id = world.hubspot.portal(PORTAL_ID).ref('ada');
  await rep.goto(recordUrl(world, PORTAL_ID, 'contacts', id, ADMIN));
  await payWatched(scene);
  await chargeLater(scene);
  await giveBackTooMuch(scene, account);
}

/** Each stage counts only when the rep's own screen said it. */
async function sees({ rep, seen }: Scene, stage: string): Promise<void> {
  const words = STAGES.find(([name]) => name === stage)?.[1] ?? '';
  await dialogOf(rep).getByText(words, { exact: true }).waitFor();
  seen.stagesSeen.push(stage);
}

async function payWatched(scene: Scene): Promise<void> {
  const { rep, payer, seen, stripe } = scene;
  const payUrl = await makeLink(rep, { amount: '180.00', description: 'Workshop morning' });
  await sees(scene, 'waiting');
  await payer.goto(payUrl);
  await sees(scene, 'opened');
  await agreeToSave(payer);
  await typeCard(payer, CARD);
  await sees(scene, 'typing');
  await pressPay(payer);
  await sees(scene, 'authenticating');
  await authenticate(payer);
  await sees(scene, 'paid');
  await closeDialog(rep);
  seen.linkPaid = paid(stripe, 18_000);
}

const paid = (stripe: AccountHandle, cents: number): number =>
  stripe.all('invoices').filter(({ status, amount_paid: amount }) => status === 'paid' && amount === cents)
    .length;

/** A second invoice, charged while the payer is away. */
async function chargeLater(scene: Scene): Promise<void> {
  const { rep, seen, stripe } = scene;
  const number = await openInvoice(scene, '64.00');
  await chargeOnFile(rep, number);
  await invoiceRow(rep, number).getByText('Paid', { exact: true }).waitFor();
  seen.chargedOnFile = paid(stripe, 6_400);
}

/** @returns the number of a new open invoice */
async function openInvoice({ rep, stripe }: Scene, amount: string): Promise<string> {
  await makeLink(rep, { amount, description: 'Follow-up' });
  await closeDialog(rep);
  return String(stripe.all('invoices').at(-1)?.number);
}

/** The payer sends more than was asked, by another way; the rest goes back to where it came from. */
async function giveBackTooMuch(scene: Scene, { currency }: AccountDefinition): Promise<void> {
  const { rep, seen, stripe } = scene;
  const number = await openInvoice(scene, '40.00');
  const invoice = stripe.all('invoices').find((one) => one.number === number);
  if (!invoice) throw new Error(`no invoice ${number}`);
  const sent = { amount: 4_000 + OVERPAID_CENTS, currency, customer: invoice.customer };
  const intent = stripe.create(
    'payment_intents',
    { ...sent, payment_method: 'pm_card_visa', confirm: true },
    { silent: false },
  );
  stripe.act('invoices', invoice.id, 'attach_payment', { payment_intent: intent.id }, { silent: false });
  await invoiceShowsCredit(rep);
  await giveBack(rep, '25.00');
  await tabCard(rep).getByText('Credit', { exact: true }).waitFor({ state: 'detached' });
  seen.creditReturned = stripe
    .all('refunds')
    .filter(({ amount, payment_intent: of }) => amount === OVERPAID_CENTS && of === intent.id).length;
}

/** The card is asked again until the gateway's news have reached it. */
const invoiceShowsCredit = (rep: Page): Promise<boolean> =>
  waitFor(
    'the credit on the card',
    async () => {
      await tabCard(rep).getByRole('button', { name: 'Refresh' }).click();
      return (await tabCard(rep).getByText('Credit', { exact: true }).count()) > 0 ? true : undefined;
    },
    LIMIT_MS,
  );
