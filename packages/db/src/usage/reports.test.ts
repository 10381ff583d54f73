import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { readTimeouts } from '../actor.ts';
import { anon, backend, makeVideo } from '../testing/fixtures.ts';
import { postToLedger } from '../testing/ledger.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { accountActivity, balanceDistribution, topAccounts } from './accounts.ts';
import { creditUsageByDay } from '../usage.ts';
import { creditUsage } from './credit-usage.ts';
import { listUsageEntries } from './entries.ts';
import { refundReport } from './refunds.ts';
import { rebuildUsage, rollUpUsage } from './roll-up.ts';
import { videoOutcomes } from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const analyst = await database.createAccount({ role: 'analyst' });

/** One account with charges and refunds: at 12:00 charged, refunded so many seconds later, for that reason. */
async function refunded(
  day: string,
  refunds: [afterSeconds: number, amount: number, reason: string, resolution?: string][],
): Promise<string> {
  const { id } = await database.createAccount();
  await postToLedger(database.asOwner, id, { at: `${day}T00:00:00Z`, type: 'adjustment', amount: 10_000 });
  for (const [afterSeconds, amount, reason, resolution = '1920x1080'] of refunds) {
    const videoId = randomUUID();
    const account = (await database.createAccount()).id;
    await postToLedger(database.asOwner, account, { at: `${day}T00:00:00Z`, type: 'adjustment', amount: 10_000 });
    await postToLedger(database.asOwner, account, {
      at: `${day}T12:00:00Z`,
      type: 'charge',
      amount: -100,
      videoId,
      resolution,
    });
    const at = new Date(Date.parse(`${day}T12:00:00Z`) + afterSeconds * 1000).toISOString();
    await postToLedger(database.asOwner, account, { at, type: 'refund', amount, reason, videoId, resolution });
  }
  return id;
}

test('refunds by reason add up to all refunds, rolled up or not, and to the second of the range', async () => {
  await refunded('2026-02-10', [
    [60, 10, 'Video generation failed'],
    [120, 20, 'Video generation failed', '1280x720'],
    [3_600, 30, 'Bad quality'],
  ]);
  const range = { from: '2026-02-10T12:01:00Z', to: '2026-02-10T12:59:59.5Z', timeZone: 'UTC' };
  const check = async () => {
    expect(await refundReport(db, analyst.actor, range)).toMatchObject({
      creditsUsed: 0,
      creditsRefunded: 30,
      refunds: 2,
      reasons: [{ reason: 'Video generation failed', creditsRefunded: 30, refunds: 2, rate: null }],
    });
    const day = await refundReport(db, backend, { from: '2026-02-10', to: '2026-02-10', timeZone: 'UTC' });
    expect(day.reasons).toEqual([
      { reason: 'Bad quality', creditsRefunded: 30, refunds: 1, rate: 0.1 },
      { reason: 'Video generation failed', creditsRefunded: 30, refunds: 2, rate: 0.1 },
    ]);
    const filtered = await refundReport(db, backend, {
      from: '2026-02-10',
      to: '2026-02-10',
      timeZone: 'UTC',
      filter: { resolution: '1280x720' },
    });
    expect(filtered).toMatchObject({
      creditsUsed: 100,
      creditsRefunded: 20,
      reasons: [{ refunds: 1, creditsRefunded: 20, rate: 0.2 }],
      timeToRefund: { refunds: 1 },
    });
    expect(Math.abs(filtered.timeToRefund.median! / 120 - 1)).toBeLessThan(0.045);
    expect(day.timeToRefund.refunds).toBe(3);
    expect(Math.abs(day.timeToRefund.median! / 120 - 1)).toBeLessThan(0.045);
    expect(Math.abs(day.timeToRefund.p90! / 3_600 - 1)).toBeLessThan(0.045);
  };
  await check();
  await rebuildUsage(db, backend);
  await check();
  await rollUpUsage(db, backend);
  await check();
});

test('a range without refunds has no median', async () => {
  const report = await refundReport(db, backend, { from: '2020-01-01', to: '2020-01-02', timeZone: 'UTC' });
  expect(report).toMatchObject({
    creditsRefunded: 0,
    reasons: [],
    timeToRefund: { median: null, p90: null, refunds: 0 },
  });
});

test('videos are counted by how they ended, and those under way as of now', async () => {
  const { id } = await database.createAccount({ credits: 1_000 });
  for (const status of ['completed', 'completed', 'completed', 'failed', 'processing', 'pending', 'pending'] as const) {
    await makeVideo(db, id, status);
  }
  const range = {
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 3_600_000).toISOString(),
    timeZone: 'UTC',
  };
  const expected = {
    videosBegun: 7,
    videosCompleted: 3,
    videosFailed: 1,
    creditsFailed: 15,
    failureRate: 0.25,
    pending: 2,
    processing: 1,
  };
  expect(await videoOutcomes(db, analyst.actor, range)).toMatchObject(expected);
  await rollUpUsage(db, backend);
  expect(await videoOutcomes(db, analyst.actor, range)).toMatchObject(expected);
  expect(await videoOutcomes(db, backend, { ...range, filter: { quality: 'draft' } })).toMatchObject({
    videosBegun: 0,
    failureRate: null,
  });
});

