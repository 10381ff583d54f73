import { backend } from '@reeldesk/db/testing/fixtures';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import type { ReportDatabase } from '@reeldesk/db/usage/replica';
import { afterAll, expect, test } from 'vitest';
import { appRouter } from './router.ts';
import { createCallerFactory } from './trpc.ts';

const database = await createTestDatabase();
afterAll(database.drop);
const context = { db: database.db, actor: backend, requestId: 'request-1', expiresAt: null };
const createCaller = createCallerFactory(appRouter);
const range = { from: '2026-01-01', to: '2026-01-31', timeZone: 'UTC' };

test('a report says that it was read on the primary', async () => {
  const { usage } = createCaller(context);
  const source = { database: 'primary', lagSeconds: 0 };
  expect(await usage.creditUsage(range)).toMatchObject({ source, totals: { creditsUsed: 0 } });
  expect(await usage.refundReport(range)).toMatchObject({ source });
  expect(await usage.videoOutcomes(range)).toMatchObject({ source });
  expect(await usage.accountActivity(range)).toMatchObject({ source });
});

test('a report is read where reports are, and says how far behind that is', async () => {
  const other = await createTestDatabase();
  try {
    await other.createAccount({ credits: 7 });
    const reports: ReportDatabase = {
      read: async (_actor, report) => ({
        answer: await report(other.db),
        source: { database: 'replica', lagSeconds: 2 },
      }),
      close: async () => undefined,
    };
    const today = new Date().toISOString().slice(0, 10);
    const report = await createCaller({ ...context, reports }).usage.creditUsage({ ...range, from: today, to: today });
    expect(report).toMatchObject({ source: { database: 'replica', lagSeconds: 2 }, balances: [{ creditsGranted: 7 }] });
  } finally {
    await other.drop();
  }
});
