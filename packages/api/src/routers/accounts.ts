import { getAccount, listAccounts } from '@reeldesk/db/accounts';
import { getAccountInput, getAccountOutput, listAccountsInput, listAccountsOutput } from '../contract/accounts.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const accountsRouter = router({
  listAccounts: signedInProcedure
    .meta(
      describe(listAccountsInput, {
        description:
          "Finds accounts by e-mail, account id or video id, or lists them, page by page. Analysts see no e-mail addresses and can't search by them.",
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { search: 'rosa', sort: 'most_credits', state: 'open', limit: 20 },
        rest: 'GET /accounts',
      }),
    )
    .input(listAccountsInput)
    .output(listAccountsOutput)
    .query(({ ctx, input }) => listAccounts(ctx.db, ctx.actor, input)),
  getAccount: signedInProcedure
    .meta(
      describe(getAccountInput, {
        description: 'One account with its balance, counts of its videos, and its credits out and back.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden', 'account_not_found'],
        example: { userId: exampleIds.user },
        rest: 'GET /accounts/{userId}',
      }),
    )
    .input(getAccountInput)
    .output(getAccountOutput)
    .query(({ ctx, input }) => getAccount(ctx.db, ctx.actor, input)),
});
