// Asks accounts and CRMs whether what is believed of them holds; changes nothing, and a question that fails is no failure.
import type { Clock } from '../clock.ts';
import type { Crm, CrmConnection } from '../crms/crm.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Check } from './examine.ts';
import type { Installation, Workspace } from './workspace.ts';

type Finding = Pick<Check, 'state' | 'says'>;

const APART_MS = 60_000;
/** Signatures of an event are refused from here on. */
const TOO_FAR_MS = 5 * 60_000;

/** Our clock is read before and after: an answer that took long says nothing about the seconds it took. */
export async function clockOf(
  { gateway, clock }: { gateway: Pick<Gateway, 'time'>; clock: Clock },
  connection: GatewayConnection,
): Promise<Finding> {
  const before = clock.now().getTime();
  const told = await gateway.time(connection);
  const after = clock.now().getTime();
  if (!told) return { state: 'warn', says: 'the gateway did not tell its time; compare the clocks by hand' };
  const apart = Math.max(before - told.getTime(), told.getTime() - after, 0);
  const says = `${Math.round(apart / 1000)} seconds from the gateway’s`;
  if (apart > TOO_FAR_MS)
    return { state: 'failed', says: `${says}: webhooks are refused; set this machine’s clock` };
  if (apart > APART_MS) return { state: 'warn', says: `${says}; set this machine’s clock` };
  return { state: 'ok', says: 'agrees with the gateway’s' };
}

/** More would hide the rest of what the doctor says. */
const MOST_NAMED = 8;

export async function fieldsOf(crm: Pick<Crm, 'lacks'>, connection: CrmConnection): Promise<Finding> {
  const lacking = await crm.lacks(connection);
  if (lacking.length === 0) return { state: 'ok', says: 'all there' };
  const more = lacking.length > MOST_NAMED ? ` and ${lacking.length - MOST_NAMED} more` : '';
  const named = lacking.slice(0, MOST_NAMED).join(', ');
  return { state: 'warn', says: `lacks ${named}${more}; run doctor --repair` };
}

/** A portal need not keep such a flag; whoever uses one has to know that it is not seen. */
export async function flagsOf(
  flagged: NonNullable<Crm['flagged']>,
  connection: CrmConnection,
): Promise<Finding> {
  return (await flagged(connection, null)) === null
    ? {
        state: 'warn',
        says: 'the CRM keeps no flag by which people ask to be forgotten, or does not show it; they are erased by the command alone',
      }
    : { state: 'ok', says: 'whoever is flagged there is erased here' };
}

/** Whoever installed, or has a role, is known by the id that signed calls carry. */
export async function peopleOf(
  crm: Pick<Crm, 'users'>,
  connection: CrmConnection,
  { crm: name, installedBy }: Pick<Installation, 'crm' | 'installedBy'>,
  { settings }: Pick<Workspace, 'settings'>,
): Promise<Finding> {
  const roles = Object.keys(settings.roles).filter((key) => key.startsWith(`${name}:`));
  const known = new Set([installedBy, ...roles.map((key) => key.slice(name.length + 1))]);
  const users = await crm.users(connection);
  return users.some(({ id }) => known.has(id))
    ? { state: 'ok', says: 'known by the ids that calls carry' }
    : {
        state: 'warn',
        says: 'nobody with a role is among the CRM’s users; a role given by name may not count',
      };
}
