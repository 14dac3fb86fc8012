// Several processes on one database: each thing is done by one of them, and none undoes what another did.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES } from '../../src/store/postgres/roles.ts';
import { MIGRATIONS } from '../../src/store/postgres/schema.ts';
import type { Store } from '../../src/store/store.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { newDatabase } from '../postgres/database.ts';
import { openInDatabase, openStore } from './databases.ts';
import {
  account,
  claims,
  commitOf,
  desired,
  event,
  installation,
  NOW,
  operation,
  row,
  work,
} from './samples.ts';

let opened: Awaited<ReturnType<typeof openInDatabase>>;
let one: Store;
let other: Store;

beforeEach(async () => {
  opened = await openInDatabase();
  one = opened.store;
  other = await openStore(opened.database.url);
});
afterEach(async () => {
  await other.close();
  await opened.close();
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('two processes', () => {
  it('see each other’s changes in the next stamp of what they watch', async () => {
    const asked = operation();
    const watched = { scopes: ['cus_1'], record: asked.record };
    const changes = [
      () => one.commit(commitOf({ rows: [row()], scopes: ['cus_1'] })),
      () => one.beginOperation(asked),
      () => one.endOperation('ws_1', asked.id, { state: 'done', outcome: {} }, null),
    ];
    const seen: string[] = [await other.stampOf('ws_1', watched)];
    for (const change of changes) {
      await change();
      seen.push(await other.stampOf('ws_1', watched));
    }
    expect(seen.filter((stamp, index) => stamp === seen[index - 1])).toEqual([]);
  });

  it('claim events, work, deliveries and operations without ever taking the same one', async () => {
    const names = numbered(60);
    await one.accept(names.map((dedupeKey) => event({ dedupeKey })));
    await one.addWork(names.map((key) => work({ key })));
    const records = names.map((recordId) => ({ installationId: 'inst_1', objectType: 'contacts', recordId }));
    await one.commit(commitOf({ desired: records.map((record) => desired(1, record)) }));
    await Promise.all(names.map(() => one.beginOperation(operation())));
    const taken = { events: [], work: [], deliveries: [], operations: [] } as Record<string, string[]>;
    for (let round = 0; round < 15; round += 1) {
      const both = [claims(one, NOW, 5), claims(other, NOW, 5)];
      await Promise.all(
        both.flatMap((claim) => [
          claim.events().then((rows) => taken['events']!.push(...rows.map(({ id }) => String(id)))),
          claim.work().then((rows) => taken['work']!.push(...rows.map(({ id }) => String(id)))),
          claim.deliveries().then((rows) => taken['deliveries']!.push(...rows.map(({ key }) => key))),
          claim.operations().then((rows) => taken['operations']!.push(...rows.map(({ id }) => id))),
        ]),
      );
    }
    for (const [kind, ids] of Object.entries(taken)) {
      expect(ids, kind).toHaveLength(60);
      expect(new Set(ids).size, kind).toBe(60);
    }
  });

  it('never lose a change to the same rows, however they meet', async () => {
    const count = async (store: Store): Promise<void> => {
      for (let done = 0; done < 20;) {
        const touched = { owners: ['cus_1'], ids: ['in_1'], records: [] };
        const { rows, versions } = await store.loadCluster('ws_1', touched);
        const before = Number((rows[0]?.aspects as { n?: number } | undefined)?.n ?? 0);
        const next = row({ aspects: { n: before + 1 } as never });
        const wish = commitOf({ rows: [next], scopes: ['cus_1', 'in_1'], versions });
        if ((await store.commit(wish)).committed) done += 1;
      }
    };
    await Promise.all([count(one), count(other), count(one), count(other)]);
    const [kept] = await one.findRows('ws_1', 'invoice', ['in_1']);
    expect(kept?.aspects).toEqual({ n: 80 });
  });

  it('begin an operation on a subject once', async () => {
    const asked = numbered(10).map(() => operation({ subject: 'in_1' }));
    const answers = await Promise.all(
      asked.map((row, index) => (index % 2 === 0 ? one : other).beginOperation(row)),
    );
    expect(answers.filter(({ begun }) => begun === 'new')).toHaveLength(1);
    expect(answers.filter(({ begun }) => begun === 'busy')).toHaveLength(9);
  });

  it('see at once what the other saved, and keep what both saved', async () => {
    await one.saveInstallation(installation());
    expect(await other.installations()).toEqual([installation()]);
    await other.saveInstallation(installation({ name: 'Renamed' }));
    expect((await one.installations()).map(({ name }) => name)).toEqual(['Renamed']);
    const ids = numbered(30).map((number) => `acct_${number}`);
    await Promise.all(
      ids.map(async (id, index) => {
        const [mine, theirs] = index % 2 === 0 ? [one, other] : [other, one];
        await mine.saveAccount(account({ id }));
        expect((await theirs.accounts()).map((saved) => saved.id)).toContain(id);
      }),
    );
    expect((await one.accounts()).map(({ id }) => id)).toEqual(ids.toSorted());
    expect(await other.accounts()).toEqual(await one.accounts());
  });

  it('miss no document whose saving took longer than that of a later one', async () => {
    const { admin } = opened.database;
    await admin(SLOW_SAVES);
    try {
      const slow = one.saveAccount(account({ id: 'slow' }));
      const isSaving = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
      await waitFor('the slow save', async () => (await admin(isSaving)).length > 0 || undefined);
      await other.saveAccount(account({ id: 'quick' }));
      expect((await other.accounts()).map(({ id }) => id)).toContain('quick');
      await slow;
      expect((await other.accounts()).map(({ id }) => id)).toEqual(['quick', 'slow']);
    } finally {
      await admin('DROP FUNCTION payside.slowly CASCADE');
    }
  });

  it('draw numbers of which the later is the higher', async () => {
    for (let turn = 0; turn < 10; turn += 1)
      expect(await one.drawNumber()).toBeLessThan(await other.drawNumber());
  });

  it('hold a lock one after the other', async () => {
    const ending = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const held = one.lock('one', () => {
      begun.resolve();
      return ending.promise;
    });
    await begun.promise;
    const seen: string[] = [];
    const next = other.lock('one', async () => void seen.push('in'));
    await waitFor(
      'the other one to wait or to be in',
      async () => seen.length > 0 || (await opened.database.isWaiting()) || undefined,
    );
    expect(seen).toEqual([]);
    ending.resolve();
    await Promise.all([held, next]);
    expect(seen).toEqual(['in']);
  });

  it('tell each other what is to be done, at once or when its time has come', async () => {
    const told = { times: 0 };
    other.onWork?.(() => void (told.times += 1));
    const toldAgain = async (): Promise<void> => {
      const before = told.times;
      await waitFor('the other one to be told', () => (told.times > before ? true : undefined));
    };
    await toldAgain();
    const known = told.times;
    await one.addWork([work({ nextAt: new Date(Date.now() + 1e9).toISOString() })]);
    await one.counts();
    const soon = new Date(Date.now() + 400);
    await one.addWork([work({ key: 'soon', nextAt: soon.toISOString() })]);
    await waitFor('the time to come', () => (told.times > known ? true : undefined));
    expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
    const accepted = toldAgain();
    await one.accept([event()]);
    await accepted;
    const committed = toldAgain();
    await one.commit(commitOf({ desired: [desired(10)], at: new Date(0).toISOString() }));
    await committed;
  });
});

describe('claims', () => {
  const JOINS = ['enable_hashjoin', 'enable_mergejoin', 'enable_nestloop'];

  it.each([
    ['enable_nestloop', []],
    ['enable_hashjoin', []],
    ['enable_mergejoin', []],
    ['enable_nestloop', ['enable_hashagg', 'enable_sort', 'enable_material', 'enable_memoize']],
    ['enable_nestloop', ['enable_indexscan', 'enable_bitmapscan', 'enable_indexonlyscan', 'enable_material']],
  ])(
    'take no more than they are asked for, however the server plans them: with %s, without %j',
    async (join, without) => {
      const { name, admin, url } = opened.database;
      const off = [...JOINS.filter((other) => other !== join), ...without];
      for (const setting of off) await admin(`ALTER DATABASE ${name} SET ${setting} = off`);
      const store = await openStore(url);
      try {
        const names = numbered(9);
        await store.accept(names.map((dedupeKey) => event({ dedupeKey })));
        await store.addWork(names.map((key) => work({ key })));
        const records = names.map((recordId) => ({
          installationId: 'inst_1',
          objectType: 'contacts',
          recordId,
        }));
        await store.commit(commitOf({ desired: records.map((record) => desired(1, record)) }));
        for (const _ of names) await store.beginOperation(operation());
        for (const analyze of [false, true]) {
          if (analyze) await admin('ANALYZE');
          const claim = claims(store, NOW, 2);
          expect(await claim.events()).toHaveLength(2);
          expect(await claim.work()).toHaveLength(2);
          expect(await claim.deliveries()).toHaveLength(2);
          expect(await claim.operations()).toHaveLength(2);
        }
      } finally {
        await store.close();
        await admin(`ALTER DATABASE ${name} RESET ALL`);
      }
    },
  );
});

/** Has the server take its time after a row has got its version and before it is committed. */
const SLOW_SAVES = `
  CREATE FUNCTION payside.slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$;
  CREATE TRIGGER slowly AFTER INSERT ON payside.document FOR EACH ROW WHEN (NEW.id = 'slow')
    EXECUTE FUNCTION payside.slowly()`;

describe('processes that start together', () => {
  it('bring an empty database up to date once', async () => {
    const database = await newDatabase();
    const stores = await Promise.all(numbered(5).map(() => openStore(database.url)));
    for (const store of stores) expect(await store.counts()).toMatchObject({ inbox: 0 });
    const versions = await database.admin<{ version: number }>(
      'SELECT version FROM payside.migration ORDER BY version',
    );
    expect(versions.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a process is refused', () => {
  const refusal = (url: string, how = {}): Promise<unknown> =>
    openStore(url, how).then(
      () => 'opened',
      (error: { code: string; publicMessage: string }) => `${error.code}: ${error.publicMessage}`,
    );

  it('by a database that a newer one has written, with words that say so, and changes nothing', async () => {
    const database = await newDatabase();
    await (await openStore(database.url)).close();
    await database.admin('INSERT INTO payside.migration (version) VALUES (99)');
    expect(await refusal(database.url)).toBe(
      `store_unavailable: The database of STORE_URL has version 99, this process knows ${MIGRATIONS.length}: ` +
        'it was written by a newer Payside. Start that one, or restore a backup from before the update.',
    );
    const newer = await database.admin('SELECT version FROM payside.migration WHERE version > $1', [
      MIGRATIONS.length,
    ]);
    expect(newer).toEqual([{ version: 99 }]);
  });

  it('where nothing answers, without the password in the words', async () => {
    const url = 'postgres://payside:not-a-password@127.0.0.1:9/payside';
    expect(await refusal(url)).toBe('store_unavailable: The database of STORE_URL cannot be reached');
  });

  it('by a database in which nothing was ever kept, if it only looks, and leaves nothing there', async () => {
    const database = await newDatabase();
    expect(await refusal(database.url, { mustExist: true })).toBe(
      'store_unavailable: There is no store in the database of STORE_URL',
    );
    expect(await database.admin(`SELECT 1 FROM pg_namespace WHERE nspname = 'payside'`)).toEqual([]);
  });

  it('where it may not take the roles, with what an administrator has to do; which then is enough', async () => {
    const database = await newDatabase();
    await (await openStore(database.url)).close();
    const stranger = `stranger_${database.name}`;
    await database.admin(`CREATE ROLE ${stranger} LOGIN`);
    await database.admin(`ALTER DATABASE ${database.name} OWNER TO ${stranger}`);
    await database.admin(`DROP SCHEMA payside CASCADE`);
    const url = database.url.replace('payside_owner', stranger);
    expect(await refusal(url)).toMatch(
      /^store_unavailable: The user of STORE_URL may not use the role payside_door\./,
    );
    await database.admin(`GRANT ${ROLES.join(', ')} TO ${stranger}`);
    const store = await openStore(url);
    expect(await store.accept([event()])).toEqual([true]);
    await store.close();
  });

  it('with options of its own, as they would replace the role it begins as', async () => {
    expect(await refusal(`${opened.database.url}?options=-c%20role%3Dnone`)).toBe(
      'store_unavailable: STORE_URL may not have the parameter options',
    );
  });
});
