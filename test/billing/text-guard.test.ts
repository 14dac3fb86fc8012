// The guard against card numbers in text: every spelling people find, and none of the numbers that only look like one.
import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsCardNumber } from '../../src/billing/text-guard.ts';

const shifted = (digits: string, zero: number): string =>
  digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** Well-known test numbers of the networks, and what people do to them. */
const REFUSED = [
  '4242424242424242',
  '4242 4242 4242 4242',
  '4242-4242-4242-4242',
  '4242.4242.4242.4242',
  '4242_4242_4242_4242',
  '4242/4242/4242/4242',
  '4242,4242,4242,4242',
  '4242:4242:4242:4242',
  '4242|4242|4242|4242',
  '4242 - 4242 - 4242 - 4242',
  '4242    4242    4242    4242',
  '4242\n\n\n\n4242\r\n\r\n4242 \u3000 \u2003 4242',
  '4242 - - 4242 - - 4242 - - 4242',
  '4242 ... 4242 ... 4242 ... 4242',
  '4242x4242x4242x4242',
  '4242 X 4242 X 4242 X 4242',
  '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2',
  '4242\n4242\n4242\n4242',
  '4242\t4242\t4242\t4242',
  '4242\u00a04242\u00a04242\u00a04242',
  '4242\u200b4242\u200b4242\u200b4242',
  '4242\u00ad4242\u00ad4242\u00ad4242',
  '4242–4242–4242–4242',
  '(4242)(4242)(4242)(4242)',
  'card 4242424242424242 exp 12/27 cvc 123',
  'card:4242424242424242.',
  'VISA4242424242424242visa',
  shifted('4242 4242 4242 4242', 0xff10),
  shifted('4242 4242 4242 4242', 0x0660),
  shifted('4242424242424242', 0x0966),
  '4\ufe0f\u20e32\ufe0f\u20e34\ufe0f\u20e32\ufe0f\u20e34242 4242 4242',
  '④②④②④②④②④②④②④②④②',
  '378282246310005',
  '3782 822463 10005',
  '5555555555554444',
  '2223 0031 2200 3222',
  '6011111111111117',
  '3056 930902 5904',
  '3566002020360505',
  '6200000000000005',
  '4222222222222',
  'paid 100.00 with 4000 0566 5566 5556 today',
];

const PASSES = [
  '',
  'Second instalment, floor 3',
  '+49 30 901820',
  '+49 (0)30 9018-2044',
  '+1 (415) 555-0132 ext. 4242',
  '0044 20 7946 0958',
  '+33 1 70 18 99 00 / +33 1 70 18 99 01',
  'INV-2026-000481',
  'Invoice 2026000481 of 2026-03-12',
  'Order 302-1234567-1234567',
  'PO 4500012345',
  'Customer 4242, invoice 4242, project 42',
  'DE89 3704 0044 0532 0130 00',
  'GB29 NWBK 6016 1331 9268 19',
  'FR76 3000 6000 0112 3456 7890 189',
  'RF18 5390 0754 7034',
  'VAT DE136695976, registered 2019',
  'BIC COBADEFFXXX, account 532013000',
  '2026-03-12 14:05:33',
  '2026-03-12T14:05:33.123Z',
  '12.03.2026 – 19.03.2026',
  'EAN 4006381333931',
  'ISBN 978-3-16-148410-0',
  'Tracking 1Z999AA10123456784',
  'Serial 0000 0000 0000 0000',
  'Meter reading 1234567890123456',
  '4242 4242 4242 4241',
  '9242424242424242',
  'pi_3NabcD4242424242424',
  '52.520008, 13.404954',
  '1,234,567.89 + 9,876,543.21',
  'a1b2c3d4e5f6a7b8c9d0',
  '4242 and 4242 and 4242 and 4242',
  '4242 (2025), 4242 (2026): see 4242, 4242',
  'Rooms 4000, 0566; then 5566 and 5556',
  '50 x 6000 mm, 4 x 1200 mm',
];

describe('the guard', () => {
  it.each(REFUSED)('refuses %j', (text) => expect(holdsCardNumber(text)).toBe(true));
  it.each(PASSES)('lets %j pass', (text) => expect(holdsCardNumber(text)).toBe(false));

  it('finds any card number between any words', () => {
    const words = string().map((text) => text.replaceAll(/\p{N}/gu, ''));
    const separators = constantFrom(
      '',
      ' ',
      '-',
      '.',
      ' - ',
      '\u2009',
      '_',
      '     ',
      '\n\n\n\n',
      ' - - ',
      'x',
    );
    assert(
      property(words, separators, words, (before, separator, after) => {
        const text = `${before}x${['4000', '0566', '5566', '5556'].join(separator)}x${after}`;
        expect(holdsCardNumber(text)).toBe(true);
      }),
    );
  });

  it('judges by the check digit: of ten last digits exactly one is refused', () => {
    const refused = Array.from({ length: 10 }, (_, last) => holdsCardNumber(`400005665566555${last}`));
    expect(refused.filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['digits', '4'.repeat(50_000)],
    ['single digits apart', '4 '.repeat(25_000)],
    ['groups that almost fit', '4000 0000 0000 0001 '.repeat(2_500)],
    ['digits of another script', shifted('4'.repeat(50_000), 0x0660)],
    ['marks without letters', '\u0301'.repeat(50_000)],
    ['spaces', ' '.repeat(50_000)],
  ])('reads 50,000 characters of %s in less than 50 ms', (_what, text) => {
    holdsCardNumber(text.slice(0, 2_000));
    const times = Array.from({ length: 3 }, () => {
      const began = process.cpuUsage();
      holdsCardNumber(text);
      return process.cpuUsage(began).user / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});
