import { creditUsageBucket } from '@reeldesk/db/shapes';
import {
  accountActivity,
  balanceBand,
  creditUsage,
  refundReport,
  reportSource,
  topAccount,
  usageDimension,
  usageEntry,
  usageUnit,
  videoOutcomes,
} from '@reeldesk/db/usage/shapes';
import { z } from 'zod';
import { cursor, day, entryType, pageLimit, timestamp, timeZone, total, uuid, videoType } from './common.ts';

export { creditUsageBucket } from '@reeldesk/db/shapes';
export type { CreditUsageBucket } from '@reeldesk/db/shapes';
export { usageDimension, usageEntry, usageUnit } from '@reeldesk/db/usage/shapes';
export type {
  AccountActivity,
  BalanceBand,
  BalanceFigures,
  CreditUsage,
  RefundReport,
  ReportSource,
  TopAccount,
  UsageBucket,
  UsageDimension,
  UsageEntry,
  UsageFigures,
  UsageSeries,
  UsageUnit,
  VideoOutcomes,
} from '@reeldesk/db/usage/shapes';

/** A range of calendar days, both inclusive, as days of `timeZone`. */
export const creditUsageByDayInput = z
  .object({
    from: day,
    to: day,
    timeZone: timeZone.default('UTC'),
    videoType: videoType.optional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= 1100 * 86_400_000, {
    path: ['to'],
    message: 'must be at most 1100 days after from',
  });

// Each report says where it was read: a replica may lack the newest changes.
const source = { source: reportSource };

/** `buckets` holds every day of the range, the empty ones too; `today` is the unfinished day in `timeZone`. */
export const creditUsageByDayOutput = z.object({
  timeZone: z.string(),
  today: day,
  buckets: z.array(creditUsageBucket),
  totals: z.object({ creditsUsed: total, creditsRefunded: total, charges: total, refunds: total }),
  ...source,
});

/** Both days of `timeZone`, the last one included, or both moments, `to` not included. */
const range = { from: z.union([day, timestamp]), to: z.union([day, timestamp]), timeZone: timeZone.default('UTC') };

/** Only what belongs to videos with these values. */
export const usageFilter = z.object({
  videoType: videoType.optional(),
  resolution: z.string().max(40).optional(),
  quality: z.string().max(40).optional(),
});

/** The first day of a week: 1 Monday to 7 Sunday, as `Intl.Locale` numbers them. */
export const weekStartsOn = z.int().min(1).max(7).default(1);

export const creditUsageInput = z.object({
  ...range,
  unit: usageUnit.default('day'),
  weekStartsOn,
  filter: usageFilter.optional(),
  /** One series per value of this. */
  breakdown: usageDimension.optional(),
  /** Of one account; without it of all, for staff, or the caller's own. */
  userId: uuid.optional(),
  /** `false` leaves out `balances`, which takes three times the reading. */
  balances: z.boolean().default(true),
  /** Also the period of the same length before, in total and bucket by bucket. */
  compare: z.boolean().default(false),
});

/** With a bucket's `startsAt` and `endsAt` as range, and the chart's filter, the rows of that bucket. */
export const listUsageEntriesInput = z.object({
  ...range,
  filter: usageFilter.optional(),
  /** Only those whose value of this is not known: the series with the key `null`. */
  unknown: usageDimension.optional(),
  types: z.array(entryType).max(4).optional(),
  userId: uuid.optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listUsageEntriesOutput = z.object({
  items: z.array(usageEntry),
  nextCursor: cursor.nullable(),
  ...source,
});

export const refundReportInput = z.object({ ...range, filter: usageFilter.optional() });
export const videoOutcomesInput = z.object({ ...range, filter: usageFilter.optional() });

export const topAccountsInput = z.object({
  ...range,
  filter: usageFilter.optional(),
  limit: z.int().min(1).max(200).default(20),
});
export const topAccountsOutput = z.array(topAccount);

export const balanceDistributionOutput = z.array(balanceBand);

export const accountActivityInput = z.object({ ...range, unit: usageUnit.default('day'), weekStartsOn });

export const creditUsageOutput = creditUsage.extend(source);
export const refundReportOutput = refundReport.extend(source);
export const videoOutcomesOutput = videoOutcomes.extend(source);
export const accountActivityOutput = accountActivity.extend(source);
