import type { CreditUsage, UsageFigures } from '@reeldesk/api/contract/usage';
import { expect, test } from 'vitest';
import { BEFORE, changeOf, REFUNDED, toBucketRows, toChartRows, toChartSeries, UNKNOWN } from './buckets.ts';

const figures = (creditsUsed: number, creditsRefunded: number): UsageFigures => ({
  creditsUsed,
  creditsRefunded,
  charges: creditsUsed === 0 ? 0 : 1,
  refunds: creditsRefunded === 0 ? 0 : 1,
  videosCompleted: 0,
  videosFailed: 0,
  creditsFailed: 0,
});
const bucket = (label: string, isUnfinished: boolean) => ({
  label,
  startsAt: `${label}T00:00:00+00:00`,
  endsAt: `${label}T24:00:00+00:00`,
  isClipped: false,
  isUnfinished,
});
const usage = {
  timeZone: 'UTC',
  from: '2026-11-23T00:00:00+00:00',
  to: '2026-11-25T00:00:00+00:00',
  buckets: [bucket('2026-11-23', false), bucket('2026-11-24', true)],
  series: [
    { key: 'text_to_video', points: [figures(15, 0), figures(8, 8)], totals: figures(23, 8) },
    { key: null, points: [figures(4, 1), figures(0, 0)], totals: figures(4, 1) },
  ],
  totals: figures(27, 9),
  balances: null,
  previous: null,
} as unknown as CreditUsage;

test('the rows of the table and the bars of the chart sum to the totals', () => {
  const rows = toBucketRows(usage, 'day', true);
  expect(rows.map(({ used, refunded, net }) => [used, refunded, net])).toEqual([
    [19, 1, 18],
    [8, 8, 0],
  ]);
  const bars = toChartRows(rows, usage, 'day');
  expect(bars.map(({ values }) => values)).toEqual([
    { text_to_video: 15, [UNKNOWN]: 4, [REFUNDED]: 1 },
    { text_to_video: 8, [UNKNOWN]: 0, [REFUNDED]: 8 },
  ]);
  expect(bars.map(({ isUnfinished }) => isUnfinished)).toEqual([false, true]);
});

test('a bucket stands beside the one of the period before, which the chart draws as well', () => {
  const before = {
    from: '2026-11-21T00:00:00+00:00',
    to: '2026-11-23T00:00:00+00:00',
    buckets: [bucket('2026-11-21', false), bucket('2026-11-22', false)],
    points: [figures(30, 2), figures(5, 0)],
    totals: figures(35, 2),
  };
  const rows = toBucketRows({ ...usage, previous: before }, 'day', true);
  expect(rows.map((row) => [row.before?.name, row.before?.used, row.before?.refunded, changeOf(row)])).toEqual([
    ['Sat, Nov 21, 2026', 30, 2, -11],
    ['Sun, Nov 22, 2026', 5, 0, 3],
  ]);
  expect(toChartRows(rows, usage, 'day').map((row) => [row.before, row.values[BEFORE]])).toEqual([
    ['Sat, Nov 21, 2026', 30],
    ['Sun, Nov 22, 2026', 5],
  ]);
});

test('without a breakdown there is one series, of all', () => {
  const whole = { ...usage, series: [{ key: null, points: [figures(19, 1), figures(8, 8)], totals: figures(27, 9) }] };
  const series = toChartSeries(whole, false, 'Used', 'Refunded');
  expect(series.map(({ label }) => label)).toEqual(['Used', 'Refunded']);
  expect(toBucketRows(whole as CreditUsage, 'day', false)[0]?.bySeries).toEqual({ all: 19 });
});