test('the accounts that used most come first', async () => {
  const used = async (amount: number) => {
    const { id } = await database.createAccount();
    await postToLedger(database.asOwner, id, { at: '2025-03-01T00:00:00Z', type: 'adjustment', amount: 1_000 });
    await postToLedger(database.asOwner, id, { at: '2025-03-05T10:00:00Z', type: 'charge', amount: -amount });
    return id;
  };
  const [small, large, middle] = [await used(1), await used(900), await used(40)];
  const input = { from: '2025-03-01', to: '2025-03-31', timeZone: 'UTC', limit: 2 };
  expect((await topAccounts(db, analyst.actor, input)).map(({ userId, creditsUsed }) => [userId, creditsUsed])).toEqual(
    [
      [large, 900],
      [middle, 40],
    ],
  );
  expect((await topAccounts(db, backend, { ...input, limit: 10 })).map(({ userId }) => userId)).toContain(small);
});

test('every open account is in one band of balances, with its credits', async () => {
  await database.createAccount({ credits: 9 });
  await database.createAccount({ credits: 10 });
  await database.createAccount({ credits: 2_000_000_000 });
  const bands = await balanceDistribution(db, analyst.actor);
  const [all] = await database.asOwner.query<{ accounts: number; credits: string }>(
    'select count(*)::integer as accounts, sum(credits) as credits from profiles where closed_at is null',
  );
  expect(bands.reduce((sum, { accounts }) => sum + accounts, 0)).toBe(all!.accounts);
  expect(bands.reduce((sum, { credits }) => sum + credits, 0)).toBe(Number(all!.credits));
  expect(bands[0]).toMatchObject({ from: 0, to: 0 });
  expect(bands.at(-1)).toMatchObject({ from: 100_000, to: null, accounts: 1, credits: 2_000_000_000 });
});

test('an account is new once and active in every bucket it was charged in', async () => {
  const { id } = await database.createAccount();
  await database.asOwner.query(`update profiles set created_at = '2024-05-03 23:30:00+00' where id = $1`, [id]);
  await postToLedger(database.asOwner, id, { at: '2024-05-03T23:31:00Z', type: 'adjustment', amount: 100 });
  for (const at of ['2024-05-03T23:40:00Z', '2024-05-03T23:50:00Z', '2024-05-05T01:00:00Z']) {
    await postToLedger(database.asOwner, id, { at, type: 'charge', amount: -1 });
  }
  const days = async (timeZone: string) =>
    (
      await accountActivity(db, analyst.actor, { from: '2024-05-03', to: '2024-05-05', timeZone, unit: 'day' })
    ).buckets.map(({ newAccounts, activeAccounts }) => [newAccounts, activeAccounts]);
  expect(await days('UTC')).toEqual([
    [1, 1],
    [0, 0],
    [0, 1],
  ]);
  expect(await days('Europe/Berlin')).toEqual([
    [0, 0],
    [1, 1],
    [0, 1],
  ]);
});

describe('reports of all accounts', () => {
  const range = { from: '2026-01-01', to: '2026-01-31', timeZone: 'UTC' };

  test.each([
    ['refundReport', refundReport],
    ['videoOutcomes', videoOutcomes],
    ['topAccounts', topAccounts],
    ['balanceDistribution', balanceDistribution],
    ['accountActivity', accountActivity],
  ] as const)('%s is for staff and the back end', async (_, report) => {
    const user = await database.createAccount();
    const input = { ...range, limit: 5, unit: 'day' as const };
    await expect(report(db, user.actor, input)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(report(db, anon, input)).rejects.toMatchObject({ reason: 'not_signed_in' });
    await report(db, backend, input);
  });
});

describe('a report has the time of reports, and says so when it needs more', () => {
  const range = { from: '2026-01-01', to: '2026-01-31', timeZone: 'UTC' };
  const input = { ...range, unit: 'day' as const, limit: 5 };

  test.each([
    ['creditUsage', creditUsage],
    ['creditUsageByDay', creditUsageByDay],
    ['listUsageEntries', listUsageEntries],
    ['refundReport', refundReport],
    ['videoOutcomes', videoOutcomes],
    ['topAccounts', topAccounts],
    ['balanceDistribution', balanceDistribution],
    ['accountActivity', accountActivity],
  ] as const)('%s', async (_, report) => {
    // Waits for as long as it may.
    const holder = await database.asOwner.begin();
    await holder.query(
      'lock table usage.watermark, public.profiles, public.credit_transactions in access exclusive mode',
    );
    const { reportMs } = readTimeouts;
    readTimeouts.reportMs = 150;
    try {
      await expect(report(db, backend, input)).rejects.toMatchObject({
        reason: 'unavailable',
        message: 'This report takes longer than 0.15 seconds.',
        hint: 'Ask for a shorter range, or take a filter off.',
        details: { limitSeconds: 0.15 },
      });
    } finally {
      readTimeouts.reportMs = reportMs;
      await holder.rollback();
    }
    await report(db, backend, input);
  });
});
