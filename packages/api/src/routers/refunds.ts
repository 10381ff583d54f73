import { listRefundCandidates, previewRefund, refundVideoCredits, sumRefundCandidates } from '@reeldesk/db/refunds';
import {
  listRefundCandidatesInput,
  listRefundCandidatesOutput,
  previewRefundInput,
  previewRefundOutput,
  refundManyVideoCreditsInput,
  refundManyVideoCreditsOutput,
  refundVideoCreditsInput,
  refundVideoCreditsOutput,
  sumRefundCandidatesInput,
  sumRefundCandidatesOutput,
} from '../contract/refunds.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { refundMany } from '../refund-many.ts';
import { router, signedInProcedure, withIdempotencyKey } from '../trpc.ts';

export const refundsRouter = router({
  listRefundCandidates: signedInProcedure
    .meta(
      describe(listRefundCandidatesInput, {
        description:
          'Videos that were charged and have failed or completed, newest first, with what is left of each charge.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { status: ['failed'], refundState: 'open', limit: 50 },
        rest: 'GET /refund-candidates',
      }),
    )
    .input(listRefundCandidatesInput)
    .output(listRefundCandidatesOutput)
    .query(({ ctx, input }) => listRefundCandidates(ctx.db, ctx.actor, input)),
  sumRefundCandidates: signedInProcedure
    .meta(
      describe(sumRefundCandidatesInput, {
        description:
          'How many videos `listRefundCandidates` would list in all, of how many accounts, and what is left of their charges. With `upTo` of the newest so many, and `isCapped` says whether there are more.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { status: ['failed'], refundState: 'open', upTo: 2000 },
        rest: 'GET /refund-candidates/sums',
      }),
    )
    .input(sumRefundCandidatesInput)
    .output(sumRefundCandidatesOutput)
    .query(({ ctx, input }) => sumRefundCandidates(ctx.db, ctx.actor, input)),
  previewRefund: signedInProcedure
    .meta(
      describe(previewRefundInput, {
        description:
          "What a refund of this video would find now: charge, earlier refunds, what is left, and the owner's balance.",
        whoMay: 'staff and the back end',
        reasons: ['forbidden', 'video_not_found'],
        example: { videoId: exampleIds.video },
        rest: 'GET /videos/{videoId}/refund-preview',
      }),
    )
    .input(previewRefundInput)
    .output(previewRefundOutput)
    .query(({ ctx, input }) => previewRefund(ctx.db, ctx.actor, input)),
  refundVideoCredits: signedInProcedure
    .meta(
      describe(refundVideoCreditsInput, {
        description:
          'Gives back all or part of what a failed or completed video was charged, never more. A completed one needs a reason of its own. With `refundedBefore` only while exactly that much of the charge has been given back, so that a part is not refunded twice by two people.',
        whoMay: 'admins, not on their own account, and the back end',
        reasons: [
          'forbidden',
          'own_account',
          'video_not_found',
          'not_refundable',
          'nothing_charged',
          'already_refunded',
          'refund_exceeds_charge',
          'charge_moved',
          'reason_required',
          'idempotency_key_reused',
        ],
        example: { videoId: exampleIds.video, reason: 'Faces are distorted', amount: 5, idempotencyKey: 'ticket-4711' },
        rest: 'POST /videos/{videoId}/refund',
        takesIdempotencyKey: true,
      }),
    )
    .input(refundVideoCreditsInput)
    .output(refundVideoCreditsOutput)
    .mutation(({ ctx, input }) => refundVideoCredits(ctx.db, ctx.actor, withIdempotencyKey(ctx, input))),
  refundManyVideoCredits: signedInProcedure
    .meta(
      describe(refundManyVideoCreditsInput, {
        description:
          'Refunds up to 100 videos, each by itself, and answers what became of each: one that is refused leaves the others alone. The header `Idempotency-Key` stands for one key per row, itself and the id of the video.',
        whoMay: 'admins, not on their own account, and the back end',
        reasons: ['forbidden'],
        example: {
          items: [
            { videoId: exampleIds.video, reason: 'Outage of 3 May' },
            { videoId: exampleIds.otherVideo, reason: 'Outage of 3 May', amount: 5, idempotencyKey: 'ticket-4712' },
          ],
        },
        rest: 'POST /refunds',
        takesIdempotencyKey: true,
      }),
    )
    .input(refundManyVideoCreditsInput)
    .output(refundManyVideoCreditsOutput)
    .mutation(({ ctx, input }) => refundMany(ctx, input.items)),
});
