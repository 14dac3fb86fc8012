// Looks whether accounts and installations are as they should be: asks gateway and CRM, and changes nothing unless told to.
import type { Clock } from '../clock.ts';
import type { Crm } from '../crms/crm.ts';
import { asConnectorError } from '../errors.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Store } from '../store/store.ts';
import { renewWork } from './leave-renewal.ts';
import { clockOf, fieldsOf, flagsOf, peopleOf } from './probes.ts';
import type { ConnectionFor } from './tokens.ts';
import type { GatewayAccount, Installation, Workspace } from './workspace.ts';

/** `warn` asks a person to look some day; `failed` means that something does not work. */
export type Check = { name: string; about: string | null; state: 'ok' | 'warn' | 'failed'; says: string };

export type ExamineDeps = {
  store: Store;
  clock: Clock;
  gateway: Pick<Gateway, 'apiVersion' | 'webhooks' | 'time'>;
  crmOf: (name: Installation['crm']) => Crm;
  accountConnection: (account: string) => Promise<GatewayConnection>;
  connectionFor: ConnectionFor;
  workspace: (id: string) => Promise<Workspace>;
  /** Of the fields that this release writes. */
  schemaVersion: number;
};

type Finding = Pick<Check, 'state' | 'says'>;

const ok = (says: string): Finding => ({ state: 'ok', says });
const warn = (says: string): Finding => ({ state: 'warn', says });
const failed = (says: string): Finding => ({ state: 'failed', says });

/** @param repair makes fields that are gone from a CRM, and has its records filled again where it made some */
export const createExamine =
  (deps: ExamineDeps) =>
  async (repair: boolean): Promise<Check[]> => {
    const checks = [await queues(deps)];
    for (const account of await deps.store.accounts()) checks.push(...(await checksOfAccount(deps, account)));
    for (const one of await deps.store.installations())
      checks.push(...(await checksOfInstallation(deps, one, repair)));
    return checks;
  };

async function checksOfAccount(deps: ExamineDeps, account: GatewayAccount): Promise<Check[]> {
  const first = await checked('account', account.id, () => accountOf(deps, account));
  if (account.state === 'disconnected') return [first];
  const clock = async () => clockOf(deps, await deps.accountConnection(account.id));
  return [first, await probed('clock', account.id, clock)];
}

async function checksOfInstallation(deps: ExamineDeps, one: Installation, repair: boolean): Promise<Check[]> {
  const first = await checked('installation', one.id, () => installationOf(deps, one));
  if (one.state !== 'installed') return [first];
  const people = async () => {
    const workspace = await deps.workspace(one.workspaceId);
    return peopleOf(deps.crmOf(one.crm), await deps.connectionFor(one.id), one, workspace);
  };
  const fields = repair
    ? checked('fields', one.id, () => repaired(deps, one))
    : probed('fields', one.id, async () => fieldsOf(deps.crmOf(one.crm), await deps.connectionFor(one.id)));
  const { flagged } = deps.crmOf(one.crm);
  const forgetting = flagged
    ? [await probed('forgetting', one.id, async () => flagsOf(flagged, await deps.connectionFor(one.id)))]
    : [];
  return [first, await fields, await probed('people', one.id, people), ...forgetting];
}

/** What only asks whether a belief holds: that it could not ask is no failure. */
async function probed(name: string, about: string, look: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, about, ...(await look()) };
  } catch (error) {
    return { name, about, ...warn(`could not be asked: ${asConnectorError(error).publicMessage}`) };
  }
}

/** Whatever gateway or CRM answer becomes a sentence: the next one is looked at all the same. */
async function checked(name: string, about: string, look: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, about, ...(await look()) };
  } catch (error) {
    return { name, about, ...failed(asConnectorError(error).publicMessage) };
  }
}

/** Nothing waits this long while the connector works, except for trouble elsewhere. */
const LONG_MS = 15 * 60_000;

async function queues({ store, clock }: ExamineDeps): Promise<Check> {
  const { dead, oldestWaitingAt } = await store.counts();
  const waits = oldestWaitingAt === null ? 0 : clock.now().getTime() - Date.parse(oldestWaitingAt);
  const base = { name: 'queues', about: null };
  if (waits > LONG_MS) return { ...base, ...failed(`an event waits since ${oldestWaitingAt}`) };
  if (dead > 0) return { ...base, ...warn(`${dead} given up on; see dead-letters list`) };
  return { ...base, ...ok('nothing waits for long, nothing was given up on') };
}

async function accountOf(deps: ExamineDeps, { id, webhook, state }: GatewayAccount): Promise<Finding> {
  const found = await deps.gateway.webhooks(await deps.accountConnection(id));
  if (state === 'disconnected') return failed('the gateway refused it; connect it again');
  if (!webhook) return ok('reached; heard at the address of the app');
  const endpoint = found.find((one) => one.id === webhook.endpointId);
  if (!endpoint) return failed('its webhook endpoint is gone; run move-endpoints');
  if (!endpoint.enabled) return failed('its webhook endpoint is disabled; enable it at the gateway');
  if (webhook.retiring) return warn(`two endpoints tell since ${webhook.retiring.since}; run move-endpoints`);
  if (endpoint.version !== deps.gateway.apiVersion)
    return warn(`told in version ${endpoint.version ?? 'of the account'}; run move-endpoints`);
  return ok(`reached; told in version ${endpoint.version}`);
}

async function installationOf(deps: ExamineDeps, installation: Installation): Promise<Finding> {
  const { id, crm: name, state, scopes, schemaVersion } = installation;
  if (state !== 'installed') return warn(`not installed any more (${state})`);
  const crm = deps.crmOf(name);
  const { currency } = await crm.details(await deps.connectionFor(id));
  const missing = crm.requiredScopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return failed(`lacks ${missing.join(', ')}; install it again`);
  if (schemaVersion !== deps.schemaVersion)
    return warn(`has fields of version ${schemaVersion}, not ${deps.schemaVersion}; install it again`);
  if (currency !== installation.currency)
    return warn(`its currency is ${currency} now, not ${installation.currency}; install it again`);
  return ok(`reached; ${scopes.length} rights`);
}

async function repaired({ store, clock, ...deps }: ExamineDeps, one: Installation): Promise<Finding> {
  const { created } = await deps.crmOf(one.crm).provision(await deps.connectionFor(one.id));
  if (created === 0) return ok('all there');
  const again = { again: 'everything', installationId: one.id, anew: true, match: false } as const;
  const nextAt = clock.now().toISOString();
  await store.addWork([{ ...renewWork(one.workspaceId, again), nextAt }]);
  return warn(`${created} were gone and are made again; records are being filled`);
}
