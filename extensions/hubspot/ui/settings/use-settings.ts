// The settings as loaded, asked again every 2 s while a first sync runs, and saved part by part.
import { useCallback, useEffect, useState } from 'react';
import type { Failure } from '../connector.ts';
import { POLL_MS } from '../hooks/use-card-view.ts';
import type { OtherCrmAnswer, SettingsAnswer, SettingsField, SettingsView } from '../view-types.ts';
import type { OtherCrmStep, SettingsChange, SettingsConnector } from './settings-connector.ts';

export type SettingsState =
  { status: 'loading' } | { status: 'error'; failure: Failure } | { status: 'ready'; view: SettingsView };

/** What became of a save: by field what was wrong with it. */
export type Saved =
  { ok: true } | { ok: false; message: string; problems: Partial<Record<SettingsField, string>> };

export type Settings = {
  state: SettingsState;
  reload: () => void;
  save: (change: SettingsChange) => Promise<Saved>;
  step: (step: OtherCrmStep) => Promise<OtherCrmAnswer | Failure>;
};

const isImporting = (state: SettingsState): boolean =>
  state.status === 'ready' && state.view.accounts.some(({ importing }) => importing !== null);

function savedOf(answer: SettingsAnswer | Failure): Saved {
  if (answer.ok) return { ok: true };
  const listed = 'problems' in answer && answer.problems ? answer.problems : [];
  // The first thing said about a field is enough to put it right.
  const problems = Object.fromEntries([...listed].reverse().map(({ field, message }) => [field, message]));
  return { ok: false, message: answer.message, problems };
}

export function useSettings(connector: SettingsConnector): Settings {
  const [state, setState] = useState<SettingsState>({ status: 'loading' });
  const take = useCallback((answer: SettingsAnswer | OtherCrmAnswer | Failure) => {
    if (answer.ok) setState({ status: 'ready', view: answer.view });
    else setState((before) => (before.status === 'ready' ? before : { status: 'error', failure: answer }));
  }, []);
  const reload = useCallback(() => void connector.load().then(take), [connector, take]);
  useEffect(reload, [reload]);

  const polling = isImporting(state);
  useEffect(() => {
    if (!polling) return undefined;
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [polling, reload]);

  const save = useCallback(
    async (change: SettingsChange): Promise<Saved> => {
      const answer = await connector.save(change);
      if (answer.ok) take(answer);
      return savedOf(answer);
    },
    [connector, take],
  );
  const step = useCallback(
    async (one: OtherCrmStep): Promise<OtherCrmAnswer | Failure> => {
      const answer = await connector.step(one);
      if (answer.ok) take(answer);
      // What was asked for may have been answered by somebody else meanwhile.
      else reload();
      return answer;
    },
    [connector, take, reload],
  );
  return { state, reload, save, step };
}
