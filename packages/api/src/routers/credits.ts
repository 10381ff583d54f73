import { adjustCredits, balanceAt, creditStatement, getCreditInfo } from '@reeldesk/db/credits';
import {
  adjustCreditsInput,
  adjustCreditsOutput,
  balanceAtInput,
  balanceAtOutput,
  creditInfo,
  creditStatementInput,
  creditStatementOutput,
  userIdInput,
} from '../contract/credits.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const creditsRouter = router({
  getCreditInfo: signedInProcedure
    .input(userIdInput)
    .output(creditInfo)
    .query(({ ctx, input }) => getCreditInfo(ctx.db, ctx.actor, input)),
  creditStatement: signedInProcedure
    .input(creditStatementInput)
    .output(creditStatementOutput)
    .query(({ ctx, input }) => creditStatement(ctx.db, ctx.actor, input)),
  balanceAt: signedInProcedure
    .input(balanceAtInput)
    .output(balanceAtOutput)
    .query(({ ctx, input }) => balanceAt(ctx.db, ctx.actor, input)),
  adjustCredits: signedInProcedure
    .input(adjustCreditsInput)
    .output(adjustCreditsOutput)
    .mutation(({ ctx, input }) => adjustCredits(ctx.db, ctx.actor, input)),
});
