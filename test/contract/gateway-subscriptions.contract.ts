// What every gateway adapter has to say of what payers are charged for again and again.
import { expect, test } from 'vitest';
import type { Subscription } from '../../src/ledger/entities.ts';
import { factsListed, factsTold, folded, newCustomer, read, type Rig } from './gateway-rig.ts';

const SAID: Partial<Subscription> = {
  status: 'active',
  currency: 'USD',
  amountMinor: 2_500,
  period: { unit: 'month', count: 3 },
  cancelAt: null,
  endedAt: null,
};

async function subscribed(rig: Rig): Promise<{ customerId: string; id: string }> {
  const customerId = await newCustomer(rig);
  return { customerId, id: rig.subscribe(customerId) };
}

/** What is told, read and listed, each by itself. */
async function ways(rig: Rig, id: string): Promise<Subscription[]> {
  const facts = [
    await factsTold(rig, rig.told()),
    await read(rig, { entity: 'subscription', id }),
    await factsListed(rig),
  ];
  return facts.flatMap((one) =>
    folded(one)
      .subscription.filter((found) => found.id === id)
      .map(({ body }) => body),
  );
}

export function subscriptions(get: () => Rig): void {
  test('one says what is charged, how often, from when and until when, the same told, read and listed', async () => {
    const rig = get();
    const made = await subscribed(rig);
    const [told, alone, listed] = await ways(rig, made.id);
    expect(alone).toMatchObject({ ...SAID, customerId: made.customerId });
    expect(Date.parse(alone?.periodEndsAt ?? '')).toBeGreaterThan(Date.parse(alone?.createdAt ?? ''));
    expect([told, listed]).toEqual([alone, alone]);
  });

  test('one that has ended is in history too, says when, and promises nothing more', async () => {
    const rig = get();
    const made = await subscribed(rig);
    rig.endSubscription(made.id);
    const [told, alone, listed] = await ways(rig, made.id);
    expect(alone).toMatchObject({ status: 'canceled', periodEndsAt: null, cancelAt: null });
    expect(Date.parse(alone?.endedAt ?? '')).not.toBeNaN();
    expect([told, listed]).toEqual([alone, alone]);
  });

  test('an event carries nothing of it: what it says is read, so that an old one says what holds now', async () => {
    const rig = get();
    const made = await subscribed(rig);
    const before = rig.told().length;
    rig.endSubscription(made.id);
    for (const raw of rig.told().slice(0, before)) {
      const found = rig.gateway.normalise(raw, 'ga');
      const facts = found.outcome === 'facts' ? found.facts : [];
      expect(facts.filter(({ entity }) => entity === 'subscription')).toEqual([]);
    }
    const old = await factsTold(rig, rig.told().slice(0, before));
    expect(folded(old).subscription.find(({ id }) => id === made.id)?.body.status).toBe('canceled');
  });

  test('one that does not exist has no facts', async () => {
    expect(await read(get(), { entity: 'subscription', id: 'sub_nowhere' })).toEqual([]);
  });
}
