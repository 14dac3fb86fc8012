// A small CRM in memory that is shaped unlike HubSpot: other type names and ids, larger batches, a token instead of a signature.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  Crm,
  CrmConnection,
  CrmRecord,
  DealLine,
  LinkTarget,
  LinkWrite,
  Shown,
  SignedCall,
  WriteOutcome,
} from '../../src/crms/crm.ts';
import { crmRejected } from '../../src/errors.ts';
import { pricedLine } from '../../src/money/priced-line.ts';
import type { CrmPortal, CrmRig } from './crm.contract.ts';

type Entry = {
  id: string;
  objectType: string;
  name: string;
  emails: string[];
  fields: Record<string, string>;
  links: Entry[];
  lines: { name: string; quantity: string; price: string; currency?: string }[];
  deleted: boolean;
  masterId: string | null;
};

const TYPES = { person: 'Contact', company: 'Account', deal: 'Opportunity' };
const PREFIX: Record<string, string> = { Contact: '003', Account: '001', Opportunity: '006' };
const STATUSES = ['reversed', 'disputed', 'overdue', 'processing', 'open', 'credit', 'paid', 'none'];
const BATCH = 200;
const TOLERANCE_MS = 300_000;

const keysOf = <W extends { key: string }>(
  writes: readonly W[],
  isShown: (write: W) => boolean,
): Set<string> => new Set(writes.filter(isShown).map(({ key }) => key));

type Said = Record<string, string | null>;

function shownBy<W extends { key: string; fields: Said }>(
  writes: readonly W[],
  there: (write: W) => Said | undefined,
): Shown {
  const holds = (write: W): boolean =>
    Object.entries(write.fields).every(([field, value]) => (there(write)?.[field] ?? '') === (value ?? ''));
  return {
    shown: keysOf(writes, (write) => there(write) !== undefined && holds(write)),
    missing: keysOf(writes, (write) => there(write) === undefined),
    unlinked: new Set(),
  };
}

