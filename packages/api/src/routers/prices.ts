import { listCreditPrices, setCreditPrice } from '@reeldesk/db/prices';
import { listCreditPricesOutput, setCreditPriceInput, setCreditPriceOutput } from '../contract/prices.ts';
import { describe } from '../describe.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const pricesRouter = router({
  listCreditPrices: signedInProcedure
    .meta(
      describe(null, {
        description: 'What a second of video costs in credits, by resolution and quality.',
        whoMay: 'everybody who is signed in',
        example: undefined,
        rest: 'GET /prices',
      }),
    )
    .output(listCreditPricesOutput)
    .query(({ ctx }) => listCreditPrices(ctx.db, ctx.actor)),
  setCreditPrice: signedInProcedure
    .meta(
      describe(setCreditPriceInput, {
        description: 'Sets what a second costs from now on. Charges made before keep their amount.',
        whoMay: 'admins',
        reasons: ['forbidden'],
        example: { resolution: '1920x1080', quality: 'high', creditsPerSecond: 3 },
        rest: 'PUT /prices',
      }),
    )
    .input(setCreditPriceInput)
    .output(setCreditPriceOutput)
    .mutation(({ ctx, input }) => setCreditPrice(ctx.db, ctx.actor, input)),
});
