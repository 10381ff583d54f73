import { afterAll, describe, expect, test } from 'vitest';
import { backend } from '../testing/fixtures.ts';
import { postToLedger } from '../testing/ledger.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { creditUsage } from './credit-usage.ts';
import { rollUpUsage } from './roll-up.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

test('boundaries beside which every quarter of an hour has rows, and those beside which few have, are the same to a chart', async () => {
  const { id } = await database.createAccount();
  const first = Date.parse('2026-03-28T00:00:00Z');
  await postToLedger(database.asOwner, id, {
    at: new Date(first - 1).toISOString(),
    type: 'adjustment',
    amount: 100_000,
  });
  const charges = Array.from({ length: 200 }, (_, n) => ({
    at: first + n * 900_000,
    amount: n + 1,
    // Every quarter has one of these, every fifth hour has the other.
    videoType: n % 20 === 3 ? 'image_to_video' : 'text_to_video',
  }));
  for (const { at, amount, videoType } of charges) {
    await postToLedger(database.asOwner, id, {
      at: new Date(at).toISOString(),
      type: 'charge',
      amount: -amount,
      videoType,
    });
  }
  // Transactions of other test files may hold the watermark back: what is not rolled up is read live.
  await rollUpUsage(db, backend);
  for (const [timeZone, unit] of [
    ['Europe/Berlin', 'hour'],
    ['Europe/Berlin', 'day'],
    ['Asia/Kathmandu', 'hour'],
    ['America/St_Johns', 'day'],
    ['UTC', 'month'],
  ] as const) {
    const range = { from: '2026-03-28', to: '2026-03-30', timeZone };
    const report = await creditUsage(db, backend, { ...range, unit, breakdown: 'videoType', compare: true });
    for (const [n, { startsAt, endsAt }] of report.buckets.entries()) {
      for (const { key, points } of report.series) {
        const own = charges.filter(
          ({ at, videoType }) => at >= Date.parse(startsAt) && at < Date.parse(endsAt) && videoType === key,
        );
        expect(points[n]!.creditsUsed).toBe(own.reduce((sum, { amount }) => sum + amount, 0));
        expect(points[n]!.charges).toBe(own.length);
      }
    }
    const within = charges.filter(({ at }) => at >= Date.parse(report.from) && at < Date.parse(report.to));
    expect(report.totals.charges).toBe(within.length);
    expect(report.series.map(({ key }) => key)).toEqual(['text_to_video', 'image_to_video']);
    expect(report.previous!.totals.charges).toBe(
      charges.filter(({ at }) => at < Date.parse(report.from) && at >= Date.parse(report.previous!.from)).length,
    );
  }
}, 60_000);

describe('compares bucket by bucket with the same stretch so many days earlier', () => {
  const pairs = async (input: Omit<Parameters<typeof creditUsage>[2], 'compare'>) => {
    const { buckets, previous } = await creditUsage(db, backend, { ...input, compare: true });
    return buckets.map(({ label }, n) => {
      const { label: before, startsAt, endsAt } = previous!.buckets[n]!;
      return [label, before, (Date.parse(endsAt) - Date.parse(startsAt)) / 3_600_000];
    });
  };

  test('days of 23 and 25 hours stand beside days of 24', async () => {
    const march = { timeZone: 'Europe/Berlin', unit: 'day' as const, from: '2026-03-30', to: '2026-03-31' };
    expect(await pairs(march)).toEqual([
      ['2026-03-30', '2026-03-28', 24],
      ['2026-03-31', '2026-03-29', 23],
    ]);
    expect(await pairs({ ...march, from: '2026-10-26', to: '2026-10-26' })).toEqual([['2026-10-26', '2026-10-25', 25]]);
  });

  test('hours stand beside the hours of the same name, however many of them there were', async () => {
    const hoursOf = async (day: string) =>
      (await pairs({ timeZone: 'Europe/Berlin', unit: 'hour', from: day, to: day })).slice(1, 5);
    const name = (label: string | number | undefined) => String(label).slice(11);
    const short = async (day: string) =>
      (await hoursOf(day)).map(([label, before, hours]) => [name(label), name(before), hours]);
    // The day before had its hour from 02:00 twice, or not at all.
    expect(await short('2026-10-26')).toEqual([
      ['01:00', '01:00', 1],
      ['02:00', '02:00', 2],
      ['03:00', '03:00', 1],
      ['04:00', '04:00', 1],
    ]);
    expect(await short('2026-03-30')).toEqual([
      ['01:00', '01:00', 1],
      ['02:00', '02:00', 0],
      ['03:00', '03:00', 1],
      ['04:00', '04:00', 1],
    ]);
    // This one has.
    expect(await short('2026-10-25')).toEqual([
      ['01:00', '01:00', 1],
      ['02:00', '02:00', 0],
      ['02:00', '02:00', 1],
      ['03:00', '03:00', 1],
    ]);
    expect(await short('2026-03-29')).toEqual([
      ['01:00', '01:00', 2],
      ['03:00', '03:00', 1],
      ['04:00', '04:00', 1],
      ['05:00', '05:00', 1],
    ]);
  });

  test('weeks and months that the range cuts stand beside as much of the period before', async () => {
    const weeks = { timeZone: 'UTC', unit: 'week' as const, from: '2026-06-03', to: '2026-06-12' };
    expect(await pairs(weeks)).toEqual([
      ['2026-06-01', '2026-05-24', 120],
      ['2026-06-08', '2026-05-29', 120],
    ]);
    expect(await pairs({ timeZone: 'UTC', unit: 'month', from: '2026-05-22', to: '2026-06-10' })).toEqual([
      ['2026-05', '2026-05', 240],
      ['2026-06', '2026-05', 240],
    ]);
  });

  test('moments stand beside moments as much time earlier', async () => {
    const input = { timeZone: 'Europe/Berlin', unit: 'hour' as const };
    expect(await pairs({ ...input, from: '2026-10-25T01:30:00Z', to: '2026-10-25T03:00:00Z' })).toEqual([
      ['2026-10-25T02:00', '2026-10-25T02:00', 0.5],
      ['2026-10-25T03:00', '2026-10-25T02:30', 1],
    ]);
  });
});
