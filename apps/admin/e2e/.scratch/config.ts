import { defineConfig } from '@playwright/test';
import config from '../../playwright.config.ts';
const { globalSetup: _, ...rest } = config;
export default defineConfig({ ...rest, testDir: '.', testMatch: 'shots.ts', workers: 1, timeout: 200_000, reporter: 'line', outputDir: '/tmp/pw-scratch' });
