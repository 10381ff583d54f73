import { queryClient, trpc } from '../../api.ts';

/** Counts of an account, its audit trail and the lists all tell of a video's deletion. */
export async function refreshVideos(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries(trpc.videos.pathFilter()),
    queryClient.invalidateQueries(trpc.accounts.pathFilter()),
    queryClient.invalidateQueries(trpc.audit.pathFilter()),
    queryClient.invalidateQueries(trpc.desk.getAttention.pathFilter()),
    queryClient.invalidateQueries(trpc.refunds.listRefundCandidates.pathFilter()),
  ]);
}
