// Test projects: node tests (default), and the cards, which HubSpot's own renderer draws with React.
import { Spread } from './test/support/spread.ts';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Long enough for a busy machine: it only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: Spread },
    restoreMocks: true,
    globalSetup: ['test/postgres/shared-folder.ts'],
    setupFiles: ['test/support/property-seed.ts'],
  },
});
