// Fills the orgs with their seeds, and fills them anew on reset.
import { makeId } from './ids.ts';
import { createRecord } from './records.ts';
import type { Fields, OrgSeed } from './types.ts';
import { createOrg, tableOf, type Org, type World } from './world.ts';

/** Puts the world back to what the seeds say; ids go on counting. */
export function sow(world: World, seeds: readonly OrgSeed[]): void {
  for (const table of [world.orgs, world.sessions, world.refreshTokens, world.codes, world.cursors])
    table.clear();
  for (const seed of seeds) {
    const org = createOrg(world, seed);
    world.orgs.set(seed.id, org);
    sowPlatform(world, org);
    for (const { ref, type, fields, lookups = {} } of seed.records ?? []) {
      const parents = Object.entries(lookups).map(([field, word]) => [field, refIn(org, word)]);
      const record = createRecord({ world, org }, type, { ...fields, ...Object.fromEntries(parents) });
      if (ref !== undefined) org.refs.set(ref, record.id);
    }
  }
}

export function refIn(org: Org, word: string): string {
  const found = org.refs.get(word);
  if (!found) throw new Error(`org ${org.seed.id} has no seeded record called ${word}`);
  return found;
}

/** What no API call makes: the org itself, its people, its currencies. */
function sowPlatform(world: World, org: Org): void {
  const { id, name, sandbox, timeZone, users, currency, currencies = [] } = org.seed;
  const keep = (type: string, recordId: string, values: Fields): void => {
    const now = world.clock.now().toISOString();
    const record = { id: recordId, type, values, createdAt: now, modifiedAt: now, deleted: false };
    tableOf(org, type).set(recordId, record);
  };
  keep('Organization', id, {
    Name: name,
    IsSandbox: sandbox,
    OrganizationType: sandbox ? 'Developer Edition' : 'Enterprise Edition',
    TimeZoneSidKey: timeZone,
  });
  for (const user of users)
    keep('User', user.id, {
      Name: `${user.firstName} ${user.lastName}`,
      Email: user.email,
      IsActive: user.active ?? true,
      UserType: 'Standard',
    });
  for (const IsoCode of currencies)
    keep('CurrencyType', makeId('01L', world.nextNumber()), {
      IsoCode,
      IsActive: true,
      IsCorporate: IsoCode === currency,
    });
}
