// Days in a workspace's zone: the quick way of asking for them says what luxon says.
import { assert, constantFrom, date, property } from 'fast-check';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { dayOf } from '../../src/ledger/calendar.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];
const moments = date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

it('is the day that clocks there show at that moment, through every change of the clocks', () => {
  assert(
    property(moments, constantFrom(...ZONES), (at, zone) => {
      const day = DateTime.fromJSDate(at).setZone(zone).toFormat('yyyy-MM-dd');
      expect(dayOf(at, zone)).toBe(day);
      expect(dayOf(at.toISOString(), zone)).toBe(day);
      const inSeconds = `${at.toISOString().slice(0, 19)}Z`;
      expect(dayOf(inSeconds, zone)).toBe(DateTime.fromISO(inSeconds).setZone(zone).toFormat('yyyy-MM-dd'));
    }),
  );
});

it('is found for a time with an offset as well', () => {
  expect(dayOf('2026-03-10T23:30:00-05:00', 'Europe/Berlin')).toBe('2026-03-11');
});
