import { useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../../api.ts';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { strings } from '../../strings.ts';
import { toastDone, toastFailed } from '../../ui/toasts.ts';

// Counts of an account, its audit trail and the lists all tell of a video's deletion.
function refresh(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries(trpc.videos.pathFilter()),
    queryClient.invalidateQueries(trpc.accounts.pathFilter()),
    queryClient.invalidateQueries(trpc.audit.pathFilter()),
    queryClient.invalidateQueries(trpc.refunds.listRefundCandidates.pathFilter()),
  ]);
}

/** Restores a video, and offers to delete it again. */
export function useRestoreVideo() {
  const softDelete = useMutation(
    trpc.videos.softDeleteVideo.mutationOptions({
      onSuccess: async () => {
        toastDone({ title: deletedVideosStrings.undone });
        await refresh();
      },
      onError: (error) => toastFailed(deletedVideosStrings.undoFailed, error),
    }),
  );
  return useMutation(
    trpc.videos.restoreVideo.mutationOptions({
      onSuccess: async ({ videoId }) => {
        toastDone({
          title: deletedVideosStrings.restored,
          text: deletedVideosStrings.restoredText,
          action: { label: strings.common.undo, run: () => softDelete.mutate({ videoId }) },
        });
        await refresh();
      },
    }),
  );
}
