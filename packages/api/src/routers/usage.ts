import { creditUsageByDay } from '@reeldesk/db/usage';
import { creditUsageByDayInput, creditUsageByDayOutput } from '../contract/usage.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const usageRouter = router({
  creditUsageByDay: signedInProcedure
    .input(creditUsageByDayInput)
    .output(creditUsageByDayOutput)
    .query(({ ctx, input }) => creditUsageByDay(ctx.db, ctx.actor, input)),
});
