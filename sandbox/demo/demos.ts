// The demos by name: each runs headless, says whether everything held, and what it saw.
import { collect } from './collect.ts';
import { walk } from './walk.ts';

export type DemoOptions = { folder: string; fault?: string | undefined };
export type DemoOutcome = { held: boolean; result: Record<string, unknown> };
export type Demo = (options: DemoOptions) => Promise<DemoOutcome>;

export const demos: Record<string, Demo> = { walk, collect };
