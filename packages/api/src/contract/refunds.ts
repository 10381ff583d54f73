import { z } from 'zod';
import { refundCandidate } from '@reeldesk/db/shapes';
import { cursor, idempotencyKey, int32, pageLimit, uuid, videoStatus } from './common.ts';

export {
  creditsRefunded as refundVideoCreditsOutput,
  refundCandidate,
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
  idempotencyKey: idempotencyKey.optional(),
});
export const listRefundCandidatesInput = z.object({
  status: z.array(videoStatus.extract(['failed', 'completed'])).max(2).optional(),
  userId: uuid.optional(),
  /** `open`: something is left to refund; `refunded`: nothing is left; without it, both. */
  refundState: z.enum(['open', 'refunded']).optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listRefundCandidatesOutput = z.object({
  items: z.array(refundCandidate),
  nextCursor: cursor.nullable(),
});

/** What a refund would do now, before it is done. Balances in credits. */
export const previewRefundInput = z.object({ videoId: uuid });
