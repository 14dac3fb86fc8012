// Claimed deliveries as batches: one kind of record each, what others hang on first, no record twice.
import { setImmediate } from 'node:timers/promises';
import type {
  BatchEnd,
  Crm,
  CrmConnection,
  JobWait,
  LinkTarget,
  MirrorKind,
  MirrorWrite,
  RecordWrite,
  Shown,
  WriteBatch,
  WriteOutcome,
} from '../crms/crm.ts';
import {
  isSummary,
  kindOfKey,
  paysideId,
  type DesiredState,
  type LinkEnd,
  type SummaryState,
} from '../records/desired-state.ts';
import { renderMirror, renderWhole } from '../records/render-mirror.ts';
import { render, type RenderFor } from '../records/render.ts';
import type { ClaimedDelivery } from '../store/store.ts';

export type Target = {
  connection: CrmConnection;
  batchSize: number;
  callsPerTenSeconds: number;
  /** Asked for after deliveries were claimed, so that whatever was offered again is written as it is wanted by then. */
  render: () => Promise<RenderFor>;
  crm: Pick<Crm, 'write' | 'upsert' | 'link' | 'shows' | 'writeTogether' | 'history' | 'upsertMany'>;
};

/** What a record should say. */
export type Stated = Pick<ClaimedDelivery, 'key' | 'desired'>;

/** Whatever stands for a record is put into batches by its key. */
export type Keyed = { key: string };

/** Deliveries of one kind: what one call takes. */
export type Batch<D extends Keyed = ClaimedDelivery> = { kind: string; deliveries: D[] };

/** Our own records are made before they are linked; what is written to people's records waits for neither. */
const ORDER = [
  'summary',
  'subscription',
  'invoice',
  'line',
  'payment',
  'allocation',
  'refund',
  'dispute',
  'links',
];

/** Links are small, and a CRM takes many more of them in a call. */
const LINKS = 2_000;

export const batchesOf = <D extends Keyed>(claimed: D[], batchSize: number): Batch<D>[] =>
  byKind(claimed).flatMap((batch) => inParts(batch, fullOf(batch, batchSize)));

/** How many records of its kind one call takes. */
export const fullOf = ({ kind }: Batch<Keyed>, batchSize: number): number =>
  kind.startsWith('links') ? LINKS : batchSize;

export const byKind = <D extends Keyed>(claimed: D[]): Batch<D>[] =>
  [...Map.groupBy(claimed, ({ key }) => kindOfKey(key))]
    .map(([kind, deliveries]) => ({ kind, deliveries }))
    .sort((a, b) => placeOf(a.kind) - placeOf(b.kind));

export const inParts = <D extends Keyed>({ kind, deliveries }: Batch<D>, size: number): Batch<D>[] =>
  Array.from({ length: Math.ceil(deliveries.length / size) }, (_, index) => ({
    kind,
    deliveries: deliveries.slice(index * size, (index + 1) * size),
  }));

/** Whether deliveries are of people's records: they hang on none of ours. */
export const isOfPeople = ({ kind }: Batch<Keyed>): boolean => kind.startsWith('summary');

/** Whether deliveries are of records of ours, whole: what a job may write. */
export const isMirror = ({ kind }: Batch): boolean => !/^(summary|links)\b/.test(kind);

export type Bundling = { batchSize: number; crm: Pick<Target['crm'], 'writeTogether'> };

/** Batches that go in one call: as many in a row as are no more records than one of them may have. */
export function bundlesOf<D extends Keyed>(batches: Batch<D>[], { crm, batchSize }: Bundling): Batch<D>[][] {
  const bundles: Batch<D>[][] = [];
  for (const batch of batches) {
    const last = bundles.at(-1) ?? [];
    const records = [...last, batch].reduce((sum, { deliveries }) => sum + deliveries.length, 0);
    if (crm.writeTogether && last.length > 0 && records <= batchSize) last.push(batch);
    else bundles.push([batch]);
  }
  return bundles;
}

const placeOf = (kind: string): number => ORDER.indexOf(kind.split(' ')[0] ?? '');

/** Sends one batch; all deliveries are of the kind of the first. */
async function send(target: Target, deliveries: ClaimedDelivery[]): Promise<WriteOutcome[]> {
  const [first] = deliveries;
  if (!first) return [];
  const { connection, crm } = target;
  const { desired } = first;
  if (!isSummary(desired) && desired.kind === 'links') return linked(target, desired.values.of, deliveries);
  const look = await target.render();
  if (isSummary(desired))
    return crm.write(connection, desired.record.objectType, deliveries.flatMap(summaryWrite(look)));
  return crm.upsert(connection, mirrorOf(desired), deliveries.flatMap(mirrorWrite(look)));
}

