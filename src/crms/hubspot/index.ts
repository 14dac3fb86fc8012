// HubSpot as a CRM.
import type { Clock } from '../../clock.ts';
import type { Crm, CrmConnection } from '../crm.ts';
import { createAskFor, type HubspotSettings } from './client.ts';
import { createFindByEmail } from './match.ts';
import { authorizeUrl, details, exchange, refresh, requiredScopes, revoke } from './oauth.ts';
import { createRead, isRecordId, objectType } from './read.ts';
import { createProvision } from './schema.ts';
import { verifyCall } from './verify.ts';
import { BATCH, createWrite } from './write.ts';

export function createHubspotCrm(settings: HubspotSettings, clock: Clock): Crm {
  const askFor = createAskFor(settings);
  const provision = createProvision(askFor);
  return {
    name: 'hubspot',
    batchSize: BATCH,
    objectType,
    isRecordId,
    requiredScopes,
    authorizeUrl: (state, challenge) => authorizeUrl(settings, state, challenge),
    exchange: (code, verifier) => exchange(settings, code, verifier, clock.now),
    refresh: (refreshToken) => refresh(settings, refreshToken, clock.now),
    revoke: (refreshToken) => revoke(settings, refreshToken),
    details: (connection) => details(settings, connection),
    verifyCall: (call, now) => verifyCall(settings, call, now),
    async provision(connection: CrmConnection) {
      const portal = await details(settings, connection);
      const created = await provision(connection, portal.currency);
      return { created, capabilities: { mirrorInvoices: false, commercePayments: false } };
    },
    write: createWrite(askFor),
    ...createRead(askFor),
    findByEmail: createFindByEmail(askFor),
  };
}
