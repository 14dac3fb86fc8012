// One thing a person does: sent once under one id, followed to its end, sent again under the same id when in doubt.
import { askOperation, askToOperate } from 'c/paysideConnector';
import { MOVING_MS, pause } from 'c/paysidePause';

/** @typedef {import('c/paysideConnector').Failure} Failure */
/** @typedef {import('payside/view').OperationAnswer} OperationAnswer */
/** @typedef {import('payside/view').OperationKind} OperationKind */
/** @typedef {import('payside/view').Outcome['result']} Result */
/**
 * `checking`: the gateway has not said yet how it ended.
 * @typedef {{ status: 'idle' } | { status: 'sending' }
 *   | { status: 'checking', operationId: string, message: string }
 *   | { status: 'done', result: Result }
 *   | { status: 'failed', failure: Failure, payUrl: string | null }} OperationState
 */

/** What is not known to have ended, by record and key: opening its dialog again finds it as it was. */
/** @type {Map<string, Operation>} */
const open = new Map();

/**
 * What an answer means to the person who acted.
 * @param {OperationAnswer | Failure} answer
 * @returns {OperationState}
 */
export function stateOf(answer) {
  if (!answer.ok) return { status: 'failed', failure: answer, payUrl: null };
  const { state, result, operationId } = answer.outcome;
  if (state === 'done') return { status: 'done', result };
  if (state === 'checking') return { status: 'checking', operationId, message: result.message };
  const { message, code = 'refused', payUrl = null } = result;
  return { status: 'failed', failure: { ok: false, code, message, retry: 'never' }, payUrl };
}

/** @param {OperationState} state */
const isEnded = (state) =>
  state.status === 'done' || (state.status === 'failed' && state.failure.retry === 'never');

export class Operation {
  /** @type {OperationState} */
  state = { status: 'idle' };
  /** @type {{ operationId: string } | null} */
  sent = null;
  /** @type {Set<() => void>} */
  watchers = new Set();

  /**
   * @param {string} recordId
   * @param {OperationKind} kind
   * @param {string} key names the thing acted on: two openings of one form mean one operation
   */
  constructor(recordId, kind, key) {
    this.recordId = recordId;
    this.kind = kind;
    this.key = key;
    this.name = `${recordId} ${key}`;
    /** @type {(answer: OperationAnswer | Failure, state: OperationState) => void} */
    this.onanswer = () => {};
  }

  /** Its form is on somebody's screen and says what became of it. */
  get isWatched() {
    return this.watchers.size > 0;
  }

  /** There is nothing left to read or to pass on. */
  get isOver() {
    const { state } = this;
    return state.status === 'done' && state.result.payUrl === undefined && state.result.code === undefined;
  }

  /** It must be sent again exactly as it was. */
  get isInDoubt() {
    return this.state.status === 'failed' && this.state.failure.retry !== 'never';
  }

  /** Nothing may be changed now. */
  get isLocked() {
    return this.state.status === 'sending' || this.state.status === 'checking' || this.isInDoubt;
  }

  /**
   * @param {() => void} watcher called on every change
   * @returns {() => void} ends it
   */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** @param {object} body what was filled in; the id of this click is added here */
  run(body) {
    if (this.isLocked) return Promise.resolve();
    this.sent = { ...body, operationId: crypto.randomUUID() };
    return this.send();
  }

  /** Sends exactly what was sent before, under the same id. */
  again() {
    return this.isInDoubt ? this.send() : Promise.resolve();
  }

  async send() {
    if (!this.sent) return;
    open.set(this.name, this);
    this.become({ status: 'sending' });
    this.take(await askToOperate(this.recordId, this.kind, this.sent));
  }

  /** @param {OperationAnswer | Failure} answer */
  take(answer) {
    const state = stateOf(answer);
    if (isEnded(state)) open.delete(this.name);
    this.onanswer(answer, state);
    this.become(state);
    if (state.status === 'checking') this.follow(state.operationId);
  }

  /**
   * Asks until there is an answer, also behind a dialog that was closed meanwhile.
   * @param {string} operationId
   */
  async follow(operationId) {
    await pause(MOVING_MS);
    const answer = await askOperation(operationId);
    if (!answer.ok && answer.retry === 'later') this.follow(operationId);
    else this.take(answer);
  }

  /** @param {OperationState} state */
  become(state) {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

/**
 * The operation that is still open under this key, or a new one.
 * @param {string} recordId
 * @param {OperationKind} kind
 * @param {string} key
 */
export const operationFor = (recordId, kind, key) =>
  open.get(`${recordId} ${key}`) ?? new Operation(recordId, kind, key);
