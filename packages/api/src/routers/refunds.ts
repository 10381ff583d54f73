import { listRefundCandidates, previewRefund, refundVideoCredits } from '@reeldesk/db/refunds';
import {
  listRefundCandidatesInput,
  listRefundCandidatesOutput,
  previewRefundInput,
  previewRefundOutput,
  refundVideoCreditsInput,
  refundVideoCreditsOutput,
} from '../contract/refunds.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const refundsRouter = router({
  listRefundCandidates: signedInProcedure
    .input(listRefundCandidatesInput)
    .output(listRefundCandidatesOutput)
    .query(({ ctx, input }) => listRefundCandidates(ctx.db, ctx.actor, input)),
  previewRefund: signedInProcedure
    .input(previewRefundInput)
    .output(previewRefundOutput)
    .query(({ ctx, input }) => previewRefund(ctx.db, ctx.actor, input)),
  refundVideoCredits: signedInProcedure
    .input(refundVideoCreditsInput)
    .output(refundVideoCreditsOutput)
    .mutation(({ ctx, input }) => refundVideoCredits(ctx.db, ctx.actor, input)),
});
