import { defineConfig } from '@playwright/test';
import config from '../playwright.config.ts';

// `npx playwright test -c e2e/screenshots.config.ts` takes the pictures of docs/images/ anew.
export default defineConfig({
  ...config,
  testDir: '.',
  testMatch: 'screenshots.ts',
  globalSetup: './server.ts',
  workers: 1,
  timeout: 240_000,
});
