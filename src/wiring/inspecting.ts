// What `doctor --deep` looks through: what the store keeps, and whether each ledger is what its facts say.
import { asConnectorError } from '../errors.ts';
import { rebuild } from '../posting/rebuild.ts';
import type { Inspected } from '../store/store.ts';
import type { Check } from '../workspaces/examine.ts';
import type { House } from './house.ts';

type Kept = Pick<House, 'store' | 'clock'>;

const STATES = { sound: 'ok', damaged: 'failed', unknown: 'warn' } as const;

export async function inspect(house: Kept): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    for await (const one of house.store.inspect()) checks.push(checkOf(one));
    for (const { id } of await house.store.workspaces()) checks.push(await ledgerOf(house, id));
  } catch (error) {
    const { publicMessage: says } = asConnectorError(error);
    checks.push({
      name: 'kept',
      about: null,
      state: 'failed',
      says: `not looked through to its end: ${says}`,
    });
  }
  return checks;
}

const checkOf = ({ part, state, says }: Inspected): Check => ({
  name: 'kept',
  about: part,
  state: STATES[state],
  says,
});

async function ledgerOf({ store, clock }: Kept, workspaceId: string): Promise<Check> {
  const { facts, rows, different } = await rebuild({ store, clock }, workspaceId, true);
  const base = { name: 'ledger', about: workspaceId };
  const counts = `${rows} rows of ${facts} facts`;
  return different.length === 0
    ? { ...base, state: 'ok', says: `${counts}, all as the facts say` }
    : {
        ...base,
        state: 'failed',
        says: `${counts}, ${different.length} not as the facts say; rebuild puts them right`,
      };
}
