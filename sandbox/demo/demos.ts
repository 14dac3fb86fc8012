// The demos by name: each runs headless, says whether everything held, and what it saw.
import type { Browser } from 'playwright-core';
import type { CardSpec } from '../hubspot/start.ts';
import { collect } from './collect.ts';
import { phone } from './phone.ts';
import { walk } from './walk.ts';

export const isCrm = (name: string): name is 'hubspot' | 'salesforce' =>
  name === 'hubspot' || name === 'salesforce';

export type DemoOptions = {
  folder: string;
  /** Whose records the rep works on; left out: HubSpot's. */
  crm?: 'hubspot' | 'salesforce';
  /** What is broken on purpose; the demo must then not hold. */
  fault?: string | undefined;
  /** What is broken on purpose and put right by an operator's reconcile; the demo must then hold. */
  heal?: string | undefined;
  /** How long news of a payment may take to be seen; left out: 10 s. */
  limitMs?: number;
  /** A running browser and built cards, where several demos share them; left out: its own. */
  browser?: Browser;
  cards?: readonly CardSpec[];
  /** Whether it also takes the documentation's pictures. */
  pictures?: boolean;
};
export type DemoOutcome = { held: boolean; result: Record<string, unknown> };
export type Demo = (options: DemoOptions) => Promise<DemoOutcome>;

export const demos: Record<string, Demo> = { walk, collect, phone };
