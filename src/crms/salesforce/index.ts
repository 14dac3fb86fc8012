// Salesforce as a CRM.
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Crm } from '../crm.ts';
import { createAskFor, type SalesforceSettings } from './client.ts';
import { createUsage } from './client/usage.ts';
import { createFindByEmail } from './match.ts';
import {
  authorizeUrl,
  createDetails,
  exchange,
  optionalScopes,
  refresh,
  requiredScopes,
  revoke,
} from './oauth.ts';
import { createKeepToken } from './oauth/card-token.ts';
import { createRead, objectType, TYPES } from './read.ts';
import { createChangedSince, createRecordsNow } from './read/changes.ts';
import { createFlagged } from './read/flagged.ts';
import { readNotice, verifyNotice } from './read/notice.ts';
import { isRecordId } from './read/record-id.ts';
import { createShows } from './read/shown.ts';
import { createMayAct, createUsers } from './read/users.ts';
import { createLacks, createProvision } from './schema.ts';
import { createOrgs } from './schema/org.ts';
import { verifyCall } from './verify.ts';
import { BATCH, createWrite } from './write.ts';
import { createJobs } from './write/jobs.ts';
import { createLooseJobs } from './write/loose-jobs.ts';
import { createUpsertMany, LEAST, MOST } from './write/many.ts';

/** Salesforce counts calls by the day; this keeps a burst from filling the few calls an org may run side by side. */
const CALLS = 50;

export function createSalesforceCrm(settings: SalesforceSettings, clock: Clock, log: Log): Crm {
  const { now } = clock;
  const usage = createUsage(now, log);
  const askFor = createAskFor(settings, usage);
  const orgs = createOrgs(askFor);
  const loose = createLooseJobs({ askFor, orgOf: orgs.of, now });
  const jobs = createJobs({ askFor, loose, now, pollMs: settings.pollMs });
  return {
    name: 'salesforce',
    label: 'Salesforce',
    batchSize: BATCH,
    callsPerTenSeconds: CALLS,
    types: TYPES,
    objectType,
    isRecordId,
    requiredScopes,
    optionalScopes,
    authorizeUrl: (state, challenge) => authorizeUrl(settings, state, challenge),
    exchange: (code, verifier) => exchange(settings, code, verifier, clock.now),
    rotates: true,
    refresh: (token, apiBase) => refresh(settings, token, apiBase, clock.now),
    revoke: (token, apiBase) => revoke(settings, token, apiBase),
    details: createDetails(askFor, orgs.of),
    contactsUrl: ({ apiBase = settings.loginBase }) => `${apiBase}/lightning/o/Contact/list`,
    verifyCall: (call, _now, holds) => verifyCall(call, holds),
    verifyNotice: (call, _now, holds) => verifyNotice(call, holds),
    readNotice: (raw) => readNotice(raw),
    keepToken: createKeepToken(askFor, orgs.of),
    mayAct: createMayAct(askFor),
    provision: createProvision(askFor, orgs),
    lacks: createLacks(askFor, orgs),
    ...createWrite({ askFor, orgOf: orgs.of, loose, now }),
    history: { least: LEAST, most: MOST, waitsMs: usage.historyWaitsMs },
    upsertMany: createUpsertMany(jobs, orgs.of),
    dailyCalls: usage.all,
    ...createRead(askFor, orgs.of),
    shows: createShows(askFor, orgs.of, loose),
    changedSince: createChangedSince(askFor),
    recordsNow: createRecordsNow(askFor),
    flagged: createFlagged(askFor),
    findByEmail: createFindByEmail(askFor),
    users: createUsers(askFor),
  };
}
