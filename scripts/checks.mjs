import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild, throwIfInterrupted } from './child.mjs';
import { script } from './paths.mjs';
import { showProgress } from './progress.mjs';
import { setUp } from './steps.mjs';
import { addTotals, countOne, countPlaywright, countVitest } from './totals.mjs';

const lint = { title: 'Lint', program: 'node_modules/oxlint/bin/oxlint', args: [] };
const format = {
  title: 'Format',
  program: 'node_modules/oxfmt/bin/oxfmt',
  args: ['--list-different'],
  advice: 'These files are not formatted: npx oxfmt',
};
const unused = { title: 'Unused code', program: 'node_modules/knip/bin/knip.js', args: ['--no-progress'] };

/** Lint, format, types (compiled by the set-up), unused code; all of them, also after one has failed. */
export async function runChecks(options) {
  await setUp({ ...options, until: 'compile' });
  return report(await runStatic(options));
}

/**
 * Everything there is to check, or only the test files that the arguments choose.
 * Prints the totals last and returns the exit code.
 */
export async function runTests(options, passedOn) {
  const isPart = passedOn.length > 0 || options.stress;
  await setUp({ ...options, until: isPart ? 'compile' : 'bundle' });
  if (isPart) return report([await runVitest(options, passedOn)]);
  return report([...(await runStatic(options)), await runVitest(options, []), await runPlaywright([])]);
}

/** The browser tests alone; the arguments are Playwright's. */
export async function runEndToEnd(options, passedOn) {
  await setUp(options);
  return report([await runPlaywright(passedOn)]);
}

async function runStatic({ verbose }) {
  const results = [];
  for (const { title, program, args, advice } of [lint, format, unused]) {
    const finish = showProgress(title, verbose ? { isLive: false } : {});
    const { exitCode, output } = await runChild(process.execPath, [script(program), ...args], {
      output: verbose ? 'inherit' : 'capture',
    });
    finish(exitCode === 0 ? 'passed' : 'failed');
    throwIfInterrupted();
    if (exitCode !== 0) console.log(`${advice ? `${advice}\n` : ''}${output.trimEnd()}\n`);
    results.push(countOne(exitCode));
  }
  return results;
}

function runVitest({ stress = false }, passedOn) {
  return withReport(async (path) => {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`, ...passedOn];
    const { exitCode } = await runChild(process.execPath, [script('node_modules/vitest/vitest.mjs'), ...args], {
      output: 'inherit',
      env: { ...process.env, ...(stress && { REELDESK_STRESS: '1' }) },
    });
    return countVitest(path, exitCode);
  });
}

function runPlaywright(passedOn) {
  return withReport(async (path) => {
    const args = ['test', '--config', script('apps/admin/playwright.config.ts'), ...passedOn];
    const { exitCode } = await runChild(process.execPath, [script('node_modules/@playwright/test/cli.js'), ...args], {
      output: 'inherit',
      env: { ...process.env, REELDESK_E2E_REPORT: path },
    });
    return countPlaywright(path, exitCode);
  });
}

async function withReport(run) {
  const folder = mkdtempSync(join(tmpdir(), 'reeldesk-report-'));
  try {
    const totals = await run(join(folder, 'report.json'));
    throwIfInterrupted();
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(results) {
  const { passed, failed, skipped } = addTotals(results);
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
