// Stripe's own minor units: converted exactly or refused, and the limits it publishes.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCodes, exponentOf } from '../../src/money/currency.ts';
import { fromGatewayMinor, limitsOf, toGatewayMinor } from '../../src/money/gateway-amounts.ts';
import { money } from '../../src/money/money.ts';
import { anyCurrency, payable, refusalOf } from './generators.ts';

describe('amounts at Stripe', () => {
  it.each<[string, number, number]>([
    ['USD', 1050, 1050],
    ['JPY', 500, 500],
    ['CLP', 500, 500],
    ['ISK', 5, 500],
    ['UGX', 5, 500],
    ['UGX', -5, -500],
    ['MGA', 500, 5],
    ['KWD', 5120, 5120],
    ['HUF', 1045, 1045],
    ['TWD', 80_045, 80_045],
  ])('sends %s %i as %i and reads it back', (currency, ours, theirs) => {
    const amount = money(ours, currency);
    expect(toGatewayMinor('stripe', amount)).toBe(theirs);
    expect(fromGatewayMinor('stripe', theirs, currency.toLowerCase())).toEqual(amount);
    expect(fromGatewayMinor('stripe', theirs, currency)).toEqual(amount);
  });

  it.each<[string, number]>([
    ['KWD', 5124],
    ['BHD', 1],
    ['TND', -5],
    ['MGA', 550],
  ])('refuses to send %s %i, which Stripe cannot charge exactly (P4c)', (currency, amountMinor) => {
    expect(refusalOf(() => toGatewayMinor('stripe', money(amountMinor, currency)))).toBe('amount_remainder');
  });

  it.each(['isk', 'ugx'])('refuses a fraction of %s coming from Stripe (P4c)', (currency) => {
    expect(refusalOf(() => fromGatewayMinor('stripe', 150, currency))).toBe('amount_remainder');
  });

  it('takes over a fee that ends in a digit it would not send', () => {
    expect(fromGatewayMinor('stripe', 1234, 'kwd')).toEqual(money(1234, 'KWD'));
  });

  it.each(currencyCodes)('round-trips %s', (currency) => {
    const amount = money(123_400, currency);
    expect(fromGatewayMinor('stripe', toGatewayMinor('stripe', amount), currency)).toEqual(amount);
  });

  it('gives back every amount it agrees to send (P4)', () => {
    fc.assert(
      fc.property(payable, anyCurrency, (size, currency) => {
        const amount = money(size, currency);
        if (refusalOf(() => toGatewayMinor('stripe', amount)) !== 'accepted') return;
        expect(fromGatewayMinor('stripe', toGatewayMinor('stripe', amount), currency)).toEqual(amount);
      }),
    );
  });

  it('refuses unknown currencies, broken integers and results beyond safe integers', () => {
    expect(refusalOf(() => fromGatewayMinor('stripe', 100, 'usdc'))).toBe('currency_unknown');
    expect(refusalOf(() => fromGatewayMinor('stripe', 1.5, 'usd'))).toBe('amount_unsafe');
    const huge = money(Number.MAX_SAFE_INTEGER, 'ISK');
    expect(refusalOf(() => toGatewayMinor('stripe', huge))).toBe('amount_unsafe');
  });
});

describe('limits at Stripe', () => {
  it.each<[string, number | undefined, number]>([
    ['USD', 50, 99_999_999],
    ['EUR', 50, 99_999_999],
    ['GBP', 30, 99_999_999],
    ['JPY', 50, 9_999_999_999],
    ['INR', 50, 999_999_999],
    ['IDR', undefined, 999_999_999_999],
    ['ISK', undefined, 99_999_999],
    ['KWD', undefined, 99_999_999],
  ])('takes %s from %s to %i', (currency, min, max) => {
    expect(limitsOf('stripe', currency)).toEqual(min === undefined ? { max } : { min, max });
    expect(limitsOf('stripe', currency.toLowerCase())).toEqual(limitsOf('stripe', currency));
  });

  it.each(currencyCodes)('has a sane range for %s', (currency) => {
    const { min = 1, max } = limitsOf('stripe', currency);
    expect(Number.isSafeInteger(max) && min > 0 && min < max).toBe(true);
    expect(exponentOf(currency)).toBeLessThanOrEqual(4);
  });

  it('knows no limits of an unknown currency', () => {
    expect(refusalOf(() => limitsOf('stripe', 'toString'))).toBe('currency_unknown');
  });
});
