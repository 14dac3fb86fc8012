// HubSpot as a CRM.
import type { Clock } from '../../clock.ts';
import { ConnectorError } from '../../errors.ts';
import type { Capabilities, Crm, CrmConnection } from '../crm.ts';
import { createAskFor, type HubspotSettings } from './client.ts';
import { createFindByEmail } from './match.ts';
import { createMirror } from './write/mirror.ts';
import { createOwnIds } from './write/own-ids.ts';
import {
  authorizeUrl,
  details,
  exchange,
  grantedScopes,
  optionalScopes,
  refresh,
  requiredScopes,
  revoke,
} from './oauth.ts';
import { createRead, isRecordId, objectType } from './read.ts';
import { createLacks, createProvision, type Lacks, type Provision } from './schema.ts';
import { readNotice, verifyNotice } from './read/notice.ts';
import { createShows } from './read/shown.ts';
import { createUsers } from './read/users.ts';
import { verifyCall } from './verify.ts';
import { BATCH, createWrite } from './write/records.ts';

/** HubSpot allows 110 calls in ten seconds. */
const CALLS = 90;

export function createHubspotCrm(settings: HubspotSettings, clock: Clock): Crm {
  const askFor = createAskFor(settings);
  const provision = createProvision(askFor);
  const ids = createOwnIds();
  return {
    name: 'hubspot',
    label: 'HubSpot',
    batchSize: BATCH,
    callsPerTenSeconds: CALLS,
    types: { person: 'contacts', company: 'companies', deal: 'deals' },
    objectType,
    isRecordId,
    requiredScopes,
    optionalScopes,
    authorizeUrl: (state, challenge) => authorizeUrl(settings, state, challenge),
    exchange: (code, verifier) => exchange(settings, code, verifier, clock.now),
    rotates: false,
    refresh: (refreshToken) => refresh(settings, refreshToken, clock.now),
    revoke: (refreshToken) => revoke(settings, refreshToken),
    details: (connection) => details(settings, connection),
    contactsUrl: ({ portalId }) => `${settings.appBase}/contacts/${portalId}/objects/0-1`,
    verifyCall: (call, now) => verifyCall(settings, call, now),
    verifyNotice: async (call, now) => verifyNotice(settings, call, now),
    readNotice,
    keepToken: null,
    // HubSpot shows a card, and signs its calls, only to who may see the record.
    mayAct: null,
    provision: (connection) => provisionAll(settings, provision, connection),
    lacks: (connection) => lacksOf(settings, createLacks(askFor), connection),
    write: createWrite(askFor),
    writeTogether: null,
    history: null,
    upsertMany: null,
    dailyCalls: () => [],
    ...createMirror(askFor, ids),
    shows: createShows(askFor, ids),
    ...createRead(askFor),
    changedSince: null,
    flagged: null,
    recordsNow: null,
    findByEmail: createFindByEmail(askFor),
    users: createUsers(askFor),
  };
}

const NEEDS = {
  invoices: ['crm.objects.invoices.read', 'crm.objects.invoices.write', 'crm.objects.line_items.write'],
  payments: ['crm.objects.commercepayments.read', 'crm.objects.commercepayments.write'],
} as const;

async function provisionAll(settings: HubspotSettings, provision: Provision, connection: CrmConnection) {
  const { currency } = await details(settings, connection);
  const granted = new Set(await grantedScopes(settings, connection));
  const summary = await provision(connection, 'summary', currency);
  const offered = async (schema: keyof typeof NEEDS): Promise<number | null> =>
    NEEDS[schema].every((scope) => granted.has(scope))
      ? provision(connection, schema, currency).catch(notOffered)
      : null;
  const invoices = await offered('invoices');
  // Payments without their invoices would say less than the fields on people do.
  const payments = invoices === null ? null : await offered('payments');
  const capabilities: Capabilities = {
    mirrorInvoices: invoices !== null,
    commercePayments: payments !== null,
  };
  return { created: summary + (invoices ?? 0) + (payments ?? 0), capabilities };
}

async function lacksOf(settings: HubspotSettings, lacks: Lacks, connection: CrmConnection) {
  const granted = new Set(await grantedScopes(settings, connection));
  const lacking = await lacks(connection, 'summary');
  for (const schema of ['invoices', 'payments'] as const) {
    const offered = NEEDS[schema].every((scope) => granted.has(scope))
      ? await lacks(connection, schema).catch(notOffered)
      : null;
    // As in provisioning: payments without their invoices are not kept.
    if (offered === null) break;
    lacking.push(...offered);
  }
  return lacking;
}

/** An account may lack an object although the scopes for it were granted. */
function notOffered(error: unknown): null {
  if (error instanceof ConnectorError && [403, 404].includes(Number(error.context['status']))) return null;
  throw error;
}
