// The doors by which another CRM joins a workspace: what the settings page reads of it, and what its admins do.
import type { House } from './house.ts';
import type { Background } from './background.ts';
import { createDoorLimit } from '../http/door-limit.ts';
import { createOtherCrmReader } from '../http/other-crm-reader.ts';
import { otherCrmRoutes, type OtherCrmDoors, type OtherCrmOutcome } from '../http/other-crm-routes.ts';
import {
  askToJoin,
  declineJoin,
  hasMoved,
  inviteToJoin,
  isWaiting,
  requestsTo,
  takeBack,
  whyStays,
  type Asking,
} from '../workspaces/join.ts';
import { confirmJoin } from '../workspaces/move.ts';
import type { Installation } from '../workspaces/workspace.ts';

/** Tries of one kind a minute, for one installation; whoever reads a code aloud mistypes it a few times. */
const TRIES = 10;

export function otherCrmReader(house: House) {
  const { crms, directory, clock } = house;
  return createOtherCrmReader({
    crms: crms.all,
    workspace: directory.workspace,
    installationsOf: directory.installationsOf,
    requestsTo: (workspaceId) => requestsTo(house, workspaceId),
    isWaiting: (one: Installation): one is Asking => isWaiting(one, clock.now()),
    hasMoved,
    whyStays: (installation) => whyStays(house, installation),
    now: () => clock.now(),
    users: async ({ id }) => crms.calls.users(await house.connectionFor(id)),
  });
}

export function otherCrmDoor(
  house: House,
  { wake }: Pick<Background, 'wake'>,
  { view, actorAgain }: Pick<OtherCrmDoors, 'view' | 'actorAgain'>,
) {
  return otherCrmRoutes({
    view,
    actorAgain,
    limit: createDoorLimit(TRIES),
    async act({ workspace, installation, userId }, request): Promise<OtherCrmOutcome> {
      const admin = { workspaceId: workspace.id, crm: installation.crm, userId };
      switch (request.step) {
        case 'make-code':
          return { ok: true, code: await inviteToJoin(house, admin, request.operationId) };
        case 'ask':
          return askToJoin(house, admin, installation.id, request.code);
        case 'take-back':
          return takeBack(house, admin, installation.id);
        case 'confirm':
          return confirmJoin({ ...house, wake }, admin, request.requestId);
        case 'decline':
          return declineJoin(house, admin, request.requestId);
      }
    },
  });
}
