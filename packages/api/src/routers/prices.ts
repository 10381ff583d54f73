import { listCreditPrices, setCreditPrice } from '@reeldesk/db/prices';
import { listCreditPricesOutput, setCreditPriceInput, setCreditPriceOutput } from '../contract/prices.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const pricesRouter = router({
  listCreditPrices: signedInProcedure
    .output(listCreditPricesOutput)
    .query(({ ctx }) => listCreditPrices(ctx.db, ctx.actor)),
  setCreditPrice: signedInProcedure
    .input(setCreditPriceInput)
    .output(setCreditPriceOutput)
    .mutation(({ ctx, input }) => setCreditPrice(ctx.db, ctx.actor, input)),
});
