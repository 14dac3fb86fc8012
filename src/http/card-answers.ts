// Answers cards with what they were last told where nothing of it can have changed: an open card asks every two seconds.
import type { Actor } from '../billing/operation.ts';
import type { Presence } from '../billing/presence.ts';
import type { Clock } from '../clock.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { Store } from '../store/store.ts';
import type { ViewAnswer } from '../views/card-schema.ts';
import { holdsUntil } from '../views/card-view.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import type { CardReading, ReadCard } from './card-reader.ts';
import { createRecent } from './recent.ts';

export type CardAnswersDeps = {
  read: ReadCard;
  store: Pick<Store, 'stampOf'>;
  clock: Clock;
  presence: Pick<Presence, 'stage'>;
  /** Accounts that were not saved meanwhile are the same objects again. */
  accountsOf: (workspaceId: string) => Promise<readonly GatewayAccount[]>;
  keyOf: (record: RecordRef) => string;
};

/** @returns the answer as it is sent */
export type AnswerCard = (actor: Actor, record: RecordRef, offset: number) => Promise<Buffer>;

/** All that an answer may depend on, as it was before it was read; each part is another once it has changed. */
type Grounds = { stamp: string; documents: readonly unknown[] };

type Answer = Grounds & {
  bytes: Buffer;
  from: number;
  until: number;
  stages: CardReading['stages'];
};

/** Before the first answer was read, nobody knows which scopes have to be watched for it. */
type Kept = { scopes: readonly string[]; answer: Answer | null };

/** A view has at most 8 kB, so that a thousand open cards find theirs. */
const MOST_BYTES = 8 * 1024 * 1024;

export function createCardAnswers(deps: CardAnswersDeps): AnswerCard {
  const recent = createRecent<Kept>(MOST_BYTES);
  return async (actor, record, offset) => {
    const name = deps.keyOf(record);
    const key = `${name}|${actor.role}|${offset}`;
    const kept = recent.get(key);
    const grounds = kept && (await groundsOf(deps, actor, { scopes: kept.scopes, record: name }));
    if (kept?.answer && grounds && holds(deps, kept.answer, grounds)) return kept.answer.bytes;
    const reading = await deps.read(actor, record, offset);
    const bytes = Buffer.from(JSON.stringify({ ok: true, view: reading.view } satisfies ViewAnswer));
    // Only what was watched from before the reading can be told from what changed during it.
    const wasWatched = kept !== undefined && isSame(kept.scopes, reading.scopes);
    const answer = wasWatched && grounds ? answerOf(actor, { reading, grounds, bytes }) : null;
    recent.put(key, { scopes: reading.scopes, answer }, bytes.length + lengthOf(reading.scopes));
    return bytes;
  };
}

async function groundsOf(
  deps: CardAnswersDeps,
  { workspace, installation }: Actor,
  watched: { scopes: readonly string[]; record: string },
): Promise<Grounds> {
  const accounts = await deps.accountsOf(workspace.id);
  const stamp = await deps.store.stampOf(workspace.id, watched);
  return { stamp, documents: [workspace, installation, ...accounts] };
}

function holds(deps: CardAnswersDeps, answer: Answer, grounds: Grounds): boolean {
  const now = deps.clock.now().getTime();
  return (
    answer.stamp === grounds.stamp &&
    isSame(answer.documents, grounds.documents) &&
    answer.from <= now &&
    now < answer.until &&
    [...answer.stages].every(([invoiceId, stage]) => deps.presence.stage(invoiceId) === stage)
  );
}

type Read = { reading: CardReading; grounds: Grounds; bytes: Buffer };

const answerOf = ({ workspace }: Actor, { reading, grounds, bytes }: Read): Answer => ({
  ...grounds,
  bytes,
  from: reading.asOf.getTime(),
  until: holdsUntil(reading.asOf, workspace.settings.timeZone).getTime(),
  stages: reading.stages,
});

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);
