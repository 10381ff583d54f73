import { getAccount, listAccounts } from '@reeldesk/db/accounts';
import { getAccountInput, getAccountOutput, listAccountsInput, listAccountsOutput } from '../contract/accounts.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const accountsRouter = router({
  listAccounts: signedInProcedure
    .input(listAccountsInput)
    .output(listAccountsOutput)
    .query(({ ctx, input }) => listAccounts(ctx.db, ctx.actor, input)),
  getAccount: signedInProcedure
    .input(getAccountInput)
    .output(getAccountOutput)
    .query(({ ctx, input }) => getAccount(ctx.db, ctx.actor, input)),
});
