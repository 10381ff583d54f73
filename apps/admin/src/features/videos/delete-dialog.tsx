import { useMutation, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { videosStrings } from '../../strings/videos.ts';
import { strings } from '../../strings.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { toastDone, toastFailed } from '../../ui/toasts.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';
import { refreshVideos } from '../../dialogs/restore/refresh-videos.ts';
import { VideoSummary } from '../../dialogs/restore/video-summary.tsx';

const t = videosStrings;

/** Says whose video is hidden and that no credits move, and asks. */
export function DeleteDialog({ videoId, onClose }: { videoId: string; onClose: () => void }) {
  const video = useQuery(trpc.videos.getVideo.queryOptions({ videoId }, { staleTime: 0 }));
  const remove = useDeleteVideo();
  const sendOnce = useSendOnce();
  const confirm = () =>
    sendOnce((onSettled) =>
      remove.mutate({ videoId }, { onSuccess: onClose, onError: () => void video.refetch(), onSettled }),
    );
  const found = video.data;
  const isDeleted = found !== undefined && found.deletedAt !== null;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isLocked={remove.isPending}
      title={t.deleteTitle}
      description={found && t.deleteText(nameOf(found.userId, found.ownerEmail))}
    >
      <DialogBody>
        {found && <VideoSummary video={found} />}
        {isDeleted && <Notice title={t.alreadyDeleted} />}
        {video.error && <ErrorNotice error={video.error} />}
        {remove.error && !isDeleted && <ErrorNotice error={remove.error} />}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose} isDisabled={remove.isPending}>
          {strings.common.cancel}
        </Button>
        <Button
          data-autofocus
          variant="primary"
          onClick={confirm}
          isPending={remove.isPending}
          isDisabled={!found || isDeleted}
        >
          {remove.isPending ? t.deletePending : t.deleteConfirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

// Deletes, and offers to restore it again.
function useDeleteVideo() {
  const restore = useMutation(
    trpc.videos.restoreVideo.mutationOptions({
      onSuccess: async () => {
        toastDone({ title: t.restoredAgain });
        await refreshVideos();
      },
      onError: (error) => toastFailed(t.undoFailed, error),
    }),
  );
  return useMutation(
    trpc.videos.softDeleteVideo.mutationOptions({
      onSuccess: async ({ videoId }) => {
        toastDone({
          title: t.deletedDone,
          text: t.deletedText,
          action: { label: strings.common.undo, run: () => restore.mutate({ videoId }) },
        });
        await refreshVideos();
      },
    }),
  );
}
