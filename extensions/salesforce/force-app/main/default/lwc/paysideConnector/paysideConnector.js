// The only way to the connector, through Apex: asks, and turns whatever comes back into an answer with words.
import operate from '@salesforce/apex/PaysideController.operate';
import operation from '@salesforce/apex/PaysideController.operation';
import read from '@salesforce/apex/PaysideController.read';
import save from '@salesforce/apex/PaysideController.save';
import view from '@salesforce/apex/PaysideController.view';

/** @typedef {import('payside/view').OperationAnswer} OperationAnswer */
/** @typedef {import('payside/view').ViewAnswer} ViewAnswer */
/** @typedef {import('payside/view').SettingsAnswer} SettingsAnswer */
/** @typedef {import('payside/view').OtherCrmAnswer} OtherCrmAnswer */
/** @typedef {import('payside/view').OtherCrmRequest} OtherCrmRequest */
/** @typedef {import('payside/view').UnmatchedAnswer} UnmatchedAnswer */
/** @typedef {import('payside/view').FinanceAnswer} FinanceAnswer */
/** @typedef {import('payside/view').OperationKind} OperationKind */
/**
 * @typedef {object} Failure
 * @property {false} ok
 * @property {string} code
 * @property {string} message
 * @property {'never' | 'later' | 'after-reauth'} retry `later`: the same request may be sent again, unchanged
 */

/** @type {Failure} */
const unreachable = {
  ok: false,
  code: 'unreachable',
  message: 'Payside cannot be reached right now. Trying again will not do it twice.',
  retry: 'later',
};

/**
 * Nothing is done by looking, so nothing can be done twice.
 * @type {Failure}
 */
const notLoaded = { ...unreachable, message: 'Payside cannot be reached right now. Try again in a moment.' };

/**
 * @param {unknown} body
 * @returns {body is { ok: boolean }}
 */
const isAnswer = (body) =>
  typeof body === 'object' && body !== null && 'ok' in body && typeof body.ok === 'boolean';

/**
 * Takes the text Apex passed on; never throws.
 * @template T
 * @param {() => Promise<string>} call
 * @param {Failure} silence what is said when nothing readable came back
 * @returns {Promise<T | Failure>}
 */
async function ask(call, silence) {
  try {
    const answer = JSON.parse(await call());
    if (!isAnswer(answer)) return silence;
    return /** @type {T} */ ({ retry: 'never', ...answer });
  } catch {
    return silence;
  }
}

/**
 * The card's view.
 * @param {string} recordId
 * @param {string | null} next `next` of the page before
 * @returns {Promise<ViewAnswer | Failure>}
 */
export const askView = (recordId, next) => ask(() => view({ recordId, next }), notLoaded);

/**
 * Starts an operation under the id that was made for this click.
 * @param {string} recordId
 * @param {OperationKind} kind
 * @param {{ operationId: string }} request
 * @returns {Promise<OperationAnswer | Failure>}
 */
export const askToOperate = (recordId, kind, request) =>
  ask(() => operate({ recordId, kind, body: JSON.stringify(request) }), unreachable);

/**
 * How an operation ended.
 * @param {string} operationId
 * @returns {Promise<OperationAnswer | Failure>}
 */
export const askOperation = (operationId) => ask(() => operation({ operationId }), unreachable);

/** @returns {Promise<SettingsAnswer | Failure>} */
export const askSettings = () => ask(() => read({ name: 'settings' }), notLoaded);

/**
 * @param {object} request
 * @returns {Promise<SettingsAnswer | Failure>}
 */
export const askToSaveSettings = (request) =>
  ask(() => save({ name: 'settings', body: JSON.stringify(request) }), unreachable);

/** @returns {Promise<FinanceAnswer | Failure>} */
export const askFinance = () => ask(() => read({ name: 'finance' }), notLoaded);

/**
 * One step of another CRM's joining.
 * @typedef {OtherCrmRequest extends infer T ? T extends unknown ? Omit<T, 'operationId'> : never : never} OtherCrmStep
 */

/**
 * @param {OtherCrmStep & { operationId: string }} request
 * @returns {Promise<OtherCrmAnswer | Failure>}
 */
export const askOtherCrm = (request) =>
  ask(() => save({ name: 'other-crm', body: JSON.stringify(request) }), unreachable);

/** @returns {Promise<UnmatchedAnswer | Failure>} */
export const askUnmatched = () => ask(() => read({ name: 'unmatched' }), notLoaded);
