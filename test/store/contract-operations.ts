// Operations, audit, authorizations and documents of every store.
import { expect, it } from 'vitest';
import {
  account,
  claims,
  commitOf,
  desired,
  installation,
  later,
  LEASE_MS,
  NOW,
  operation,
  workspace,
} from './samples.ts';
import type { Bench } from './store.contract.ts';

export function operations(bench: Bench): void {
  it('begins an operation once: the same id, caller and body is known, anything else a conflict', async () => {
    const asked = operation();
    expect(await bench.store.beginOperation(asked)).toEqual({ begun: 'new', operation: asked });
    expect(await bench.store.beginOperation(asked)).toEqual({ begun: 'known', operation: asked });
    for (const change of [{ userId: 'hubspot:2' }, { kind: 'void-invoice' }, { bodyHash: 'b' }]) {
      expect(await bench.store.beginOperation({ ...asked, ...change })).toEqual({ begun: 'conflict' });
    }
  });

  it('tells a workspace nothing of another one that uses the same id, and keeps them apart', async () => {
    const [asked, theirs] = [operation(), operation({ workspaceId: 'ws_2' })];
    const same = { ...theirs, id: asked.id };
    await bench.store.beginOperation(asked);
    expect(await bench.store.beginOperation(same)).toEqual({ begun: 'new', operation: same });
    await bench.store.endOperation('ws_2', asked.id, { state: 'refused', outcome: { code: 'x' } }, null);
    expect(await bench.store.findOperation(asked.workspaceId, asked.id)).toMatchObject({ state: 'running' });
  });

  it('begins one of many that ask at once under one id', async () => {
    const asked = operation();
    const answers = await Promise.all(Array.from({ length: 6 }, () => bench.store.beginOperation(asked)));
    expect(answers.filter(({ begun }) => begun === 'new')).toHaveLength(1);
  });

  it('begins one operation at a time on a subject, whatever its id, until it is final', async () => {
    const first = operation({ subject: 'in_1' });
    const others = [operation({ subject: 'in_1' }), operation({ subject: 'in_1', userId: 'hubspot:2' })];
    await bench.store.beginOperation(first);
    for (const other of others) {
      expect(await bench.store.beginOperation(other)).toEqual({ begun: 'busy', operation: first });
    }
    await bench.store.endOperation(first.workspaceId, first.id, { state: 'checking', outcome: null }, null);
    expect(await bench.store.beginOperation(others[0]!)).toMatchObject({
      begun: 'busy',
      operation: { state: 'checking' },
    });
    expect(await bench.store.beginOperation(operation({ subject: 'in_2' }))).toMatchObject({ begun: 'new' });
    expect(
      await bench.store.beginOperation(operation({ subject: 'in_1', workspaceId: 'ws_2' })),
    ).toMatchObject({ begun: 'new' });
    await bench.store.endOperation(
      first.workspaceId,
      first.id,
      { state: 'refused', outcome: { code: 'declined' } },
      null,
    );
    expect(await bench.store.beginOperation(others[0]!)).toMatchObject({ begun: 'new' });
  });

  it('lets operations without a subject run side by side', async () => {
    for (const one of [operation(), operation()]) {
      expect(await bench.store.beginOperation(one)).toMatchObject({ begun: 'new' });
    }
  });

  it('keeps the results of steps and the outcome, and never changes a final one', async () => {
    const asked = operation();
    await bench.store.beginOperation(asked);
    await bench.store.saveStep(asked.workspaceId, asked.id, 'draft', {
      invoiceId: 'in_1',
      text: `it's "quoted"`,
    });
    await bench.store.saveStep(asked.workspaceId, asked.id, 'open', { number: 'INV-1' });
    await bench.store.endOperation(
      asked.workspaceId,
      asked.id,
      { state: 'done', outcome: { invoiceId: 'in_1' } },
      null,
    );
    await bench.store.endOperation(asked.workspaceId, asked.id, { state: 'checking', outcome: null }, null);
    await bench.store.postponeOperation(asked.workspaceId, asked.id, later(5), 'running');
    await bench.reopen();
    expect(await bench.store.findOperation('ws_1', asked.id)).toEqual({
      ...asked,
      state: 'done',
      steps: { draft: { invoiceId: 'in_1', text: `it's "quoted"` }, open: { number: 'INV-1' } },
      outcome: { invoiceId: 'in_1' },
    });
    expect(await bench.store.findOperation('ws_2', asked.id)).toBeUndefined();
    expect(await bench.store.beginOperation(asked)).toMatchObject({
      begun: 'known',
      operation: { state: 'done' },
    });
  });

  it('hands unfinished operations to one worker at a time, again when the lease ran out, later when postponed', async () => {
    const asked = operation({ nextAt: later(1).toISOString() });
    await bench.store.beginOperation(asked);
    await bench.store.beginOperation(operation({ state: 'done' }));
    expect(await claims(bench.store).operations()).toEqual([]);
    const taken = await Promise.all([
      claims(bench.store, later(1)).operations(),
      claims(bench.store, later(1)).operations(),
    ]);
    expect(taken.flat()).toMatchObject([{ id: asked.id, attempts: 1 }]);
    expect(await claims(bench.store, later(LEASE_MS)).operations()).toEqual([]);
    expect(await claims(bench.store, later(LEASE_MS + 1)).operations()).toMatchObject([{ attempts: 2 }]);
    await bench.store.postponeOperation(asked.workspaceId, asked.id, later(2 * LEASE_MS), 'checking');
    expect(await claims(bench.store, later(2 * LEASE_MS - 1)).operations()).toEqual([]);
    expect(await claims(bench.store, later(2 * LEASE_MS)).operations()).toMatchObject([
      { state: 'checking' },
    ]);
  });

  it('lists what is unfinished on a record, oldest first, of one workspace', async () => {
    const [second, first] = [operation(), operation({ startedAt: later(-1).toISOString() })];
    for (const one of [
      second,
      first,
      operation({ record: 'other' }),
      operation({ workspaceId: 'ws_2' }),
      operation({ state: 'done' }),
    ])
      await bench.store.beginOperation(one);
    const listed = await bench.store.unfinishedOperations('ws_1', first.record);
    expect(listed.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('hands an authorization out once, to one of two who ask, and only under its own state', async () => {
    const pending = {
      state: 'state-1',
      browser: 'b',
      verifier: 'v',
      provider: 'hubspot',
      subject: 'ws_1.1001',
      expiresAt: NOW.toISOString(),
    };
    await bench.store.putAuthorization(pending);
    await bench.reopen();
    expect(await bench.store.takeAuthorization('state-2')).toBeUndefined();
    const taken = await Promise.all([
      bench.store.takeAuthorization('state-1'),
      bench.store.takeAuthorization('state-1'),
    ]);
    expect(taken.filter(Boolean)).toEqual([pending]);
  });

  it('keeps documents, one an id, over a restart', async () => {
    await bench.store.saveWorkspace(workspace({ name: 'Before' }));
    await Promise.all([
      bench.store.saveWorkspace(workspace()),
      bench.store.saveInstallation(installation()),
      bench.store.saveAccount(account()),
      bench.store.saveAccount(account({ id: 'acct_b' })),
    ]);
    await bench.reopen();
    expect(await bench.store.workspaces()).toEqual([workspace()]);
    expect(await bench.store.installations()).toEqual([installation()]);
    expect((await bench.store.accounts()).map(({ id }) => id)).toEqual(['acct_a', 'acct_b']);
  });

  it('keeps one installation where it moves to another workspace, and its desired states go along', async () => {
    await bench.store.saveInstallation(installation());
    await bench.store.commit(commitOf({ desired: [desired(10)] }));
    const moved = installation({ workspaceId: 'ws_2' });
    await bench.store.saveInstallation(moved);
    expect(await bench.store.installations()).toEqual([moved]);
    expect(await bench.store.desiredAfter('ws_1', '', 10)).toEqual([]);
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', desired: [desired(20)] }));
    await bench.reopen();
    expect(await bench.store.installations()).toEqual([moved]);
    expect(await claims(bench.store).deliveries()).toMatchObject([
      { workspaceId: 'ws_2', digest: 'owed 20', generation: 2 },
    ]);
  });

  it('answers store_unavailable once it is closed, instead of never', async () => {
    await bench.store.close();
    await expect(bench.store.counts()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(bench.store.ready()).rejects.toMatchObject({ code: 'store_unavailable' });
    await bench.reopen();
    await bench.store.ready();
    expect(await bench.store.counts()).toMatchObject({ inbox: 0 });
  });
}
