import { useMutation } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { strings } from '../../strings.ts';
import { toastDone, toastFailed } from '../../ui/toasts.ts';
import { refreshVideos } from './refresh-videos.ts';

/** Restores a video, and offers to delete it again. */
export function useRestoreVideo() {
  const softDelete = useMutation(
    trpc.videos.softDeleteVideo.mutationOptions({
      onSuccess: async () => {
        toastDone({ title: deletedVideosStrings.undone });
        await refreshVideos();
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
        await refreshVideos();
      },
    }),
  );
}
