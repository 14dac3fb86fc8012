// One form's saving: what is under way, what was wrong, and a word when it went well.
import { useState } from 'react';
import type { SettingsField } from '../view-types.ts';
import { usePage } from './page-context.ts';
import type { SettingsChange } from './settings-connector.ts';

export type FormState = {
  saving: boolean;
  /** What stands above the form's button; null when nothing went wrong. */
  message: string | null;
  /** Props of a field about what was wrong with it. */
  about: (field: SettingsField) => { error?: boolean; validationMessage?: string };
  /** @param word what is said once it is done */
  send: (change: SettingsChange, word?: string) => void;
};

export function useSave(): FormState {
  const { save, tell } = usePage();
  const [saving, setSaving] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const [problems, setProblems] = useState<Partial<Record<SettingsField, string>>>({});
  const send = (change: SettingsChange, word = 'Saved.'): void => {
    setSaving(true);
    void save(change).then((saved) => {
      setSaving(false);
      setMessage(saved.ok ? null : saved.message);
      setProblems(saved.ok ? {} : saved.problems);
      if (saved.ok) tell(word);
    });
  };
  const about = (field: SettingsField) => {
    const validationMessage = problems[field];
    return validationMessage === undefined ? {} : { error: true, validationMessage };
  };
  return { saving, message, about, send };
}
