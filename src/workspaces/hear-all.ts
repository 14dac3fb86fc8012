// Has the endpoint of an account told of every event that is read now: one that an earlier release made knows fewer.
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Directory } from './directory.ts';

export type HearingDeps = {
  directory: Pick<Directory, 'account'>;
  gateway: Pick<Gateway, 'renewWebhook'>;
  accountConnection: (account: string) => Promise<GatewayConnection>;
};

/** @returns what does so for one account of ours; accounts that are heard at the address of our app have no endpoint */
export const createHearAll =
  ({ directory, gateway, accountConnection }: HearingDeps) =>
  async (id: string): Promise<void> => {
    const account = await directory.account(id);
    if (account?.webhook) await gateway.renewWebhook(await accountConnection(id), account.webhook.endpointId);
  };
