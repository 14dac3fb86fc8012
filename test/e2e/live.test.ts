// Rep and payer at the same time: watching a link, two tabs, links that are over.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { authenticate, payWith, pressPay, typeCard } from '../../sandbox/demo/browser-steps.ts';
import { dialogOf, makeLink } from '../../sandbox/demo/card-steps.ts';
import { ask, heading } from './asking.ts';
import { chargesOf } from './gateway.ts';
import { leave, openStage, REP, type Stage } from './rig.ts';

const CARDS = { good: '4242424242424242', declined: '4000000000000002', asks: '4000002500003155' };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach((context) => leave(stage.browser, context));
afterAll(() => stage.close());

test('a rep on the phone sees what the payer does, up to paid, without touching the page', async () => {
  const rep = await stage.record('contacts', 'ada', REP);
  const payUrl = await makeLink(rep, { amount: '75.00', description: 'Tune-up' });
  const dialog = dialogOf(rep);
  const sees = (text: string): Promise<void> => dialog.getByText(text).waitFor();
  await sees('Waiting for the payer to open it');
  const payer = await stage.payer();
  await payer.goto(payUrl);
  await sees('The customer has the pay page open');
  await typeCard(payer, CARDS.declined);
  await sees('The customer is entering their details');
  await pressPay(payer);
  await sees('The bank declined; the customer can try again');
  await payWith(payer, CARDS.asks);
  await sees('The bank is asking the customer to confirm');
  await authenticate(payer);
  await dialog.getByText('Paid', { exact: true }).waitFor();
  await heading(payer, 'Payment received');
});

describe('two tabs of one pay page', () => {
  async function bothReady(payUrl: string, tabs: Page[]): Promise<void> {
    for (const tab of tabs) {
      await tab.goto(payUrl);
      await typeCard(tab, CARDS.good);
    }
  }

  const isOver = (page: Page): Promise<void> =>
    page.getByRole('heading', { level: 1, name: /Payment received|already paid/ }).waitFor();

  test('of one browser make one charge, and both end with the receipt', async () => {
    const { number, payUrl } = await ask(stage, 'milo', '20.00');
    const first = await stage.payer();
    const second = await first.context().newPage();
    await bothReady(payUrl, [first, second]);
    await Promise.all([first, second].map((tab) => pressPay(tab).catch(() => undefined)));
    await isOver(first);
    await isOver(second);
    expect(chargesOf(stage.stripe, number)).toHaveLength(1);
  });

  test('of two people make one charge, whoever is first', async () => {
    const { number, payUrl } = await ask(stage, 'jose', '21.00');
    const tabs = [await stage.payer(), await stage.payer()];
    await bothReady(payUrl, tabs);
    await Promise.all(tabs.map((tab) => pressPay(tab)));
    for (const tab of tabs) await isOver(tab);
    expect(chargesOf(stage.stripe, number)).toHaveLength(1);
  });
});

describe('a link that is over', () => {
  test('shows the receipt when it is reloaded or opened again, and takes no second payment', async () => {
    const { number, payUrl } = await ask(stage, 'thuy', '22.00');
    const payer = await stage.payer();
    await payer.goto(payUrl);
    await payWith(payer, CARDS.good);
    await heading(payer, 'Payment received');
    await payer.reload();
    await heading(payer, 'Payment received');
    const other = await stage.payer();
    await other.goto(payUrl);
    await heading(other, 'Payment received');
    expect(await other.locator('#pay-button').count()).toBe(0);
    expect(chargesOf(stage.stripe, number)).toHaveLength(1);
  });

  test('of somebody’s invention looks like one that never was', async () => {
    const { payUrl } = await ask(stage, 'hana', '23.00');
    const payer = await stage.payer();
    const changed = payUrl.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const texts: string[] = [];
    for (const address of [changed, `${stage.world.url}/pay/nothing`]) {
      const answer = await payer.goto(address);
      expect(answer?.status()).toBe(404);
      texts.push(await payer.locator('main').innerText());
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('This link does not work');
  });
});
