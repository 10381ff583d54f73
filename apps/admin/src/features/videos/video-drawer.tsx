import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { trpc } from '../../api.ts';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { videosStrings } from '../../strings/videos.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { RestoreDialog } from '../../dialogs/restore/restore-dialog.tsx';
import { RefundDialog } from '../../dialogs/refund/refund-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { VideoFacts } from './video-facts.tsx';
import { VideoLedger } from './video-ledger.tsx';
import { VideoTrail } from './video-trail.tsx';

const t = videosStrings;

/** One video with all that is known of it, and what can be done with it. */
export function VideoDrawer({ videoId }: { videoId: string }) {
  const { act } = useSearch({ from: '/app/videos' });
  const navigate = useNavigate({ from: '/videos' });
  const { data: video, error, refetch } = useQuery(trpc.videos.getVideo.queryOptions({ videoId }));
  const show = (
    next: { video?: string | undefined; act?: 'refund' | 'delete' | 'restore' | undefined },
    replace = true,
  ) =>
    void navigate({
      search: (before) => ({ ...before, ...next }),
      state: (before) => before,
      replace,
      resetScroll: false,
    });
  const closeAct = () => show({ act: undefined });
  return (
    <Drawer
      title={t.drawerTitle(shortId(videoId))}
      description={<CopyId id={videoId} what={strings.common.videoId} isWhole />}
      onClose={() => show({ video: undefined, act: undefined })}
      actions={video && <Actions video={video} onAct={(next) => show({ act: next }, false)} />}
    >
      {error !== null && video === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : video === undefined ? (
        <output aria-label={strings.common.loading} className="flex flex-col gap-3">
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} className="h-4 w-3/4" />
          ))}
        </output>
      ) : (
        <>
          <VideoFacts video={video} />
          <VideoLedger videoId={videoId} ownerId={video.userId} />
          <VideoTrail videoId={videoId} />
        </>
      )}
      {act === 'refund' && <RefundDialog videoId={videoId} onClose={closeAct} />}
      {act === 'delete' && <DeleteDialog videoId={videoId} onClose={closeAct} />}
      {act === 'restore' && <RestoreDialog videoId={videoId} onClose={closeAct} />}
    </Drawer>
  );
}

interface ActionsProps {
  video: VideoWithOwner;
  onAct: (act: 'refund' | 'delete' | 'restore') => void;
}

function Actions({ video, onAct }: ActionsProps) {
  const isAdmin = useIsAdmin();
  const charge = useQuery(trpc.refunds.previewRefund.queryOptions({ videoId: video.id }));
  const isEnded = video.status === 'failed' || video.status === 'completed';
  const left = charge.data?.creditsRefundable;
  const refundReason = !isAdmin ? t.refundAnalyst : !isEnded ? t.notEnded : left === 0 ? t.noCharge : null;
  return (
    <>
      {video.deletedAt === null ? (
        <Button disabledReason={isAdmin ? null : t.deleteAnalyst} onClick={() => onAct('delete')}>
          {t.delete}
        </Button>
      ) : (
        <Button disabledReason={isAdmin ? null : t.restoreAnalyst} onClick={() => onAct('restore')}>
          {t.restore}
        </Button>
      )}
      <Button variant="primary" disabledReason={refundReason} onClick={() => onAct('refund')}>
        {t.refund}
      </Button>
    </>
  );
}
