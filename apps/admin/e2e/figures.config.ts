import { defineConfig } from '@playwright/test';
import config from '../playwright.config.ts';

// `npm run bench:admin` prints these.
export default defineConfig({
  ...config,
  testDir: '.',
  testMatch: 'figures.ts',
  globalSetup: './server.ts',
  workers: 1,
  timeout: 1_800_000,
});
