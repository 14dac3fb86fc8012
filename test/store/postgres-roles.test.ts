// The database itself keeps the roles apart: each is asked for what is not its own, and refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Connections, type Sql } from '../../src/store/postgres/connections.ts';
import type { Store } from '../../src/store/store.ts';
import { openInDatabase } from './databases.ts';
import { account, commitOf, desired, event, operation, row, work } from './samples.ts';

let opened: Awaited<ReturnType<typeof openInDatabase>>;
let store: Store;
let connections: Connections;

/** The server's own words for what a role may not do. */
const REFUSED = { code: '42501' };

const MINE = 'ws_1';
const THEIRS = 'ws_2';

const fill = async (workspaceId: string): Promise<void> => {
  const suffix = workspaceId === MINE ? '' : ` of ${workspaceId}`;
  await store.accept([event({ workspaceId })]);
  await store.addWork([work({ workspaceId })]);
  await store.beginOperation(operation({ workspaceId }));
  await store.commit(
    commitOf({
      workspaceId,
      facts: [{ entity: 'invoice', id: `in${suffix}` } as never],
      rows: [row()],
      desired: [{ ...desired(10), key: `record${suffix}` }],
      personal: [{ account: 'acct_a', customerId: 'cus_1', number: 1, personal: { name: 'Ada' } as never }],
      scopes: ['cus_1'],
    }),
  );
  await store.addTombstones(workspaceId, ['mark']);
  await store.audit({
    workspaceId,
    at: '2026-03-10T12:00:00.000Z',
    actor: 'hubspot:1',
    action: 'void-invoice',
    operationId: null,
    record: null,
    before: null,
    after: null,
  });
};

beforeAll(async () => {
  opened = await openInDatabase();
  ({ store } = opened);
  await fill(MINE);
  await fill(THEIRS);
  await store.saveAccount(account());
  connections = connect(opened.database.url, () => undefined);
});
afterAll(async () => {
  await connections.close();
  await opened.close();
});

const READABLE = [
  'inbox',
  'body',
  'work',
  'fact',
  'ledger_row',
  'scope',
  'person',
  'tombstone',
  'outbox',
  'operation',
];
const OF_WORKSPACES = [...READABLE, 'audit'];

const all = (table: string) => (sql: Sql) => sql.all(`SELECT * FROM ${table}`);
const workspacesIn = async (rows: Promise<Record<string, unknown>[]>): Promise<unknown[]> => [
  ...new Set((await rows).map(({ workspace }) => workspace)),
];

const refusal = async (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'allowed',
    (error: { cause?: { code?: string } }) => error.cause,
  );

describe('the app', () => {
  it.each(READABLE)('sees of %s the rows of the workspace it names, and of no other', async (table) => {
    expect(await workspacesIn(connections.app([MINE], all(table)))).toEqual([MINE]);
    expect(await workspacesIn(connections.app([THEIRS], all(table)))).toEqual([THEIRS]);
    expect(await opened.database.admin(`SELECT 1 FROM payside.${table}`)).toHaveLength(2);
  });

  it.each(READABLE)(
    'sees nothing of %s without naming a workspace, or with a name made up',
    async (table) => {
      for (const names of [[], ['ws_1,ws_2'], ['ws_1","ws_2'], ['%'], ['']])
        expect(await connections.app(names, all(table))).toEqual([]);
    },
  );

  it('carries no workspace over to whoever uses the connection next', async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      await connections.app([MINE], all('work'));
      expect(await connections.app([], all('work'))).toEqual([]);
    }
  });

  it('can neither write a row for another workspace nor move one there', async () => {
    const insert = `INSERT INTO scope (workspace, scope, version) VALUES ('${THEIRS}', 'new', 1)`;
    expect(await refusal(connections.app([MINE], (sql) => sql.run(insert)))).toMatchObject(REFUSED);
    const move = `UPDATE scope SET workspace = '${THEIRS}'`;
    expect(await refusal(connections.app([MINE], (sql) => sql.run(move)))).toMatchObject(REFUSED);
  });

  it('changes and deletes nothing of another workspace', async () => {
    const change = `UPDATE ledger_row SET aspects = '{}' WHERE workspace = '${THEIRS}'`;
    expect(await connections.app([MINE], (sql) => sql.run(change))).toBe(0);
    const remove = `DELETE FROM work WHERE workspace = '${THEIRS}'`;
    expect(await connections.app([MINE], (sql) => sql.run(remove))).toBe(0);
  });

  it.each([
    ['reads documents', 'SELECT * FROM document'],
    ['reads authorizations', 'SELECT * FROM pending_authorization'],
    ['changes facts', `UPDATE fact SET fact = '{}'`],
    ['deletes facts', 'DELETE FROM fact'],
    ['changes the audit', `UPDATE audit SET actor = 'nobody'`],
    ['deletes the audit', 'DELETE FROM audit'],
    ['rewrites an event', `UPDATE inbox SET kind = 'invoice.paid'`],
    ['rewrites a body', `UPDATE body SET raw = ''`],
    ['switches the guard off', 'ALTER TABLE fact DISABLE ROW LEVEL SECURITY'],
  ])('never %s', async (_, statement) => {
    expect(await refusal(connections.app([MINE], (sql) => sql.run(statement)))).toMatchObject(REFUSED);
  });
});

