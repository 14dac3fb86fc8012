// Reads the tax rates of an account again, so that cards offer what the gateway has and nothing it has retired.
import type { Clock } from '../clock.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';

export type RateDeps = {
  store: Pick<Store, 'saveAccount' | 'lock'>;
  clock: Clock;
  directory: Pick<Directory, 'account'>;
  gateway: Pick<Gateway, 'taxRates'>;
  accountConnection: (account: string) => Promise<GatewayConnection>;
};

/** @returns what reads and keeps the rates of one account of ours */
export const createRereadRates =
  (deps: RateDeps) =>
  async (id: string): Promise<void> => {
    const taxRates = await deps.gateway.taxRates(await deps.accountConnection(id));
    const ratesAt = deps.clock.now().toISOString();
    await deps.store.lock(`account:${id}`, async () => {
      const account = await deps.directory.account(id);
      if (account) await deps.store.saveAccount({ ...account, taxRates, ratesAt });
    });
  };
