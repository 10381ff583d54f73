import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import type { ReactNode } from 'react';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { videosStrings } from '../../strings/videos.ts';
import { strings } from '../../strings.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Credits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FormatText, StatusBadge, VideoTypeText } from '../../ui/video-cells.tsx';

const t = videosStrings;

/** What was asked for, what came of it, and whose it is. */
export function VideoFacts({ video }: { video: VideoWithOwner }) {
  return (
    <section aria-label={t.facts}>
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge status={video.status} />
        {video.deletedAt !== null && <Badge tone="caution">{t.deleted}</Badge>}
        <VideoTypeText type={video.videoType} />
        <FormatText {...video} />
      </div>
      <p className="mt-2 break-words">
        {video.prompt ?? <span className="text-muted italic">{strings.video.promptHidden}</span>}
      </p>
      {video.errorMessage !== null && <p className="mt-1 text-sm break-words text-danger">{video.errorMessage}</p>}
      <dl className="mt-4 grid grid-cols-[7rem_1fr] gap-y-1.5 text-sm [&_dt]:text-muted">
        <Fact name={strings.video.account}>
          <AccountLink userId={video.userId} email={video.ownerEmail} />
        </Fact>
        <Fact name={strings.video.credits}>
          <Credits value={video.creditsUsed} />
        </Fact>
        <Fact name={strings.video.created}>
          <RelativeTime value={video.createdAt} />
        </Fact>
        <Fact name={t.updated}>
          <RelativeTime value={video.updatedAt} />
        </Fact>
        {video.deletedAt !== null && (
          <Fact name={t.deleted}>
            <RelativeTime value={video.deletedAt} />
            <span className="text-muted"> · {deletedVideosStrings.kept}</span>
          </Fact>
        )}
        {video.videoUrl !== null && (
          <Fact name={t.link}>
            <Away to={video.videoUrl}>{t.openLink}</Away>
          </Fact>
        )}
        {video.imageUrl !== null && (
          <Fact name={t.image}>
            <Away to={video.imageUrl}>{t.openImage}</Away>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

// Addresses come from outside; only those of the web are made links.
function Away({ to, children }: { to: string; children: ReactNode }) {
  return /^https?:\/\//.test(to) ? (
    <a
      href={to}
      target="_blank"
      rel="noreferrer noopener"
      className="rounded-sm underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {children}
    </a>
  ) : (
    <span className="break-all">{to}</span>
  );
}
