// Lines of another system: billed to the minor unit, and never for another sum than the one stated.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentOf } from '../../src/money/currency.ts';
import { majorUnits } from '../../src/money/format-amount.ts';
import { money, multiply } from '../../src/money/money.ts';
import { priceOf } from '../../src/money/stated-line.ts';
import { anyCurrency } from './generators.ts';

const price = fc.integer({ min: 1, max: 9_999_999 });
const count = fc.integer({ min: 1, max: 9_999 });
const zeros = fc.nat({ max: 6 }).map((length) => '0'.repeat(length));

/** The same amount with more zeros behind it. */
const padded = (text: string, more: string): string =>
  more === '' ? text : `${text}${text.includes('.') ? '' : '.'}${more}`;

describe('a stated line', () => {
  it('is pieces at a price where they come to its total, however many zeros stand behind', () => {
    fc.assert(
      fc.property(price, count, anyCurrency, zeros, (each, quantity, currency, more) => {
        const unit = money(each, currency);
        const total = padded(majorUnits(multiply(unit, quantity)), more);
        const stated = { quantity: padded(String(quantity), more), price: padded(majorUnits(unit), more) };
        const pieces = { says: 'pieces', quantity, unit };
        expect(priceOf({ ...stated, total }, currency)).toEqual(pieces);
        expect(priceOf({ ...stated, total: '' }, currency)).toEqual(pieces);
      }),
    );
  });

  it('with another total is that sum, whatever its pieces come to', () => {
    fc.assert(
      fc.property(price, count, price, anyCurrency, (each, quantity, sum, currency) => {
        fc.pre(each * quantity !== sum);
        const stated = { quantity: String(quantity), price: majorUnits(money(each, currency)) };
        const total = majorUnits(money(sum, currency));
        expect(priceOf({ ...stated, total }, currency)).toEqual({
          says: 'sum',
          sum: money(sum, currency),
        });
      }),
    );
  });

  it('is rounded half up, once, to the minor unit', () => {
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 999 }), anyCurrency, (whole, part, currency) => {
        const digits = String(whole * 1_000 + part).padStart(exponentOf(currency) + 4, '0');
        const point = digits.length - exponentOf(currency) - 3;
        const total = `${digits.slice(0, point)}.${digits.slice(point)}`;
        expect(priceOf({ quantity: '', price: '', total }, currency)).toEqual({
          says: 'sum',
          sum: money(part >= 500 ? whole + 1 : whole, currency),
        });
      }),
    );
  });

  it.each([
    ['nothing', { quantity: '3', price: '0', total: '' }],
    ['nothing', { quantity: '3', price: '12.50', total: '0.000' }],
    ['negative', { quantity: '1', price: '-100.00', total: '' }],
    ['negative', { quantity: '1', price: '12.50', total: '-0.001' }],
    ['unreadable', { quantity: '', price: '', total: '' }],
    ['unreadable', { quantity: 'two', price: '5', total: '' }],
    ['unreadable', { quantity: '1', price: '5', total: '1,000.00' }],
    ['unreadable', { quantity: '1', price: '5', total: 'NaN' }],
    ['unreadable', { quantity: '1', price: '5', total: '90071992547409.92' }],
  ])('says %s where that is so: %j', (says, stated) => {
    expect(priceOf(stated, 'EUR')).toEqual({ says });
  });

  it('counts its total also where pieces or price cannot be read', () => {
    const sum = { says: 'sum', sum: money(1_250, 'EUR') };
    expect(priceOf({ quantity: 'two', price: 'much', total: '12.50' }, 'EUR')).toEqual(sum);
    expect(priceOf({ quantity: '-1', price: '-12.50', total: '12.50' }, 'EUR')).toEqual(sum);
  });

  it('in a currency nobody knows is unreadable', () => {
    expect(priceOf({ quantity: '1', price: '5', total: '' }, 'ABC')).toEqual({ says: 'unreadable' });
  });
});
