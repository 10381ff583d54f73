import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/browser.ts';

const reportPath = process.env['REELDESK_E2E_REPORT'];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  globalSetup: './e2e/server.ts',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Patience, for machines many times slower than a developer's; what goes well waits for neither.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ...(reportPath ? [['json', { outputFile: reportPath }] as const] : [])],
  use: {
    browserName: 'chromium',
    launchOptions: await findBrowser(),
    locale: 'en-US',
    timezoneId: 'UTC',
    // Without the film of it, a tenth quicker; what is in sight at the end is kept.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
});