describe('the eraser', () => {
  it('takes nothing out of another workspace', async () => {
    const theirs = `workspace = '${THEIRS}'`;
    const run = (text: string) => connections.eraser(MINE, (sql) => sql.run(text));
    expect(await run(`DELETE FROM fact WHERE ${theirs}`)).toBe(0);
    expect(await run(`UPDATE fact SET fact = '{}' WHERE ${theirs}`)).toBe(0);
    expect(await run(`DELETE FROM body WHERE ${theirs}`)).toBe(0);
  });

  it.each([
    ['reads what a fact says', 'SELECT fact FROM fact'],
    ['adds a fact', `INSERT INTO fact (workspace, digest, fact, at) VALUES ('${MINE}', 'd', '{}', now())`],
    ['moves a fact', `UPDATE fact SET workspace = '${THEIRS}'`],
    ['rewrites a body', `UPDATE body SET raw = ''`],
    ['deletes an event', 'DELETE FROM inbox'],
    ['reads a person', 'SELECT * FROM person'],
    ['changes the ledger', `UPDATE ledger_row SET aspects = '{}'`],
    ['deletes the audit', 'DELETE FROM audit'],
  ])('never %s', async (_, statement) => {
    expect(await refusal(connections.eraser(MINE, (sql) => sql.run(statement)))).toMatchObject(REFUSED);
  });
});

describe('the wiper', () => {
  const GONE = 'ws_3';
  const wipe = (text: string, workspace = GONE) => connections.wiper(workspace, (sql) => sql.run(text));
  beforeAll(() => fill(GONE));

  it.each(OF_WORKSPACES)('takes nothing out of %s before the workspace is marked', async (table) => {
    expect(await wipe(`DELETE FROM ${table}`)).toBe(0);
  });

  it('takes out what is of a marked workspace, and nothing else', async () => {
    await connections.directory(`INSERT INTO erased_workspace (workspace, at) VALUES ('${GONE}', now())`);
    for (const table of OF_WORKSPACES) {
      expect(await wipe(`DELETE FROM ${table} WHERE workspace = '${THEIRS}'`)).toBe(0);
      expect(await wipe(`DELETE FROM ${table}`, THEIRS)).toBe(0);
      expect(await wipe(`DELETE FROM ${table}`)).toBeGreaterThan(0);
      const left = `SELECT DISTINCT workspace FROM payside.${table} ORDER BY workspace`;
      expect(await opened.database.admin(left)).toEqual([{ workspace: MINE }, { workspace: THEIRS }]);
    }
  });

  it('takes no document of another workspace', async () => {
    await opened.database.admin(
      `INSERT INTO payside.document (kind, id, workspace, document) VALUES ('account', 'theirs', '${THEIRS}', '{}')`,
    );
    await expect(wipe(`DELETE FROM document WHERE workspace = '${THEIRS}'`)).rejects.toMatchObject({
      cause: { message: 'document rows are final' },
    });
  });

  it.each([
    ['reads a body', 'SELECT raw FROM body'],
    ['reads what a fact says', 'SELECT fact FROM fact'],
    ['reads a person', 'SELECT personal FROM person'],
    ['reads the audit', 'SELECT actor FROM audit'],
    ['reads a document', 'SELECT document FROM document'],
    ['marks a workspace', `INSERT INTO erased_workspace (workspace, at) VALUES ('${THEIRS}', now())`],
    ['changes the ledger', `UPDATE ledger_row SET aspects = '{}'`],
  ])('never %s', async (_, statement) => {
    expect(await refusal(wipe(statement))).toMatchObject(REFUSED);
  });
});

