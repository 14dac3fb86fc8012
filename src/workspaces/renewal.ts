// Gives calls whose credentials were refused one more try with renewed ones, so that an ended connection is noticed at once.
import { ConnectorError } from '../errors.ts';
import type { Crm, CrmConnection } from '../crms/crm.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { AccountAccess } from './account-access.ts';

/** @param renewed throws where there are no other credentials to try with */
export const renewingCrm = (crm: Crm, renewed: (refused: CrmConnection) => Promise<CrmConnection>): Crm =>
  withRenewal(crm, { isConnection: isCrmConnection, isRefused: isReauth, renewed });

export const renewingGateway = (
  gateway: Gateway,
  { renewed, answered }: Pick<AccountAccess, 'renewed' | 'answered'>,
): Gateway =>
  withRenewal(gateway, { isConnection: isGatewayConnection, isRefused: isUnauthorized, renewed, answered });

const has = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => name in value);

const isCrmConnection = (value: unknown): value is CrmConnection =>
  has(value, 'installationId', 'accessToken');

const isGatewayConnection = (value: unknown): value is GatewayConnection =>
  has(value, 'account', 'credentials');

const isReauth = (error: unknown): boolean =>
  error instanceof ConnectorError && error.code === 'reauth_required';

/** A right that is missing is refused as well, but says nothing about the key. */
const isUnauthorized = (error: unknown): boolean =>
  error instanceof ConnectorError && isReauth(error) && error.context['status'] === 401;

type Call = (...args: unknown[]) => unknown;

type Renewal<Connection> = {
  /** Tells the argument that carries the credentials; it comes first. */
  isConnection: (value: unknown) => value is Connection;
  /** True where the other side refused the credentials, so that nothing was done. */
  isRefused: (error: unknown) => boolean;
  renewed: (refused: Connection) => Promise<Connection>;
  /** The other side took a call. */
  answered?: (connection: Connection) => Promise<void>;
};

function withRenewal<Port extends object, Connection>(port: Port, renewal: Renewal<Connection>): Port {
  const members = Object.entries(port).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === 'function' ? again(member as Call, renewal) : member,
  ]);
  return Object.fromEntries(members) as Port;
}

const again =
  <Connection>(call: Call, { isConnection, isRefused, renewed, answered }: Renewal<Connection>): Call =>
  (...args) => {
    const [connection, ...rest] = args;
    const answer = call(...args);
    if (!isConnection(connection) || !(answer instanceof Promise)) return answer;
    return answer.then(
      async (value: unknown) => {
        await answered?.(connection);
        return value;
      },
      async (error: unknown) => {
        if (!isRefused(error)) throw error;
        return call(await renewed(connection), ...rest);
      },
    );
  };
