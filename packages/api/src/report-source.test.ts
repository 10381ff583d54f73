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
  expect(await usage.creditUsageByDay(range)).toMatchObject({ source });
  expect(await usage.listUsageEntries({ ...range, limit: 5 })).toMatchObject({ source });
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
    const { usage } = createCaller({ ...context, reports });
    const source = { database: 'replica', lagSeconds: 2 };
    const day = { ...range, from: today, to: today };
    const report = await usage.creditUsage(day);
    expect(report).toMatchObject({ source: { database: 'replica', lagSeconds: 2 }, balances: [{ creditsGranted: 7 }] });
    expect(await usage.creditUsage({ ...day, balances: false })).toMatchObject({ source, balances: null });
    await other.asOwner.query(
      `select create_video_generation(id, 'A beautiful sunset', 'text_to_video', null, 1, '1920x1080', 'high') from profiles`,
    );
    expect(await usage.creditUsageByDay(day)).toMatchObject({ source, totals: { charges: 1 } });
    expect(await usage.listUsageEntries({ ...day, limit: 5 })).toMatchObject({ source, items: [{ type: 'charge' }] });
    expect(await usage.topAccounts({ ...day, limit: 5 })).toMatchObject([{ charges: 1 }]);
    expect((await usage.balanceDistribution()).reduce((sum, { accounts }) => sum + accounts, 0)).toBe(1);
  } finally {
    await other.drop();
  }
});
