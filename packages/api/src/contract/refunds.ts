import { z } from 'zod';
import { refundCandidate } from '@reeldesk/db/shapes';
import { cursor, idempotencyKey, int32, pageLimit, total, uuid, videoStatus } from './common.ts';
import { reasons } from './errors.ts';

export {
  creditsRefunded as refundVideoCreditsOutput,
  refundCandidate,
  refundCandidateSums as sumRefundCandidatesOutput,
  refundPreview as previewRefundOutput,
} from '@reeldesk/db/shapes';
export type { RefundCandidate } from '@reeldesk/db/shapes';

/** The reason SQL fills in when none is given; untrue, so refused, for a completed video. */
export const DEFAULT_REFUND_REASON = 'Video generation failed';
export const MAX_REASON_LENGTH = 500;

export const refundVideoCreditsInput = z.object({
  videoId: uuid,
  reason: z.string().trim().min(1, 'must not be empty').max(MAX_REASON_LENGTH).default(DEFAULT_REFUND_REASON),
  /** Credits to give back; without it, all that is left of the charge. */
  amount: int32.min(1).optional(),
  /** Refuse it unless exactly so many credits of the charge have been given back before: as when it was counted. */
  refundedBefore: int32.min(0).optional(),
  idempotencyKey: idempotencyKey.optional(),
});

/** The most refunds of one call. */
export const MAX_REFUNDS_AT_ONCE = 100;

export const refundManyVideoCreditsInput = z.object({
  items: z
    .array(refundVideoCreditsInput)
    .min(1)
    .max(MAX_REFUNDS_AT_ONCE)
    .refine((items) => new Set(items.map(({ videoId }) => videoId.toLowerCase())).size === items.length, {
      error: 'must name each video once',
    }),
});

/** What became of one row: money moved, or the reason why it did not. */
export const refundResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('refunded'),
    videoId: uuid,
    transactionId: uuid,
    creditsRefunded: int32,
    /** The first answer to the same idempotency key: nothing was refunded again. */
    isReplayed: z.boolean(),
  }),
  z.object({
    outcome: z.literal('error'),
    videoId: uuid,
    error: z.object({
      reason: z.enum(reasons),
      message: z.string(),
      hint: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    }),
  }),
]);
export type RefundResult = z.infer<typeof refundResult>;

/** One result per row, in the order of the rows. Credits and counts are of the rows that were refunded. */
export const refundManyVideoCreditsOutput = z.object({
  items: z.array(refundResult),
  refunded: int32,
  failed: int32,
  creditsRefunded: total,
});

const refundCandidateFilter = z.object({
  status: z
    .array(videoStatus.extract(['failed', 'completed']))
    .max(2)
    .optional(),
  userId: uuid.optional(),
  /**
   * `open`: something is left to refund; `refunded`: nothing is left; `unusual`: refunded although completed, or only
   * in part; without it, all.
   */
  refundState: z.enum(['open', 'refunded', 'unusual']).optional(),
});

export const sumRefundCandidatesInput = refundCandidateFilter.extend({
  /** Count the newest so many and no further: quick however many match. Without it all are counted. */
  upTo: z.int().min(1).max(10_000).optional(),
});

export const listRefundCandidatesInput = refundCandidateFilter.extend({
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listRefundCandidatesOutput = z.object({
  items: z.array(refundCandidate),
  nextCursor: cursor.nullable(),
});

/** What a refund would do now, before it is done. Balances in credits. */
export const previewRefundInput = z.object({ videoId: uuid });
