import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { strings } from '../../strings.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FormatText, Prompt, VideoTypeText } from '../../ui/video-cells.tsx';

/** What is about to be restored or deleted, to be sure that it is the right one. */
export function VideoSummary({ video }: { video: VideoWithOwner }) {
  return (
    <dl className="grid grid-cols-[7rem_1fr] gap-y-1.5 text-sm [&_dt]:text-muted">
      <dt>{strings.video.id}</dt>
      <dd className="min-w-0">
        <CopyId id={video.id} what={strings.common.videoId} isWhole />
      </dd>
      <dt>{strings.video.prompt}</dt>
      <dd>
        <Prompt text={video.prompt} />
      </dd>
      <dt>{strings.video.type}</dt>
      <dd>
        <VideoTypeText type={video.videoType} />
      </dd>
      <dt>{strings.video.format}</dt>
      <dd>
        <FormatText {...video} />
      </dd>
      {video.deletedAt !== null && (
        <>
          <dt>{deletedVideosStrings.deleted}</dt>
          <dd>
            <RelativeTime value={video.deletedAt} />
            <span className="text-muted"> · {deletedVideosStrings.kept}</span>
          </dd>
        </>
      )}
    </dl>
  );
}
