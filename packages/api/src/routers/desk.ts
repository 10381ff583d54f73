import { checkLedger, getAttention } from '@reeldesk/db/attention';
import { checkLedgerOutput, getAttentionInput, getAttentionOutput } from '../contract/desk.ts';
import { describe } from '../describe.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const deskRouter = router({
  getAttention: signedInProcedure
    .meta(
      describe(getAttentionInput, {
        description:
          'What the desk has to look at now: videos that failed and are still charged, that are stuck, that were refunded unusually, and balances changed by hand.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { adjustedSince: '2026-06-01T00:00:00Z', stuckAfterMinutes: 30 },
        rest: 'GET /attention',
      }),
    )
    .input(getAttentionInput)
    .output(getAttentionOutput)
    .query(({ ctx, input }) => getAttention(ctx.db, ctx.actor, input)),
  checkLedger: signedInProcedure
    .meta(
      describe(null, {
        description:
          'Whether the promises of the ledger hold, and how many are broken. Reads the whole ledger, at most once in five minutes.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: undefined,
        rest: 'GET /ledger-check',
      }),
    )
    .output(checkLedgerOutput)
    .query(({ ctx }) => checkLedger(ctx.db, ctx.actor)),
});
