// Saves a part of the settings, and says by field what was wrong with it.
import { askToSaveSettings } from 'c/paysideConnector';

/** @typedef {import('payside/view').SettingsField} SettingsField */
/** @typedef {import('payside/view').SettingsView} SettingsView */
/**
 * `view` as it is after the change; null where nothing was changed.
 * @typedef {{ view: SettingsView | null, message: string, problems: Partial<Record<SettingsField, string>> }} Saved
 */

/**
 * @param {Omit<import('payside/view').SettingsRequest, 'operationId'>} change
 * @returns {Promise<Saved>}
 */
export async function saveSettings(change) {
  const answer = await askToSaveSettings({ ...change, operationId: crypto.randomUUID() });
  if (answer.ok) return { view: answer.view, message: '', problems: {} };
  const listed = 'problems' in answer && answer.problems ? answer.problems : [];
  // The first thing said about a field is enough to put it right.
  const problems = Object.fromEntries(listed.toReversed().map(({ field, message }) => [field, message]));
  return { view: null, message: answer.message, problems };
}
