// The door of finance's sums: who may see them, and of which accounts they are.
import { createRollup } from '../http/finance-rollup.ts';
import { financeRoutes } from '../http/finance-routes.ts';
import { unmatchedCount } from '../reconcile/unmatched.ts';
import { financeView } from '../views/finance-view.ts';
import type { House } from './house.ts';

export function financeDoor({ store, clock, directory }: House) {
  const rollup = createRollup({ store, clock, unmatched: (id) => unmatchedCount(store, id) });
  return financeRoutes({
    maySee: (role) => role === 'finance' || role === 'admin',
    view: async ({ workspace, installation }) => {
      const { settings } = await directory.workspace(workspace.id);
      const accounts = await directory.accountsOf(workspace.id);
      const wish = {
        workspaceId: workspace.id,
        zone: settings.timeZone,
        accounts,
      };
      const { count } = await store.keptEdits(workspace.id, installation.id, 0);
      return financeView({ zone: settings.timeZone, accounts, keptEdits: count, ...(await rollup(wish)) });
    },
  });
}