export function createFakeCrm(): CrmRig {
  const entries = new Map<string, Entry>();
  const options = new Set<string>();
  const mirrored = new Map<string, { fields: Record<string, string | null>; links: Set<string> }>();
  const nameOf = (end: LinkTarget): string =>
    'mirror' in end ? `${end.mirror} ${end.paysideId}` : `${end.objectType} ${end.recordId}`;
  const secret = 'a token of the org';
  const make = (objectType: string, name: string, emails: string[] = []): string => {
    const id = `${PREFIX[objectType]}${String(entries.size + 1).padStart(12, '0')}AAA`;
    const entry = { id, objectType, name, emails, fields: {}, links: [], lines: [] };
    entries.set(id, { ...entry, deleted: false, masterId: null });
    return id;
  };
  const live = (id: string): Entry | undefined => {
    const entry = entries.get(id);
    return entry?.deleted ? undefined : entry;
  };
  const connection: CrmConnection = {
    installationId: 'inst_fake',
    crm: 'salesforce',
    portalId: '00D000000000001AAA',
    accessToken: 'session',
  };
  const shown = (entry: Entry): CrmRecord => ({
    record: { installationId: connection.installationId, objectType: entry.objectType, recordId: entry.id },
    name: entry.name,
    emails: entry.objectType === 'Contact' ? entry.emails : [],
    primaryCompanyId:
      entry.objectType === 'Contact'
        ? (entry.links.find((other) => other.objectType === 'Account')?.id ?? null)
        : null,
  });
  const mark = (text: string): string => createHmac('sha256', secret).update(text).digest('base64');

  const portal: CrmPortal = {
    contact: ({ name, email, more = [] }) =>
      make(
        'Contact',
        name,
        [...(email ? [email] : []), ...more].map((one) => one.toLowerCase()),
      ),
    company: (name) => make('Account', name),
    deal: (name) => make('Opportunity', name),
    link(from, to) {
      const [one, other] = [live(from.id), live(to.id)];
      if (!one || !other) throw new Error('no such record');
      one.links.push(other);
      other.links.push(one);
    },
    line: (dealId, line) => void live(dealId)?.lines.push(line),
    fields(_, id) {
      const entry = live(id);
      return entry && { ...Object.fromEntries(FIELD_NAMES.map((field) => [field, ''])), ...entry.fields };
    },
    remove(_, id) {
      const entry = entries.get(id);
      if (entry) entry.deleted = true;
    },
    merge(_, primary, other, { oldIdsResolve }) {
      const entry = entries.get(other);
      if (!entry) throw new Error('no such record');
      entry.deleted = true;
      entry.masterId = oldIdsResolve ? primary : null;
      return primary;
    },
    statusOptions: {
      add: async (value) => void options.add(value),
      remove: async (value) => void options.delete(value),
      all: async () => [...options],
    },
    mirrored: async (kind) =>
      [...mirrored]
        .filter(([key]) => key.startsWith(`${kind} `))
        .map(([key, { fields, links }]) => ({
          paysideId: key.slice(kind.length + 1),
          fields: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value ?? ''])),
          links: links.size,
        })),
    typeOf: async (field) => (FIELD_NAMES.includes(field) ? 'text' : undefined),
  };

  const crm: Crm = {
    name: 'salesforce',
    label: 'Fake',
    batchSize: BATCH,
    callsPerTenSeconds: 1_000,
    types: TYPES,
    objectType: (name) => (Object.values(TYPES).includes(name) ? name : null),
    isRecordId: (text) => /^[a-zA-Z0-9]{18}$/.test(text),
    requiredScopes: ['api'],
    optionalScopes: [],
    authorizeUrl: (state) => `https://login.example.com/authorize?state=${state}`,
    exchange: async () => {
      throw crmRejected();
    },
    rotates: false,
    refresh: async () => ({ access: 'session', refresh: 'next', expiresAt: '2031-01-01T00:00:00Z' }),
    revoke: async () => undefined,
    details: async () => ({ name: 'Fake', currency: 'EUR', timeZone: 'Europe/Berlin', testPortal: true }),
    contactsUrl: () => 'https://fake.example.com/contacts',
    verifyNotice: null,
    readNotice: null,
    changedSince: null,
    flagged: null,
    recordsNow: null,
    keepToken: null,
    mayAct: null,
    verifyCall: (call, now) => verify(call, now, mark, connection.portalId),
    lacks: async () => STATUSES.filter((status) => !options.has(status)),
    async provision() {
      const missing = STATUSES.filter((status) => !options.has(status));
      const isFirst = missing.length === STATUSES.length;
      for (const status of missing) options.add(status);
      return {
        created: isFirst ? FIELD_NAMES.length : 0,
        capabilities: { mirrorInvoices: false, commercePayments: false },
      };
    },
    async write(_, __, writes) {
      if (writes.length > BATCH) throw crmRejected({ publicMessage: 'The batch is too large.' });
      return writes.map(({ key, record, fields }): WriteOutcome => {
        const entry = live(record.recordId);
        const master = entries.get(record.recordId)?.masterId;
        if (!entry) return master ? { key, outcome: 'moved', recordId: master } : { key, outcome: 'gone' };
        if (!options.has(fields['status'] ?? 'none'))
          return { key, outcome: 'refused', reason: 'bad value for restricted picklist field' };
        for (const [field, value] of Object.entries(fields)) entry.fields[field] = value ?? '';
        return { key, outcome: 'written' };
      });
    },
    writeTogether: null,
    history: null,
    upsertMany: null,
    dailyCalls: () => [],
    async upsert(_, kind, writes) {
      for (const { paysideId, fields } of writes)
        mirrored.set(`${kind} ${paysideId}`, { fields, links: new Set() });
      return writes.map(({ key }) => ({ key, outcome: 'written' }));
    },
    async link(_, kind, writes) {
      return writes.map(({ key, paysideId, to, drop }): WriteOutcome => {
        const own = mirrored.get(`${kind} ${paysideId}`);
        const isThere = to.every((end) => !('mirror' in end) || mirrored.has(nameOf(end)));
        if (!own || !isThere) return { key, outcome: 'gone' };
        for (const end of to) own.links.add(nameOf(end));
        for (const end of drop) own.links.delete(nameOf(end));
        return { key, outcome: 'written' };
      });
    },
    shows: async (_, asked) => {
      if ('objectType' in asked) return shownBy(asked.writes, ({ record }) => live(record.recordId)?.fields);
      if ('mirror' in asked)
        return shownBy(asked.writes, ({ paysideId }) => mirrored.get(`${asked.mirror} ${paysideId}`)?.fields);
      const isLinked = ({ paysideId, to, drop }: LinkWrite): boolean => {
        const links = mirrored.get(`${asked.linksOf} ${paysideId}`)?.links;
        const isShown = (end: LinkTarget): boolean => links?.has(nameOf(end)) === true;
        return links !== undefined && to.every(isShown) && !drop.some(isShown);
      };
      const unlinked = keysOf(asked.writes, (write) => !isLinked(write));
      return { shown: keysOf(asked.writes, isLinked), missing: new Set(), unlinked };
    },
    read: async (_, __, ids) => ids.flatMap((id) => live(id) ?? []).map(shown),
    users: async () => [{ id: '1', name: 'Ines Example', email: 'ines@acorn.test' }],
    findByEmail: async (_, emails) =>
      [...entries.values()]
        .filter((entry) => !entry.deleted && entry.emails.some((email) => emails.includes(email)))
        .map(shown),
    dealLines: async (_, id, currency) =>
      (live(id)?.lines ?? []).flatMap(({ name, currency: own, ...stated }): DealLine[] => {
        const line = pricedLine({ ...stated, total: '', description: name, currency: own ?? currency });
        return line ? [line] : [];
      }),
    async payersOf(_, { objectType, recordId }) {
      const entry = live(recordId);
      if (!entry) return [];
      const people = objectType === 'Contact' ? [entry] : entry.links;
      return people.filter((one) => one.objectType === 'Contact').map(shown);
    },
  };

  return {
    crm,
    connection,
    portal,
    currency: 'EUR',
    holds: async () => false,
    sign: ({ method, pathAndQuery, body }, at) => ({
      method,
      pathAndQuery,
      raw: Buffer.from(body),
      headers: {
        'x-time': String(at.getTime()),
        'x-mark': mark(`${method}\n${pathAndQuery}\n${body}\n${at.getTime()}`),
      },
    }),
    close: async () => undefined,
  };
}

const FIELD_NAMES = [
  'owed',
  'overdue',
  'lifetime_collected',
  'owed_text',
  'status',
  'last_payment_at',
  'next_due',
  'link',
];

function verify(call: SignedCall, now: Date, mark: (text: string) => string, portalId: string) {
  const time = String(call.headers['x-time']);
  const body = Buffer.from(call.raw).toString();
  const expected = Buffer.from(mark(`${call.method}\n${call.pathAndQuery}\n${body}\n${time}`));
  const given = Buffer.from(String(call.headers['x-mark']));
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return { verified: false, reason: 'signature' } as const;
  if (Math.abs(now.getTime() - Number(time)) > TOLERANCE_MS)
    return { verified: false, reason: 'time' } as const;
  return { verified: true, caller: { portalId, userId: '005000000000001AAA', email: null } } as const;
}
