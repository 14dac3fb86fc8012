// What is believed of vendors without proof, and what would tell; docs/assumptions.md says the same to readers.
import { GROUND } from './assumptions/ground.ts';
import { HUBSPOT } from './assumptions/hubspot.ts';
import { SALESFORCE } from './assumptions/salesforce.ts';
import { STRIPE } from './assumptions/stripe.ts';

export type Assumption = {
  name: string;
  assumes: string;
  /** How a person would see it. */
  seen: string;
  /** The doctor's check that asks the vendor; left out where only a person can tell. */
  check?: string;
};

export const ASSUMPTIONS: readonly Assumption[] = [...HUBSPOT, ...STRIPE, ...SALESFORCE, ...GROUND];
