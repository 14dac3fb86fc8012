// Says when a record shows something new: by platform event, or by a gentle poll where the org has no event to spare.
import { isEmpEnabled, onError, subscribe, unsubscribe } from 'lightning/empApi';
import eventChannel from '@salesforce/apex/PaysideController.eventChannel';
import { pause, QUIET_MS } from 'c/paysidePause';

/** @typedef {{ recordId: string, tell: () => void }} Listener */

/** One subscription serves every card of the page: an org has few. */
/** @type {Set<Listener>} */
const listeners = new Set();
/** @type {object | null} */
let subscription = null;
let isPolling = false;
let isAsking = false;

/** Ids come with 15 or 18 characters. @param {string} id */
const bare = (id) => id.slice(0, 15);

/** A managed package puts its namespace before the field's name. @param {Record<string, unknown>} payload */
const recordOf = (payload) =>
  String(Object.entries(payload).find(([name]) => name.endsWith('Record_Id__c'))?.[1] ?? '');

/** @param {{ data: { payload: Record<string, unknown> } }} message */
function heard({ data }) {
  const id = bare(recordOf(data.payload));
  for (const { recordId, tell } of listeners) if (bare(recordId) === id) tell();
}

/** The org's subscribers may all be taken, or the connection may end: then cards look for themselves. */
async function poll() {
  if (isPolling) return;
  isPolling = true;
  await pause(QUIET_MS);
  isPolling = false;
  if (listeners.size === 0 || subscription) return;
  if (!document.hidden) for (const { tell } of listeners) tell();
  poll();
}

function lost() {
  subscription = null;
  if (listeners.size > 0) poll();
}

async function listen() {
  if (subscription || isAsking) return;
  isAsking = true;
  try {
    if (!(await isEmpEnabled())) throw new Error('no events here');
    onError(lost);
    subscription = await subscribe(await eventChannel(), -1, heard);
  } catch {
    lost();
  }
  isAsking = false;
  if (listeners.size === 0) leave();
}

async function leave() {
  const ended = subscription;
  subscription = null;
  if (ended) await unsubscribe(ended, () => {});
}

/**
 * @param {string} recordId
 * @param {() => void} tell
 * @returns {() => void} ends it
 */
export function watchRecord(recordId, tell) {
  const listener = { recordId, tell };
  listeners.add(listener);
  listen();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) leave();
  };
}
