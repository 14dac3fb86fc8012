// The doors of the settings page: settings, customers without a record, and the pay page kind that is chosen there.
import type { House } from './house.ts';
import type { Background } from './background.ts';
import { otherCrmDoor, otherCrmReader } from './other-crm-doors.ts';
import type { Actor } from '../billing/operation.ts';
import { mayStart } from '../billing/permissions.ts';
import { holdsCardNumber } from '../billing/text-guard.ts';
import { createSettingsReader } from '../http/settings-reader.ts';
import { settingsRoutes } from '../http/settings-routes.ts';
import { createUnmatchedReader } from '../http/unmatched-reader.ts';
import { unmatchedRoutes } from '../http/unmatched-routes.ts';
import { unmatchedPayers } from '../reconcile/unmatched.ts';
import type { PayView } from '../views/pay-schema.ts';
import { writesBack } from '../workspaces/directory.ts';
import { steerImport } from '../workspaces/imports.ts';
import { putRight } from '../workspaces/kept-edits.ts';
import { saveSettings } from '../workspaces/settings.ts';
import { actorOf } from './actor.ts';

/** What the settings page asks for, and what its admins change. */
export function settingsDoors(house: House, background: Pick<Background, 'wake'>) {
  const { store, clock, directory, crms, links, config } = house;
  const view = createSettingsReader({
    store,
    writesBack,
    workspace: directory.workspace,
    accountsOf: directory.accountsOf,
    currentAccount: directory.currentAccount,
    crmOf: ({ crm }) => crms.of(crm),
    users: async ({ id }) => crms.calls.users(await house.connectionFor(id)),
    otherCrm: otherCrmReader(house),
    connectUrl: (workspaceId, userId) =>
      `${config.PUBLIC_BASE_URL}/connect/stripe?link=${encodeURIComponent(links.sign(workspaceId, userId))}`,
  });
  const actorAgain = async (actor: Actor): Promise<Actor> => {
    const { crm, portalId } = actor.installation;
    return (await actorOf(house, { crm, portalId, userId: actor.userId })) ?? actor;
  };
  const settings = settingsRoutes({
    view,
    actorAgain,
    async steer({ workspace, installation, userId }, { history, putRight: isPutRight, operationId }) {
      const by = { actor: `${installation.crm}:${userId}`, operationId };
      if (history) {
        await steerImport(house, workspace.id, { ...history, ...by });
        background.wake('backfill');
      }
      if (!isPutRight) return;
      await putRight(house, { workspaceId: workspace.id, installationId: installation.id, ...by });
      background.wake('renew');
    },
    save: ({ workspace, installation, userId }, request) =>
      saveSettings(
        { store, clock, directory, holdsCardNumber },
        { workspaceId: workspace.id, crm: installation.crm, userId, request },
      ),
  });
  return [settings, otherCrmDoor(house, background, { view, actorAgain }), unmatchedDoor(house)];
}

function unmatchedDoor({ store, crms, connectionFor }: House) {
  return unmatchedRoutes({
    mayAssign: (role) => mayStart(role, 'assign-payer'),
    list: createUnmatchedReader({
      payersOf: (workspaceId, installationId) => unmatchedPayers(store, workspaceId, installationId),
      read: async ({ id }, objectType, recordIds) =>
        crms.calls.read(await connectionFor(id), objectType, recordIds),
    }),
  });
}

/** Loads the links of workspaces whose admin chose the gateway's page. */
export function hostedLinks(
  { directory, payLinks }: House,
  load: (token: string, locale: string) => Promise<PayView | null>,
) {
  return async (token: string): Promise<PayView | null> => {
    const target = payLinks.read(token);
    const account = target && (await directory.account(target.account));
    if (!account) return null;
    const { settings } = await directory.workspace(account.workspaceId);
    return settings.payPage === 'hosted' ? load(token, 'en') : null;
  };
}
