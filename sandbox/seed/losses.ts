// Things that happen at a gateway without a single webhook that arrives; its events are listed as always.
import { Refusal, type AccountHandle } from '../stripe/start.ts';

const CARD = 'pm_card_visa';
/** Every so many losses is a refund, the others are payments. */
const REFUNDS = 5;

/**
 * Pays open invoices and gives paid ones back, in turn over the accounts, and tells nobody.
 * @returns how many of `count` there was something to do for
 */
export function loseWebhooks(accounts: readonly AccountHandle[], count: number): number {
  let lost = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const account = accounts[nth % accounts.length];
    if (!account) break;
    const deeds = nth % REFUNDS === REFUNDS - 1 ? [refundOne, payOne] : [payOne, refundOne];
    if (deeds.some((deed) => deed(account))) lost += 1;
  }
  return lost;
}

const payOne = (account: AccountHandle): boolean =>
  account
    .all('invoices')
    .filter(({ status, amount_paid: paid }) => status === 'open' && paid === 0)
    .some(({ id }) => isTaken(() => account.act('invoices', id, 'pay', { payment_method: CARD })));

const refundOne = (account: AccountHandle): boolean =>
  account
    .all('charges')
    .toReversed()
    .filter(({ paid, disputed, amount_refunded: back }) => paid && !disputed && back === 0)
    .some(({ id: charge }) => isTaken(() => account.create('refunds', { charge })));

/** What an invoice or a charge does not allow is left alone: there are others. */
function isTaken(deed: () => unknown): boolean {
  try {
    deed();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
