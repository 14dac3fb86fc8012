// One org at the stand-in's screen: what people and admins do there, and what tests look at.
import { callout } from './apex.ts';
import { finish } from './bulk-jobs.ts';
import { endFamily } from './oauth.ts';
import { createRecord, existing, mergeRecords, removeRecord, updateRecord, type Place } from './records.ts';
import { refIn } from './seeding.ts';
import { fieldsShown } from './shown.ts';
import type { OrgDoor } from './types.ts';
import { orgOf, tableOf, type World } from './world.ts';

export function orgDoor(world: World, id: string): OrgDoor {
  const place = (): Place => ({ world, org: orgOf(world, id) });
  const org = () => orgOf(world, id);
  return {
    id,
    create: (type, fields) => createRecord(place(), type, fields).id,
    update: (type, recordId, fields) => void updateRecord(place(), type, recordId, fields),
    remove: (type, recordId) => void removeRecord(place(), type, recordId),
    purge: () => org().bin.clear(),
    merge: (type, masterId, otherId) => mergeRecords(place(), type, masterId, otherId),
    fields: (type, recordId) =>
      tableOf(org(), type).has(recordId) ? fieldsShown(org(), existing(org(), type, recordId)) : undefined,
    all: (type) => [...tableOf(org(), type).values()].map((record) => fieldsShown(org(), record)),
    ref: (word) => refIn(org(), word),
    share: (userId, recordId, sees) => {
      const key = `${userId} ${recordId}`;
      if (sees) org().unseen.delete(key);
      else org().unseen.add(key);
    },
    expireSessions: () => {
      for (const [token, session] of world.sessions) if (session.orgId === id) world.sessions.delete(token);
    },
    uninstall: () => {
      for (const family of new Set(world.refreshTokens.values()))
        if (family.orgId === id) endFamily(world, family);
    },
    closeOrg: () => void (org().closed = true),
    usage: () => org().calls.length,
    setUsage: (calls) => {
      org().calls = Array.from({ length: calls }, () => world.clock.now().getTime());
    },
    jobs: () =>
      [...org().jobs.values()].map(({ id: job, object, state, processed }) => ({
        id: job,
        object,
        state,
        processed,
      })),
    runJobs: () => {
      for (const job of org().jobs.values()) finish(place(), job);
    },
    events: () => org().events,
    apex: (call) => callout(world, org(), call),
  };
}
