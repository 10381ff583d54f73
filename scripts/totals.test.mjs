import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSupportedNode } from './node-version.mjs';
import { addTotals, countPlaywright, countVitest } from './totals.mjs';

let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeldesk-totals-'));
  path = join(folder, 'report.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const vitestReport = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };
const playwrightReport = { stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 1 }, errors: [] };

it.each([
  ['all passed', vitestReport, 0, { passed: 3, failed: 0, skipped: 1 }],
  ['ended badly without a failed test', vitestReport, 1, { passed: 3, failed: 1, skipped: 1 }],
  [
    'a file that did not load',
    { ...vitestReport, testResults: [{ status: 'failed', assertionResults: [] }] },
    1,
    { passed: 3, failed: 1, skipped: 1 },
  ],
  ['nothing ran', { ...vitestReport, numPassedTests: 0 }, 0, { passed: 0, failed: 1, skipped: 1 }],
])('vitest: %s', (_, report, exitCode, totals) => {
  writeFileSync(path, JSON.stringify(report));
  expect(countVitest(path, exitCode)).toEqual(totals);
});

it.each([
  ['all passed', playwrightReport, 0, { passed: 2, failed: 0, skipped: 1 }],
  [
    'a broken set-up',
    { ...playwrightReport, errors: [{ message: 'no server' }] },
    1,
    { passed: 2, failed: 1, skipped: 1 },
  ],
  [
    'a flaky test has failed',
    { ...playwrightReport, stats: { ...playwrightReport.stats, flaky: 1 } },
    0,
    { passed: 2, failed: 1, skipped: 1 },
  ],
])('Playwright: %s', (_, report, exitCode, totals) => {
  writeFileSync(path, JSON.stringify(report));
  expect(countPlaywright(path, exitCode)).toEqual(totals);
});

it('a report that was never written is one failure', () => {
  expect(addTotals([countVitest(path, 0), countPlaywright(path, 130)])).toEqual({ passed: 0, failed: 2, skipped: 0 });
});

it.each([
  ['v20.18.3', false],
  ['v20.19.0', true],
  ['v21.7.0', false],
  ['v22.11.0', false],
  ['v22.12.0', true],
  ['v24.0.0', true],
])('Node.js %s is supported: %s', (version, expected) => {
  expect(isSupportedNode(version)).toBe(expected);
});
