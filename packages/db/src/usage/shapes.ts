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

/** `creditsUsed` and `creditsRefunded` are both positive; a refund counts when it was made. */
export const usageFigures = z.object({
  creditsUsed: total,
  creditsRefunded: total,
  charges: total,
  refunds: total,
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
export const usageSeries = z.object({ key: z.string().nullable(), points: z.array(usageFigures), totals: usageFigures });
export type UsageSeries = z.infer<typeof usageSeries>;

/** `points` of every series and of `balances` are one per bucket, in order. */
export const creditUsage = z.object({
  timeZone: z.string(),
  from: timestamp,
  to: timestamp,
  buckets: z.array(usageBucket),
  series: z.array(usageSeries),
  totals: usageFigures,
  /** `null` with a filter: credits given belong to no video. */
  balances: z.array(balanceFigures).nullable(),
  /** Of the period of the same length before, when it was asked for. */
  previous: z.object({ from: timestamp, to: timestamp, totals: usageFigures }).nullable(),
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
