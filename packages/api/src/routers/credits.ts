import {
  adjustCredits,
  balanceAt,
  creditStatement,
  getCreditInfo,
  listAccountEntries,
  listVideoEntries,
} from '@reeldesk/db/credits';
import {
  adjustCreditsInput,
  adjustCreditsOutput,
  balanceAtInput,
  balanceAtOutput,
  creditInfo,
  creditStatementInput,
  creditStatementOutput,
  listAccountEntriesInput,
  listAccountEntriesOutput,
  listVideoEntriesInput,
  listVideoEntriesOutput,
  userIdInput,
} from '../contract/credits.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { router, signedInProcedure, withIdempotencyKey } from '../trpc.ts';

export const creditsRouter = router({
  getCreditInfo: signedInProcedure
    .meta(
      describe(userIdInput, {
        description: 'The balance of an account in credits, and counts of its active videos.',
        whoMay: "the account's owner, staff and the back end",
        reasons: ['forbidden', 'account_not_found'],
        example: { userId: exampleIds.user },
        rest: 'GET /accounts/{userId}/credits',
      }),
    )
    .input(userIdInput)
    .output(creditInfo)
    .query(({ ctx, input }) => getCreditInfo(ctx.db, ctx.actor, input)),
  creditStatement: signedInProcedure
    .meta(
      describe(creditStatementInput, {
        description:
          'The running ledger of an account, newest first: every charge, refund and adjustment with the balance after it. Notes for colleagues are for admins.',
        whoMay: "the account's owner, staff and the back end",
        reasons: ['forbidden', 'account_not_found'],
        example: { userId: exampleIds.user, limit: 20 },
        rest: 'GET /accounts/{userId}/statement',
      }),
    )
    .input(creditStatementInput)
    .output(creditStatementOutput)
    .query(({ ctx, input }) => creditStatement(ctx.db, ctx.actor, input)),
  listAccountEntries: signedInProcedure
    .meta(
      describe(listAccountEntriesInput, {
        description:
          'The running ledger of an account as it stands, or as it stood at a moment, newest first, with who made each entry. E-mail and notes of staff are shown to admins and the back end.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { userId: exampleIds.user, at: '2026-06-30T23:59:59Z', limit: 50 },
        rest: 'GET /accounts/{userId}/entries',
      }),
    )
    .input(listAccountEntriesInput)
    .output(listAccountEntriesOutput)
    .query(({ ctx, input }) => listAccountEntries(ctx.db, ctx.actor, input)),
  listVideoEntries: signedInProcedure
    .meta(
      describe(listVideoEntriesInput, {
        description:
          'What the ledger holds about one video, newest first: its charge and its refunds, also of a purged one.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { videoId: exampleIds.video },
        rest: 'GET /videos/{videoId}/ledger',
      }),
    )
    .input(listVideoEntriesInput)
    .output(listVideoEntriesOutput)
    .query(({ ctx, input }) => listVideoEntries(ctx.db, ctx.actor, input)),
  balanceAt: signedInProcedure
    .meta(
      describe(balanceAtInput, {
        description: 'The balance at a moment, entries of that very moment included; 0 before the first.',
        whoMay: "the account's owner, staff and the back end",
        reasons: ['forbidden', 'account_not_found'],
        example: { userId: exampleIds.user, at: '2026-06-30T23:59:59Z' },
        rest: 'GET /accounts/{userId}/balance',
      }),
    )
    .input(balanceAtInput)
    .output(balanceAtOutput)
    .query(({ ctx, input }) => balanceAt(ctx.db, ctx.actor, input)),
  adjustCredits: signedInProcedure
    .meta(
      describe(adjustCreditsInput, {
        description:
          'Adds or takes credits by hand, with a reason code and a note for colleagues. A balance is never negative.',
        whoMay: 'admins, not on their own account, and the back end',
        reasons: ['forbidden', 'own_account', 'account_not_found', 'insufficient_credits', 'idempotency_key_reused'],
        example: { userId: exampleIds.user, amount: 50, reasonCode: 'goodwill', note: 'Outage of 3 May' },
        rest: 'POST /accounts/{userId}/adjustments',
        takesIdempotencyKey: true,
      }),
    )
    .input(adjustCreditsInput)
    .output(adjustCreditsOutput)
    .mutation(({ ctx, input }) => adjustCredits(ctx.db, ctx.actor, withIdempotencyKey(ctx, input))),
});
