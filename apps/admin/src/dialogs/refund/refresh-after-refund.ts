import { queryClient, trpc } from '../../api.ts';

/** What a refund may have changed, and a refusal may have shown to be old. */
export async function refreshAfterRefund(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries(trpc.refunds.pathFilter()),
    queryClient.invalidateQueries(trpc.desk.pathFilter()),
    queryClient.invalidateQueries(trpc.accounts.pathFilter()),
    queryClient.invalidateQueries(trpc.credits.pathFilter()),
    queryClient.invalidateQueries(trpc.usage.pathFilter()),
    queryClient.invalidateQueries(trpc.audit.pathFilter()),
  ]);
}
