import { creditUsageBucket } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { day, int32, timeZone, videoType } from './common.ts';

export { creditUsageBucket } from '@reeldesk/db/shapes';
export type { CreditUsageBucket } from '@reeldesk/db/shapes';

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

/** `buckets` holds every day of the range, the empty ones too; `today` is the unfinished day in `timeZone`. */
export const creditUsageByDayOutput = z.object({
  timeZone: z.string(),
  today: day,
  buckets: z.array(creditUsageBucket),
  totals: z.object({ creditsUsed: int32, creditsRefunded: int32, charges: int32, refunds: int32 }),
});
