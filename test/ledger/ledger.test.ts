// The ledger by property: life cycles of payers on the production fold and figures.
import { describe, it } from 'vitest';
import { CONVERGENCE } from './convergence.ts';
import { EXAMPLES } from './examples.ts';
import { FIGURES } from './figures.ts';
import { SMALL_AMOUNTS } from './small-amounts.ts';

const RUNS = 300;

describe('the fold', () => {
  it.each(CONVERGENCE)('$name', ({ holds }) => holds(RUNS));
});

describe('the figures', () => {
  it.each(FIGURES)('$name', ({ holds }) => holds(RUNS));
});

describe('ranks, aspects and due days', () => {
  it.each([...EXAMPLES, ...SMALL_AMOUNTS])('$name', ({ holds }) => holds(RUNS));
});
