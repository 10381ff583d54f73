import { defineConfig } from 'vitest/config';

// Long tests have a name of their own and run only when asked for: npm run test:stress.
const isStress = process.env['REELDESK_STRESS'] === '1';

export default defineConfig({
  test: {
    include: isStress
      ? ['packages/*/src/**/*.stress.ts', 'apps/server/src/**/*.stress.ts']
      : [
          'packages/*/src/**/*.test.ts',
          'apps/server/src/**/*.test.ts',
          'apps/admin/src/**/*.test.ts',
          'scripts/*.test.{mjs,ts}',
        ],
    globalSetup: ['packages/db/src/testing/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: isStress ? 600_000 : 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    teardownTimeout: 30_000,
  },
});
