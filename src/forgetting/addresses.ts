// Addresses of erased persons: a keyed mark of each stays, by which one that comes back is known, and from which none can be read.
import { createHmac, randomBytes } from 'node:crypto';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';

export type Addresses = {
  /** Which of these belong to somebody who was erased, as they were given. */
  erasedAmong(workspaceId: string, addresses: string[]): Promise<ReadonlySet<string>>;
  bury(workspaceId: string, addresses: string[]): Promise<void>;
};

export type AddressDeps = {
  store: Pick<Store, 'lock' | 'workspaces' | 'saveWorkspace' | 'addTombstones' | 'tombstonesAmong'>;
  secrets: Secrets;
};

const KEY_BYTES = 32;

export const placeOfTombstones = (workspaceId: string) => ({ workspaceId, column: 'workspace.tombstoneKey' });

/** One spelling of what people take for the same address. */
export const sameAddress = (address: string): string => address.trim().toLowerCase();

export function createAddresses({ store, secrets }: AddressDeps): Addresses {
  const find = async (workspaceId: string) => (await store.workspaces()).find(({ id }) => id === workspaceId);
  const markWith = (workspaceId: string, sealed: string) => {
    const key = secrets.open(sealed, placeOfTombstones(workspaceId));
    return (address: string): string =>
      createHmac('sha256', Buffer.from(key, 'base64')).update(sameAddress(address)).digest('base64url');
  };
  return {
    async erasedAmong(workspaceId, addresses) {
      const sealed = (await find(workspaceId))?.tombstoneKey;
      if (sealed === undefined) return new Set();
      const markOf = markWith(workspaceId, sealed);
      const marks = new Set(await store.tombstonesAmong(workspaceId, [...new Set(addresses.map(markOf))]));
      return new Set(addresses.filter((address) => marks.has(markOf(address))));
    },
    async bury(workspaceId, addresses) {
      if (addresses.length === 0) return;
      const sealed = await keyFor({ store, secrets }, workspaceId);
      await store.addTombstones(workspaceId, [...new Set(addresses.map(markWith(workspaceId, sealed)))]);
    },
  };
}

/** Made once: marks of another key would be those of nobody. It is no key of the ring, which may be changed. */
const keyFor = ({ store, secrets }: AddressDeps, workspaceId: string): Promise<string> =>
  store.lock(`workspace:${workspaceId}`, async () => {
    const workspace = (await store.workspaces()).find(({ id }) => id === workspaceId);
    if (!workspace) throw new Error(`no workspace ${workspaceId}`);
    if (workspace.tombstoneKey) return workspace.tombstoneKey;
    const tombstoneKey = secrets.seal(
      randomBytes(KEY_BYTES).toString('base64'),
      placeOfTombstones(workspaceId),
    );
    await store.saveWorkspace({ ...workspace, tombstoneKey });
    return tombstoneKey;
  });
