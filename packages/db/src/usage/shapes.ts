/** The shapes of the usage reports. Browser-safe: nothing but zod. Credits are whole numbers, moments ISO 8601 strings. */
import { z } from 'zod';
import { entryType, int32, timestamp, total, uuid, videoType } from '../shapes.ts';

export const usageUnit = z.enum(['hour', 'day', 'week', 'month']);
export const usageDimension = z.enum(['videoType', 'resolution', 'quality']);
export type UsageUnit = z.infer<typeof usageUnit>;
export type UsageDimension = z.infer<typeof usageDimension>;

/**
 * A bucket runs from `startsAt` up to `endsAt`, both cut to the range (`isClipped`). `label` is the day, month
 * or local hour that begins it. `isUnfinished`: time has not passed its end, so its figures may still grow.
 */
export const usageBucket = z.object({
  label: z.string(),
  startsAt: timestamp,
  endsAt: timestamp,
  isClipped: z.boolean(),
  isUnfinished: z.boolean(),
});
export type UsageBucket = z.infer<typeof usageBucket>;

/**
 * `creditsUsed` and `creditsRefunded` are both positive; each charge is a video begun. Everything counts when it
 * happened: a refund when it was made, a video's end when it completed or failed.
 */
export const usageFigures = z.object({
  creditsUsed: total,
  creditsRefunded: total,
  charges: total,
  refunds: total,
  videosCompleted: total,
  videosFailed: total,
  /** What the failed videos had been charged: lost to failures, and given back by refunds. */
  creditsFailed: total,
});
export type UsageFigures = z.infer<typeof usageFigures>;

/** `creditsGranted` came in by adjustments and opening balances, `creditsTaken` (positive) left by adjustments. */
export const balanceFigures = z.object({
  creditsGranted: total,
  creditsTaken: total,
  /** Of all accounts together, at the end of the bucket. */
  creditsOutstanding: total,
});
export type BalanceFigures = z.infer<typeof balanceFigures>;

/** One value of the breakdown, `null` where it is not known; without a breakdown there is one series, of all. */
export const usageSeries = z.object({
  key: z.string().nullable(),
  points: z.array(usageFigures),
  totals: usageFigures,
});
export type UsageSeries = z.infer<typeof usageSeries>;

/**
 * The period before, of all series together. Its buckets are as many as the chart's, each the same stretch of the
 * calendar so many days earlier (of a range of moments, of time), whatever clocks did since; an hour that comes only once there may be empty. `points` sum to `totals`.
 */
export const previousUsage = z.object({
  from: timestamp,
  to: timestamp,
  buckets: z.array(usageBucket.pick({ label: true, startsAt: true, endsAt: true })),
  points: z.array(usageFigures),
  totals: usageFigures,
});
export type PreviousUsage = z.infer<typeof previousUsage>;

/** `points` of every series and of `balances` are one per bucket, in order. */
export const creditUsage = z.object({
  timeZone: z.string(),
  from: timestamp,
  to: timestamp,
  buckets: z.array(usageBucket),
  series: z.array(usageSeries),
  totals: usageFigures,
  /** `null` with a filter, since credits given belong to no video, or when they were not asked for. */
  balances: z.array(balanceFigures).nullable(),
  /** The period of the same length before, when it was asked for. */
  previous: previousUsage.nullable(),
});
export type CreditUsage = z.infer<typeof creditUsage>;

/** A ledger row behind a figure; `amount` is signed credits. */
export const usageEntry = z.object({
  id: uuid,
  userId: uuid,
  entryNo: int32,
  type: entryType,
  amount: int32,
  videoId: uuid.nullable(),
  videoType: videoType.nullable(),
  resolution: z.string().nullable(),
  quality: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: timestamp,
});
export type UsageEntry = z.infer<typeof usageEntry>;

/** Refunds of one reason in the range; `rate` is their credits per credit charged in the range, `null` when nothing was. */
export const refundsByReason = z.object({
  reason: z.string().nullable(),
  creditsRefunded: total,
  refunds: total,
  rate: z.number().nullable(),
});

/** Seconds from a charge to its refund, of those that the filter lets through: at most 4.5 % off; `null` when nothing was refunded. */
export const timeToRefund = z.object({ median: z.number().nullable(), p90: z.number().nullable(), refunds: total });

export const refundReport = z.object({
  from: timestamp,
  to: timestamp,
  creditsUsed: total,
  creditsRefunded: total,
  refunds: total,
  /** The largest first. */
  reasons: z.array(refundsByReason),
  timeToRefund,
});
export type RefundReport = z.infer<typeof refundReport>;

/** How videos ended in the range; `pending` and `processing` are as of now. `failureRate` is of those that ended. */
export const videoOutcomes = z.object({
  from: timestamp,
  to: timestamp,
  videosBegun: total,
  videosCompleted: total,
  videosFailed: total,
  creditsFailed: total,
  failureRate: z.number().nullable(),
  pending: total,
  processing: total,
});
export type VideoOutcomes = z.infer<typeof videoOutcomes>;

/** An account by what it used in the range. */
export const topAccount = z.object({
  userId: uuid,
  creditsUsed: total,
  creditsRefunded: total,
  charges: total,
  refunds: total,
});
export type TopAccount = z.infer<typeof topAccount>;

/** Open accounts with a balance from `from` up to `to`, both included; `to` is `null` for the last. */
export const balanceBand = z.object({ from: int32, to: int32.nullable(), accounts: total, credits: total });
export type BalanceBand = z.infer<typeof balanceBand>;

/** `activeAccounts` were charged at least once in the bucket. */
export const accountActivity = z.object({
  timeZone: z.string(),
  from: timestamp,
  to: timestamp,
  buckets: z.array(usageBucket.extend({ newAccounts: total, activeAccounts: total })),
});
export type AccountActivity = z.infer<typeof accountActivity>;

/** Where a report was read, and how many seconds of the newest changes it may lack: 0 on the primary. */
export const reportSource = z.object({ database: z.enum(['primary', 'replica']), lagSeconds: z.number() });
export type ReportSource = z.infer<typeof reportSource>;
