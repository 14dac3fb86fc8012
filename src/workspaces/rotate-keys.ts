// Seals everything anew that an older key sealed, one row at a time, while the connector works.
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import { resealCredentials } from './account-access.ts';
import { resealWebhook } from './accounts.ts';
import type { Directory } from './directory.ts';
import { resealTokens } from './tokens.ts';
import type { GatewayAccount, Installation, Sealed } from './workspace.ts';

export type RotateDeps = {
  store: Store;
  secrets: Secrets;
  directory: Directory;
  /** What is sealed of persons: seals it anew, and names all of it. */
  persons: { reseal(): Promise<number>; sealed(): Promise<string[]> };
};

/** Rows that were sealed anew, and how many sealed texts there are by the id of their key. */
export type Rotation = { resealed: number; left: Record<string, number> };

/** Whoever stops it in the middle starts it again: what is done already is passed over. */
export const createRotateKeys = (deps: RotateDeps) => async (): Promise<Rotation> => {
  let resealed = 0;
  for (const { id } of await deps.store.accounts()) resealed += await account(deps, id);
  for (const { id } of await deps.store.installations()) resealed += await installation(deps, id);
  resealed += await deps.persons.reseal();
  return { resealed, left: await leftOf(deps) };
};

/** The row is read again under its lock: whoever renews a token holds the same one. */
const account = ({ store, secrets, directory }: RotateDeps, id: string): Promise<number> =>
  store.lock(`account:${id}`, async () => {
    const now = await directory.account(id);
    if (!now || !ofAccount(now).some((sealed) => secrets.isOutdated(sealed))) return 0;
    const credentials = resealCredentials(secrets, now);
    await store.saveAccount({ ...now, credentials, webhook: resealWebhook(secrets, now) });
    return 1;
  });

const installation = ({ store, secrets, directory }: RotateDeps, id: string): Promise<number> =>
  store.lock(`installation:${id}`, async () => {
    const now = await directory.installation(id);
    if (!now || !ofInstallation(now).some((sealed) => secrets.isOutdated(sealed))) return 0;
    await store.saveInstallation({ ...now, tokens: resealTokens(secrets, now, now.workspaceId) });
    return 1;
  });

const ofAccount = ({ credentials, webhook }: GatewayAccount): Sealed[] => [
  ...(credentials ? [credentials] : []),
  ...(webhook?.secrets ?? []),
];

const ofInstallation = ({ tokens }: Installation): Sealed[] =>
  tokens ? [tokens.access, tokens.refresh] : [];

async function leftOf({ store, secrets, persons }: RotateDeps): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  const sealed = [
    ...(await store.accounts()).flatMap(ofAccount),
    ...(await store.installations()).flatMap(ofInstallation),
    ...(await persons.sealed()),
  ];
  for (const text of sealed) {
    const key = secrets.keyIdOf(text);
    left[key] = (left[key] ?? 0) + 1;
  }
  return left;
}