/** Sends batches of a bundle. @throws what nothing could be written for */
export async function sendTogether(target: Target, bundle: Batch[]): Promise<BatchEnd[]> {
  const [only] = bundle;
  const { connection, crm } = target;
  if (!crm.writeTogether || bundle.length === 1)
    return [{ outcomes: await send(target, only?.deliveries ?? []) }];
  const look = await target.render();
  return crm.writeTogether(
    connection,
    bundle.map(({ deliveries }) => writesOf(deliveries, look)),
  );
}

/** Deliveries that are rendered at once; others of the process have their turn in between. */
const AT_ONCE = 200;

/** Sends many of one kind by a job. @returns null where the CRM takes none now, so that nothing was sent */
export async function sendMany(
  target: Target,
  { deliveries }: Batch,
  wait: JobWait,
): Promise<WriteOutcome[] | null> {
  const { connection, crm } = target;
  const desired = deliveries[0]?.desired;
  if (!crm.upsertMany || !desired || isSummary(desired)) return null;
  const write = mirrorWrite(await target.render());
  const writes: MirrorWrite[] = [];
  for (let start = 0; start < deliveries.length; start += AT_ONCE) {
    writes.push(...deliveries.slice(start, start + AT_ONCE).flatMap(write));
    await setImmediate();
  }
  return crm.upsertMany(connection, mirrorOf(desired), writes, wait);
}

/** Which of those deliveries of one batch the CRM shows already; sends nothing. */
export async function shownOf(
  { connection, crm, render: lookOf }: Target,
  deliveries: Stated[],
): Promise<Shown> {
  const desired = deliveries[0]?.desired;
  if (!desired) return { shown: new Set(), missing: new Set(), unlinked: new Set() };
  if (isSummary(desired) || desired.kind !== 'links')
    return crm.shows(connection, writesOf(deliveries, await lookOf()));
  // Where links stand inside records, they are shown with them.
  if (!crm.link)
    return { shown: new Set(deliveries.map(({ key }) => key)), missing: new Set(), unlinked: new Set() };
  return crm.shows(connection, { linksOf: desired.values.of, writes: deliveries.flatMap(linkWrite) });
}

function writesOf(deliveries: Stated[], look: RenderFor): WriteBatch {
  const [first] = deliveries;
  if (!first || isSummary(first.desired)) {
    const objectType = first && isSummary(first.desired) ? first.desired.record.objectType : '';
    return { objectType, writes: deliveries.flatMap(summaryWrite(look)) };
  }
  return { mirror: mirrorOf(first.desired), writes: deliveries.flatMap(mirrorWrite(look)) };
}

function mirrorOf(desired: Exclude<DesiredState, SummaryState>): MirrorKind {
  return desired.kind === 'links' || desired.kind === 'whole' ? desired.values.of : desired.kind;
}

/** A CRM that keeps links inside its records is not told of them a second time. */
function linked(
  { crm, connection }: Target,
  of: MirrorKind,
  deliveries: ClaimedDelivery[],
): Promise<WriteOutcome[]> {
  const told = deliveries.map(({ key }): WriteOutcome => ({ key, outcome: 'written' }));
  return crm.link ? crm.link(connection, of, deliveries.flatMap(linkWrite)) : Promise.resolve(told);
}

const summaryWrite =
  (look: RenderFor) =>
  ({ key, desired }: Stated): RecordWrite[] =>
    isSummary(desired) ? [{ key, record: desired.record, fields: render(desired, look) }] : [];

const mirrorWrite =
  (look: RenderFor) =>
  ({ key, desired }: Stated): MirrorWrite[] => {
    if (isSummary(desired) || desired.kind === 'links') return [];
    const base = { key, paysideId: paysideId(desired) };
    if (desired.kind !== 'whole') return [{ ...base, fields: renderMirror(desired, look) }];
    const refs = desired.values.refs.map(linkTarget);
    return [{ ...base, fields: renderWhole(desired, look), refs }];
  };

const linkWrite = ({ key, desired }: Stated) =>
  desired.kind === 'links'
    ? [
        {
          key,
          paysideId: paysideId(desired),
          to: desired.values.to.map(linkTarget),
          drop: desired.values.drop.map(linkTarget),
        },
      ]
    : [];

const linkTarget = (end: LinkEnd): LinkTarget =>
  'mirror' in end ? { mirror: end.mirror, paysideId: paysideId(end) } : end;
