import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { strings } from '../../strings.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { useRestoreVideo } from './use-restore-video.ts';
import { VideoSummary } from './video-summary.tsx';
import { useSendOnce } from '../../ui/use-send-once.ts';

/** Says whose video comes back and what it is, and asks. */
export function RestoreDialog({ videoId, onClose }: { videoId: string; onClose: () => void }) {
  const video = useQuery(trpc.videos.getVideo.queryOptions({ videoId }, { staleTime: 0 }));
  const restore = useRestoreVideo();
  const sendOnce = useSendOnce();
  const confirm = () =>
    sendOnce((onSettled) =>
      restore.mutate({ videoId }, { onSuccess: onClose, onError: () => void video.refetch(), onSettled }),
    );
  const found = video.data;
  const isDeleted = found === undefined || found.deletedAt !== null;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isLocked={restore.isPending}
      title={deletedVideosStrings.dialogTitle}
      description={found && deletedVideosStrings.dialogText(nameOf(found.userId, found.ownerEmail))}
    >
      <DialogBody>
        {video.isPending && (
          <div className="flex flex-col gap-2 py-1">
            {Array.from({ length: 5 }, (_, index) => (
              <Skeleton key={index} className="h-4 w-3/4" />
            ))}
          </div>
        )}
        {found && <VideoSummary video={found} />}
        {!isDeleted && <Notice title={deletedVideosStrings.notDeleted} />}
        {video.error && <ErrorNotice error={video.error} />}
        {restore.error && isDeleted && <ErrorNotice error={restore.error} />}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose} isDisabled={restore.isPending}>
          {strings.common.cancel}
        </Button>
        <Button
          data-autofocus
          variant="primary"
          onClick={confirm}
          isPending={restore.isPending}
          isDisabled={!found || !isDeleted}
        >
          {restore.isPending ? deletedVideosStrings.pending : deletedVideosStrings.confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
