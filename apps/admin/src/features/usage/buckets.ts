import type { CreditUsage, UsageUnit } from '@reeldesk/api/contract/usage';
import { seriesColour, type ChartRow, type ChartSeries } from '../../charts/series.ts';
import { strings } from '../../strings.ts';
import { bucketName, shortBucketName } from './bucket-names.ts';

/** One bucket of the table: what it is, and its figures. */
export interface BucketRow {
  index: number;
  startsAt: string;
  endsAt: string;
  name: string;
  isUnfinished: boolean;
  isClipped: boolean;
  /** Used, by the id of its series. */
  bySeries: Record<string, number>;
  /** How many charges that is. */
  chargesOf: Record<string, number>;
  used: number;
  refunded: number;
  net: number;
  charges: number;
  refunds: number;
  /** The same stretch of the period before; `null` when it was not asked for. */
  before: { name: string; startsAt: string; endsAt: string; used: number; refunded: number } | null;
}

/** The series whose value is not known has no key of its own. */
export const UNKNOWN = '~';
export const REFUNDED = 'refunded';
export const BEFORE = 'before';
const ALL = 'all';

/** The id of a series in the address and in the chart. */
export function seriesId(key: string | null, isBrokenDown: boolean): string {
  return isBrokenDown ? (key ?? UNKNOWN) : ALL;
}

/** What people call a value of a breakdown. */
export function seriesName(id: string): string {
  if (id === UNKNOWN) {
    return strings.videoTypes.unknown;
  }
  return (strings.videoTypes as Record<string, string>)[id] ?? id.replace(/^(\d+)x(\d+)$/, '$1 × $2');
}

/** The API's series as rows, one per bucket; each row's figures are the sums over all series. */
export function toBucketRows(usage: CreditUsage, unit: UsageUnit, isBrokenDown: boolean): BucketRow[] {
  return usage.buckets.map((bucket, index) => {
    const row: BucketRow = {
      index,
      startsAt: bucket.startsAt,
      endsAt: bucket.endsAt,
      name: bucketName(bucket.label, unit),
      isUnfinished: bucket.isUnfinished,
      isClipped: bucket.isClipped,
      bySeries: {},
      chargesOf: {},
      used: 0,
      refunded: 0,
      net: 0,
      charges: 0,
      refunds: 0,
      before: beforeOf(usage, unit, index),
    };
    for (const { key, points } of usage.series) {
      const point = points[index]!;
      row.bySeries[seriesId(key, isBrokenDown)] = point.creditsUsed;
      row.chargesOf[seriesId(key, isBrokenDown)] = point.charges;
      row.used += point.creditsUsed;
      row.refunded += point.creditsRefunded;
      row.charges += point.charges;
      row.refunds += point.refunds;
    }
    row.net = row.used - row.refunded;
    return row;
  });
}

function beforeOf({ previous }: CreditUsage, unit: UsageUnit, index: number): BucketRow['before'] {
  const bucket = previous?.buckets[index];
  const point = previous?.points[index];
  return bucket && point
    ? {
        name: bucketName(bucket.label, unit),
        startsAt: bucket.startsAt,
        endsAt: bucket.endsAt,
        used: point.creditsUsed,
        refunded: point.creditsRefunded,
      }
    : null;
}

/** How far what was used is from the period before. */
export function changeOf({ used, before }: BucketRow): number {
  return used - (before?.used ?? 0);
}

/** The rows as a chart draws them. */
export function toChartRows(rows: readonly BucketRow[], usage: CreditUsage, unit: UsageUnit): ChartRow[] {
  return rows.map((row) => ({
    index: row.index,
    label: row.name,
    shortLabel: shortBucketName(usage.buckets[row.index]!.label, unit),
    isUnfinished: row.isUnfinished,
    values: { ...row.bySeries, [REFUNDED]: row.refunded, ...(row.before && { [BEFORE]: row.before.used }) },
    ...(row.before && { before: row.before.name }),
  }));
}

/** What the chart draws: one series per value, and what was given back. */
export function toChartSeries(
  usage: CreditUsage,
  isBrokenDown: boolean,
  used: string,
  refunded: string,
): ChartSeries[] {
  const series = usage.series.map(({ key }, index): ChartSeries => {
    const id = seriesId(key, isBrokenDown);
    return {
      id,
      label: isBrokenDown ? seriesName(id) : used,
      colour: id === UNKNOWN ? 'var(--chart-other)' : seriesColour(index),
    };
  });
  return usage.totals.refunds === 0
    ? series
    : [...series, { id: REFUNDED, label: refunded, colour: 'var(--chart-back)', form: 'below' }];
}
