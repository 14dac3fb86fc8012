// What every part of the settings page may use.
import { createContext, useContext } from 'react';
import type { SettingsView } from '../view-types.ts';
import type { Settings } from './use-settings.ts';

export type Page = Pick<Settings, 'save' | 'step' | 'reload'> & {
  view: SettingsView;
  /** Shows a word of success at the top of HubSpot's page. */
  tell: (message: string) => void;
  /** Shows there what did not work. */
  warn: (message: string) => void;
  /** Rejects where the browser does not allow it. */
  copy: (text: string) => Promise<void>;
};

const PageContext = createContext<Page | null>(null);

export const PageProvider = PageContext.Provider;

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('Only parts of the loaded settings page may use it');
  return page;
}
