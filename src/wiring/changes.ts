// How the house hears of what changes in CRMs: by notices at the door, and by asking.
import type { House } from './house.ts';
import { accessDenied } from '../errors.ts';
import type { CrmConnection } from '../crms/crm.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { createForgetFlagged } from '../forgetting/flagged.ts';
import { eraseContact } from '../forgetting/request.ts';
import { createAcceptNotice, type AcceptNotice } from '../inbox/accept-notice.ts';
import { createHeed, type Heed } from '../inbox/heed.ts';
import type { Loop } from '../loops.ts';
import type { Post } from '../posting/post.ts';
import { createApplyChanges } from '../reconcile/changes.ts';
import type { Follow } from '../reconcile/follow.ts';
import { lookAtRecords } from '../reconcile/look.ts';
import { createPollFlagged } from '../reconcile/poll-flagged.ts';
import { createPoll } from '../reconcile/poll.ts';
import type { Polled } from '../reconcile/polling.ts';
import { createHoldsToken } from '../workspaces/card-tokens.ts';

/** @returns who takes the notices of a CRM; null for one that sends none, or that this connector has no settings for */
export function noticesOf(house: House, wake: () => void): (crm: string) => AcceptNotice | null {
  const { store, clock, directory } = house;
  const takers = new Map(
    house.crms.all.flatMap(({ name, verifyNotice }) => {
      if (!verifyNotice) return [];
      const holds = createHoldsToken(directory, name);
      const taker = createAcceptNotice({
        store,
        clock,
        wake,
        verify: (call, now) => verifyNotice(call, now, holds),
        async notifierOf(portalId) {
          const installation = await directory.installationByPortal(name, portalId);
          return installation?.state === 'uninstalled' ? undefined : installation;
        },
      });
      return [[name as string, taker] as const];
    }),
  );
  return (crm) => takers.get(crm) ?? null;
}

export const heedOf = ({ clock, directory, crms }: House): Heed =>
  createHeed({
    clock,
    forgetWork: (workspaceId, record, at) =>
      eraseContact({ workspaceId, actor: record.installationId, at }, record, true),
    async readNotice(installationId, raw) {
      const installation = await directory.installation(installationId);
      return (installation && crms.of(installation.crm).readNotice?.(raw, installation.portalId)) ?? null;
    },
  });

type Base = Pick<House, 'store' | 'clock' | 'log'> & { post: Post; retryBaseMs: number; leaseMs: number };

export function changeLoops(house: House, base: Base, follow: Follow): Loop[] {
  const { crms } = house;
  const apply = createApplyChanges({ ...base, follow });
  const looking = {
    ...base,
    apply,
    connectionOf: async (id: string) =>
      (await house.directory.installation(id))?.state === 'installed' ? house.connectionFor(id) : null,
    recordsNow: async (connection: CrmConnection, records: RecordRef[]) =>
      asked(crms.of(connection.crm).recordsNow)(connection, records),
  };
  const polling = {
    ...base,
    apply,
    polled: () => polled(house, 'changedSince'),
    connectionFor: house.connectionFor,
    changedSince: async (connection: CrmConnection, since: string, cursor: string | null) =>
      asked(crms.of(connection.crm).changedSince)(connection, since, cursor),
  };
  const forgetting = {
    ...base,
    polled: () => polled(house, 'flagged'),
    connectionFor: house.connectionFor,
    flagged: async (connection: CrmConnection, cursor: string | null) =>
      asked(crms.of(connection.crm).flagged)(connection, cursor),
    forget: createForgetFlagged(base),
  };
  return [
    { name: 'look', run: () => lookAtRecords(looking) },
    { name: 'poll', run: createPoll(polling) },
    { name: 'forget', run: createPollFlagged(forgetting) },
  ];
}

function asked<Call>(call: Call | null): Call {
  if (!call) throw accessDenied({ context: { code: 'not_asked' } });
  return call;
}

async function polled({ store, crms }: House, call: 'changedSince' | 'flagged'): Promise<Polled[]> {
  const askable = new Set(crms.all.flatMap((crm) => (crm[call] ? [crm.name] : [])));
  return (await store.installations()).filter(({ state, crm }) => state === 'installed' && askable.has(crm));
}
