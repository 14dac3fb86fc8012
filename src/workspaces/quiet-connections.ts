// Looks after connections nobody calls: renews tokens before they are forgotten, notices uninstalls, asks again where a gateway refused us or what we know of an account is a day old.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { AccountAccess } from './account-access.ts';
import type { ConnectionFor } from './tokens.ts';
import type { GatewayAccount, Installation } from './workspace.ts';

const LOOK_EVERY_MS = 10 * 60_000;
const QUIET_MS = 24 * 60 * 60_000;

export type QuietDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  connectionFor: ConnectionFor;
  accounts: Pick<AccountAccess, 'endsAt'>;
  /** Calls the gateway, which notices by itself that it takes us again. */
  rereadRates: (account: string) => Promise<void>;
  hearAll: (account: string) => Promise<void>;
};

/** A loop's work; looks into the store only every ten minutes. @returns how many connections were looked after */
export function createQuietCheck(deps: QuietDeps): () => Promise<number> {
  let nextLook = 0;
  return async () => {
    const now = deps.clock.now().getTime();
    if (now < nextLook) return 0;
    nextLook = now + LOOK_EVERY_MS;
    const installations = (await deps.store.installations()).filter((one) => isQuiet(one, now));
    for (const { id } of installations) await tried(deps, { installation: id }, () => deps.connectionFor(id));
    const accounts = (await deps.store.accounts()).filter((one) => needsCare(deps, one, now));
    for (const { id } of accounts) {
      await tried(deps, { account: id }, () => deps.rereadRates(id));
      await tried(deps, { account: id }, () => deps.hearAll(id));
    }
    return installations.length + accounts.length;
  };
}

const isQuiet = ({ tokens }: Installation, now: number): boolean =>
  tokens !== null && now - Date.parse(tokens.expiresAt) > QUIET_MS;

/** Refused, though it has credentials that may work again; its token ended a day ago and has to be renewed while it can; or its rates are old. */
function needsCare({ accounts }: QuietDeps, account: GatewayAccount, now: number): boolean {
  if (!account.credentials) return false;
  const { state, ratesAt, connectedAt } = account;
  const oldest = Math.min(Date.parse(ratesAt ?? connectedAt), accounts.endsAt(account) ?? now);
  return state === 'disconnected' || now - oldest > QUIET_MS;
}

async function tried(
  deps: QuietDeps,
  what: { installation?: string; account?: string },
  call: () => Promise<unknown>,
): Promise<void> {
  await call().catch((error: unknown) => {
    const { code } = asConnectorError(error);
    deps.log.warn('a quiet connection could not be renewed', { ...what, code });
  });
}
