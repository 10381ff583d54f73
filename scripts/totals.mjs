import { readFileSync } from 'node:fs';

/**
 * The totals of one check: `{ passed, failed, skipped }`. A program that ends with a failure but
 * reports none of its own (a broken set-up, an unhandled error) counts as one failed.
 */
export function countOne(exitCode) {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

/** Reads the file of vitest's JSON reporter; a file whose tests could not be collected counts as one failed. */
export function countVitest(path, exitCode) {
  return countReport(path, exitCode, (report) => {
    const broken = report.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  });
}

/** Reads the file of Playwright's JSON reporter; a flaky test failed at least once, so it counts as failed. */
export function countPlaywright(path, exitCode) {
  return countReport(path, exitCode, ({ stats, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.unexpected + stats.flaky === 0 ? errors.length : 0),
    skipped: stats.skipped,
  }));
}

function countReport(path, exitCode, count) {
  let totals;
  try {
    totals = count(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    totals = { passed: 0, failed: 0, skipped: 0 };
  }
  // Also when it ended well without having run anything: a check that checks nothing has not passed.
  const isSilentFailure = totals.failed === 0 && (exitCode !== 0 || totals.passed === 0);
  return isSilentFailure ? { ...totals, failed: 1 } : totals;
}

/** The sum of several totals. */
export function addTotals(all) {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}
