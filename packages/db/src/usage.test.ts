import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { getAccount } from './accounts.ts';
import { anon, backend } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { creditUsageByDay } from './usage.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });

type Entry = [at: string, type: 'adjustment' | 'charge' | 'refund', amount: number];

/** An account whose ledger has these entries, back-dated, all of one video. */
async function accountWith(entries: Entry[], videoType = 'text_to_video'): Promise<string> {
  const { id } = await database.createAccount();
  const videoId = randomUUID();
  await database.asOwner.query(
    `insert into videos (id, user_id, prompt, video_type, resolution, quality, status)
    values ($1, $2, 'p', $3, '1920x1080', 'high', 'completed')`,
    [videoId, id, videoType],
  );
  for (const [at, type, amount] of entries) {
    await database.asOwner.query(
      `select private.post_to_ledger($1, $2, $3, 'test', case when $3 <> 'adjustment' then v end, null, $4)
      from videos v where v.id = $5`,
      [id, amount, type, at, videoId],
    );
  }
  return id;
}

async function usedPerDay(from: string, to: string, timeZone: string): Promise<Record<string, number>> {
  const { buckets } = await creditUsageByDay(db, admin.actor, { from, to, timeZone, videoType: 'text_to_video' });
  return Object.fromEntries(buckets.map(({ day, creditsUsed }) => [day, creditsUsed]));
}

test('a day in Kathmandu begins at 18:15 UTC', async () => {
  await accountWith([
    ['2026-03-01T00:00:00Z', 'adjustment', 100],
    ['2026-03-10T18:14:59.999999Z', 'charge', -1],
    ['2026-03-10T18:15:00Z', 'charge', -20],
    ['2026-03-11T18:14:59.999999Z', 'charge', -30],
    ['2026-03-11T18:15:00Z', 'charge', -40],
  ]);
  expect(await usedPerDay('2026-03-10', '2026-03-12', 'Asia/Kathmandu')).toEqual({
    '2026-03-10': 1,
    '2026-03-11': 50,
    '2026-03-12': 40,
  });
  expect(await usedPerDay('2026-03-11', '2026-03-11', 'Asia/Kathmandu')).toEqual({ '2026-03-11': 50 });
  expect(await usedPerDay('2026-03-11', '2026-03-11', 'UTC')).toEqual({ '2026-03-11': 70 });
});

test('the days on which clocks change have 23 and 25 hours', async () => {
  await accountWith([
    ['2026-03-20T00:00:00Z', 'adjustment', 1000],
    ['2026-03-28T22:59:59Z', 'charge', -1],
    ['2026-03-28T23:00:00Z', 'charge', -2],
    ['2026-03-29T21:59:59Z', 'charge', -4],
    ['2026-03-29T22:00:00Z', 'charge', -8],
    ['2026-10-24T21:59:59Z', 'charge', -16],
    ['2026-10-24T22:00:00Z', 'charge', -32],
    ['2026-10-25T22:59:59Z', 'charge', -64],
    ['2026-10-25T23:00:00Z', 'charge', -128],
  ]);
  expect(await usedPerDay('2026-03-28', '2026-03-30', 'Europe/Berlin')).toEqual({
    '2026-03-28': 1,
    '2026-03-29': 6,
    '2026-03-30': 8,
  });
  expect(await usedPerDay('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual({ '2026-03-29': 6 });
  expect(await usedPerDay('2026-10-24', '2026-10-26', 'Europe/Berlin')).toEqual({
    '2026-10-24': 16,
    '2026-10-25': 96,
    '2026-10-26': 128,
  });
});

test('a midnight that comes twice belongs to its day both times', async () => {
  // Clocks in Havana go from 01:00 back to 00:00, which is 05:00 UTC.
  await accountWith([
    ['2025-10-01T00:00:00Z', 'adjustment', 100],
    ['2025-11-02T03:59:59Z', 'charge', -1],
    ['2025-11-02T04:00:00Z', 'charge', -10],
    ['2025-11-02T05:00:00Z', 'charge', -20],
  ]);
  expect(await usedPerDay('2025-11-02', '2025-11-02', 'America/Havana')).toEqual({ '2025-11-02': 30 });
  expect(await usedPerDay('2025-11-01', '2025-11-01', 'America/Havana')).toEqual({ '2025-11-01': 1 });
});

test('a refund counts on the day it was made, and empty days are there', async () => {
  await accountWith(
    [
      ['2026-05-01T00:00:00Z', 'adjustment', 100],
      ['2026-05-01T12:00:00Z', 'charge', -30],
      ['2026-05-03T12:00:00Z', 'refund', 12],
    ],
    'image_to_video',
  );
  const report = await creditUsageByDay(db, analyst.actor, { from: '2026-05-01', to: '2026-05-03', timeZone: 'UTC' });
  const empty = { creditsUsed: 0, creditsRefunded: 0, charges: 0, refunds: 0 };
  expect(report.buckets).toEqual([
    { ...empty, day: '2026-05-01', videoType: 'text_to_video' },
    { ...empty, day: '2026-05-01', videoType: 'image_to_video', creditsUsed: 30, charges: 1 },
    { ...empty, day: '2026-05-02', videoType: 'text_to_video' },
    { ...empty, day: '2026-05-02', videoType: 'image_to_video' },
    { ...empty, day: '2026-05-03', videoType: 'text_to_video' },
    { ...empty, day: '2026-05-03', videoType: 'image_to_video', creditsRefunded: 12, refunds: 1 },
  ]);
  expect(report.totals).toEqual({ creditsUsed: 30, creditsRefunded: 12, charges: 1, refunds: 1 });
});

test('sums beyond what an integer holds are exact', async () => {
  const pair = (day: string): Entry[] => [
    [`${day}T01:00:00Z`, 'adjustment', 2_000_000_001],
    [`${day}T02:00:00Z`, 'charge', -2_000_000_001],
  ];
  const userId = await accountWith([...pair('2026-06-01'), ...pair('2026-06-02')]);
  await accountWith([...pair('2026-06-01')]);
  expect(await usedPerDay('2026-06-01', '2026-06-01', 'UTC')).toEqual({ '2026-06-01': 4_000_000_002 });
  expect(await getAccount(db, admin.actor, { userId })).toMatchObject({ credits: 0, creditsCharged: 4_000_000_002 });
});

describe('the report', () => {
  const range = { from: '2026-01-01', to: '2026-01-02', timeZone: 'UTC' };

  test('is for staff and the back end', async () => {
    const user = await database.createAccount();
    await expect(creditUsageByDay(db, user.actor, range)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(creditUsageByDay(db, anon, range)).rejects.toMatchObject({ reason: 'not_signed_in' });
    expect((await creditUsageByDay(db, backend, range)).buckets).toHaveLength(4);
  });

  test.each(['Mars/Olympus', '+05:30', '-03', ''])('refuses %j as a time zone', async (timeZone) => {
    await expect(creditUsageByDay(db, admin.actor, { ...range, timeZone })).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { field: 'timeZone' },
    });
  });

  test('names the day that is not over yet', async () => {
    const dayIn = (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const before = dayIn(timeZone);
      const { today } = await creditUsageByDay(db, admin.actor, { ...range, timeZone });
      expect([before, dayIn(timeZone)]).toContain(today);
    }
  });
});
