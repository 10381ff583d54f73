import type { CreditUsageBucket } from '@reeldesk/api/contract/usage';

/** One day of the range with its credits by video type; `unknown` is what was charged before the ledger. */
export interface UsageDay {
  day: string;
  text_to_video: number;
  image_to_video: number;
  unknown: number;
  used: number;
  refunded: number;
  net: number;
  charges: number;
  refunds: number;
}

/** The API's buckets, one per day and type, as one row per day; the sums stay the same. */
export function toUsageDays(buckets: readonly CreditUsageBucket[]): UsageDay[] {
  const days = new Map<string, UsageDay>();
  for (const bucket of buckets) {
    let day = days.get(bucket.day);
    if (!day) {
      day = {
        day: bucket.day,
        text_to_video: 0,
        image_to_video: 0,
        unknown: 0,
        used: 0,
        refunded: 0,
        net: 0,
        charges: 0,
        refunds: 0,
      };
      days.set(bucket.day, day);
    }
    day[bucket.videoType ?? 'unknown'] += bucket.creditsUsed;
    day.used += bucket.creditsUsed;
    day.refunded += bucket.creditsRefunded;
    day.net += bucket.creditsUsed - bucket.creditsRefunded;
    day.charges += bucket.charges;
    day.refunds += bucket.refunds;
  }
  return [...days.values()];
}

export const usageTypes = ['text_to_video', 'image_to_video', 'unknown'] as const;

/** The types that the buckets speak of, in the order they are stacked. */
export function typesIn(buckets: readonly CreditUsageBucket[]): (typeof usageTypes)[number][] {
  const found = new Set(buckets.map((bucket) => bucket.videoType ?? 'unknown'));
  return usageTypes.filter((type) => found.has(type));
}
