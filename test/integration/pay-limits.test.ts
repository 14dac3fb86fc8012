// How often pay links may be used: one link's crowd is no other link's trouble, and nobody's junk is a merchant's.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson, openInvoice } from '../billing/scene.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
/** More than one address or one link may ask for in a minute. */
const CROWD = 130;
let callers = 0;

beforeAll(async () => {
  rig = await startRig({ env: { TRUST_PROXY: '1' } });
  await rig.setUp();
});
afterAll(() => rig.close());

/** Opens a page as somebody nobody has seen before, unless it says who. */
const opened = async (url: string, from = `10.9.${(callers += 1) >> 8}.${callers & 255}`): Promise<number> =>
  (await fetch(url, { headers: { 'x-forwarded-for': from }, redirect: 'manual' })).status;

const crowd = (url: string, from?: string): Promise<number[]> =>
  Promise.all(Array.from({ length: CROWD }, () => opened(url, from)));

describe('too many requests', () => {
  it('for one link leave every other link of the merchant open', async () => {
    const at = newPerson(rig);
    const first = await openInvoice(rig, at);
    const second = await openInvoice(rig, at);
    expect(await crowd(first.payUrl)).toContain(429);
    expect(await opened(first.payUrl)).toBe(429);
    expect(await opened(second.payUrl)).toBe(200);
  });

  it('for links that begin like one of ours and are none use up nobody’s tries', async () => {
    const { payUrl } = await openInvoice(rig, newPerson(rig));
    const junk = payUrl.slice(0, -1) + (payUrl.endsWith('A') ? 'B' : 'A');
    expect(new Set(await crowd(junk))).toEqual(new Set([404]));
    expect(await opened(payUrl)).toBe(200);
  });

  it('from one address are refused whatever they ask for', async () => {
    const { payUrl } = await openInvoice(rig, newPerson(rig));
    expect(await crowd(`${rig.url}/pay/${'x'.repeat(32)}`, '10.8.0.1')).toContain(429);
    expect(await opened(payUrl, '10.8.0.1')).toBe(429);
    expect(await opened(payUrl)).toBe(200);
  });

  it('are refused also where an admin chose the gateway’s page, and never answered with ours', async () => {
    const { payUrl } = await openInvoice(rig, newPerson(rig));
    await rig.call('/api/v1/settings', {
      method: 'POST',
      body: { operationId: randomUUID(), payPage: 'hosted' },
    });
    expect(new Set(await crowd(payUrl, '10.8.0.2'))).toEqual(new Set([303, 429]));
  });
});
