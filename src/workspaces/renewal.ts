// Gives CRM calls whose token was refused one more try with a renewed one, so that an uninstall is noticed at the first call.
import { ConnectorError } from '../errors.ts';
import type { Crm, CrmConnection } from '../crms/crm.ts';

type Call = (...args: unknown[]) => unknown;
type Renewed = (refused: CrmConnection) => Promise<CrmConnection>;

/** A refused token means that nothing was done: the same call may be made again. */
export function withRenewal(crm: Crm, renewed: Renewed): Crm {
  const members = Object.entries(crm).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === 'function' ? again(member as Call, renewed) : member,
  ]);
  return Object.fromEntries(members) as Crm;
}

const again =
  (call: Call, renewed: Renewed): Call =>
  (...args) => {
    const [connection, ...rest] = args;
    const answer = call(...args);
    if (!isConnection(connection) || !(answer instanceof Promise)) return answer;
    return answer.catch(async (error: unknown) => {
      const isRefused = error instanceof ConnectorError && error.code === 'reauth_required';
      if (!isRefused) throw error;
      return call(await renewed(connection), ...rest);
    });
  };

const isConnection = (value: unknown): value is CrmConnection =>
  typeof value === 'object' && value !== null && 'installationId' in value && 'accessToken' in value;
