// The pace of calls to a gateway account: history stays under the limit, and under what others leave of it.
import { describe, expect, it } from 'vitest';
import { createGatewayPace } from '../../src/outbox/gateway-pace.ts';

const TEST = { account: 25, endpoint: 25 };
const LIVE = { account: 100, endpoint: 25 };

/** Lets calls go for so long. @returns when each went */
async function callsOf(turn: () => Promise<void>, ms: number): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + ms;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      while (performance.now() < until) {
        await turn();
        times.push(performance.now());
      }
    }),
  );
  return times;
}

const mostInASecond = (times: number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));

describe('the pace of history', () => {
  it('never sends more in any second than the gateway takes', async () => {
    const pace = createGatewayPace();
    const times = await callsOf(() => pace.turn('ga_1', 'invoices', TEST), 2_500);
    expect(mostInASecond(times)).toBeLessThanOrEqual(25);
    expect(times.length).toBeGreaterThan(30);
  });

  it('keeps the limit of one address where that of the account is higher', async () => {
    const pace = createGatewayPace();
    const times = await callsOf(() => pace.turn('ga_1', 'invoices', LIVE), 1_500);
    expect(mostInASecond(times)).toBeLessThanOrEqual(25);
  });

  it('leaves out what others took of the second, and never holds them up', async () => {
    const pace = createGatewayPace();
    await Promise.all(Array.from({ length: 20 }, () => pace.spend('ga_1', TEST)));
    const begun = performance.now();
    const times: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      await pace.turn('ga_1', 'invoices', TEST);
      times.push(performance.now() - begun);
    }
    expect(times.filter((ms) => ms < 800).length).toBeLessThanOrEqual(2);
    const before = performance.now();
    await pace.spend('ga_1', TEST);
    expect(performance.now() - before).toBeLessThan(50);
  });

  it('counts each account by itself', async () => {
    const pace = createGatewayPace();
    await Promise.all(Array.from({ length: 30 }, () => pace.spend('ga_1', TEST)));
    const begun = performance.now();
    await pace.turn('ga_2', 'invoices', TEST);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