describe('the door', () => {
  it.each([
    ['reads an event', 'SELECT kind FROM inbox'],
    ['reads a body', 'SELECT raw FROM body'],
    ['changes an event', `UPDATE inbox SET state = 'done'`],
    ['deletes an event', 'DELETE FROM inbox'],
    [
      'leaves work',
      `INSERT INTO work (workspace, kind, key, payload, next_at) VALUES ('a', 'b', 'c', '{}', now())`,
    ],
    ['reads documents', 'SELECT * FROM document'],
    ...OF_WORKSPACES.slice(2).map((table) => [`reads ${table}`, `SELECT 1 FROM ${table}`]),
  ])('never %s', async (_, statement) => {
    expect(await refusal(connections.door(statement!))).toMatchObject(REFUSED);
  });
});

describe('the claimer', () => {
  it.each([
    ['reads a body', 'SELECT raw FROM body'],
    ['reads what an event is about', 'SELECT account FROM inbox'],
    ['reads what work is about', 'SELECT payload FROM work'],
    ['reads what a record should say', 'SELECT desired FROM outbox'],
    ['reads a request', 'SELECT request FROM operation'],
    ['ends an operation', `UPDATE operation SET state = 'done'`],
    ['changes what a record should say', `UPDATE outbox SET desired = '{}'`],
    ['reads documents', 'SELECT * FROM document'],
    ...['fact', 'ledger_row', 'scope', 'person', 'audit'].map((table) => [
      `reads ${table}`,
      `SELECT 1 FROM ${table}`,
    ]),
  ])('never %s', async (_, statement) => {
    expect(await refusal(connections.claimer((sql) => sql.run(statement!)))).toMatchObject(REFUSED);
  });

  it('hands what it claimed over to the app of those workspaces, which sees no others', async () => {
    const seen = await connections.claim(
      (sql) => sql.all(`SELECT id, workspace FROM work WHERE workspace = '${MINE}'`),
      (sql) => sql.all('SELECT workspace, payload FROM work'),
    );
    expect(seen).toMatchObject([{ workspace: MINE }]);
  });
});

describe('the directory', () => {
  it.each(OF_WORKSPACES)('never sees %s', async (table) => {
    expect(await refusal(connections.directory(`SELECT 1 FROM ${table}`))).toMatchObject(REFUSED);
  });

  it('never deletes a document', async () => {
    expect(await refusal(connections.directory('DELETE FROM document'))).toMatchObject(REFUSED);
  });
});

describe('the database', () => {
  it('guards every table that has a workspace, except the directory’s own', async () => {
    const open = await opened.database.admin<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'payside' AND c.relkind = 'r' AND NOT c.relrowsecurity ORDER BY 1`,
    );
    expect(open.map(({ name }) => name)).toEqual([
      'document',
      'erased_workspace',
      'migration',
      'moved',
      'pending_authorization',
    ]);
  });

  it('lets nobody log in as one of the roles', async () => {
    const roles = await opened.database.admin(
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'payside\\_%' AND rolcanlogin AND rolname <> 'payside_owner'`,
    );
    expect(roles).toEqual([]);
  });

  it.each([
    `UPDATE payside.audit SET actor = 'nobody'`,
    'DELETE FROM payside.audit',
    'TRUNCATE payside.audit',
  ])('refuses even its administrator: %s', async (statement) => {
    await expect(opened.database.admin(statement)).rejects.toThrow('audit rows are final');
  });
});
