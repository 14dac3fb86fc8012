// The inbox of every store is shared out fairly: much of one workspace does not stand before a little of another.
import { expect, it } from 'vitest';
import { claims, event, later, NOW } from './samples.ts';
import type { Bench } from './store.contract.ts';

export function parts(bench: Bench): void {
  it('hands every workspace its part, however much waits in one of them', async () => {
    await bench.store.accept(Array.from({ length: 40 }, () => event({ workspaceId: 'ws_loud' })));
    await bench.store.accept(['ws_a', 'ws_z', 'ws_z'].map((workspaceId) => event({ workspaceId })));
    const byWorkspace = async (): Promise<Record<string, number>> => {
      const taken = await claims(bench.store, NOW, 10).events();
      return Object.fromEntries(
        [...Map.groupBy(taken, ({ workspaceId }) => workspaceId)].map(([id, all]) => [id, all.length]),
      );
    };
    expect(await byWorkspace()).toEqual({ ws_loud: 7, ws_a: 1, ws_z: 2 });
    expect(await byWorkspace()).toEqual({ ws_loud: 10 });
  });

  it('leaves no workspace out where more wait than it hands out at once', async () => {
    const names = Array.from({ length: 6 }, (_, nth) => `ws_${nth}`);
    for (const turn of [0, 1]) {
      const receivedAt = later(turn - 2).toISOString();
      await bench.store.accept(names.map((workspaceId) => event({ workspaceId, receivedAt })));
    }
    const first = await claims(bench.store, NOW, 4).events();
    const next = await claims(bench.store, NOW, 4).events();
    expect(new Set([...first, ...next].map(({ workspaceId }) => workspaceId))).toEqual(new Set(names));
  });
}
