import { strings } from '../strings.ts';
import { Badge, type Tone } from './badge.tsx';

type VideoStatus = keyof typeof strings.statuses;
type VideoType = Exclude<keyof typeof strings.videoTypes, 'unknown'>;

const tones: Record<VideoStatus, Tone> = {
  pending: 'neutral',
  processing: 'accent',
  completed: 'neutral',
  failed: 'danger',
};

export function StatusBadge({ status }: { status: VideoStatus }) {
  return <Badge tone={tones[status]}>{strings.statuses[status]}</Badge>;
}

export function VideoTypeText({ type }: { type: VideoType }) {
  return <span className="whitespace-nowrap">{strings.videoTypes[type]}</span>;
}

interface FormatTextProps {
  resolution: string | null;
  quality: string | null;
  durationSeconds: number | null;
}

/** Resolution, quality and length in one line. */
export function FormatText({ resolution, quality, durationSeconds }: FormatTextProps) {
  const parts = [
    resolution?.replace('x', '×'),
    quality,
    durationSeconds === null ? null : strings.video.seconds(durationSeconds),
  ];
  return (
    <span className="whitespace-nowrap text-muted tabular-nums">
      {parts.filter(Boolean).join(' · ') || strings.common.none}
    </span>
  );
}

/** What kind of video over how it was asked for. */
export function KindText({ videoType, ...format }: FormatTextProps & { videoType: VideoType }) {
  return (
    <span className="flex flex-col leading-tight max-md:items-end">
      <VideoTypeText type={videoType} />
      <span className="text-xs">
        <FormatText {...format} />
      </span>
    </span>
  );
}

/** What was asked for, on one line; whole on hover. Analysts don't get it. */
export function Prompt({ text }: { text: string | null }) {
  return text === null ? (
    <span className="text-muted italic">{strings.video.promptHidden}</span>
  ) : (
    <span title={text} className="line-clamp-1 max-md:line-clamp-2">
      {text}
    </span>
  );
}
