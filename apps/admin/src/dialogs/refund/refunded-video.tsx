import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FormatText, Prompt, StatusBadge, VideoTypeText } from '../../ui/video-cells.tsx';
import type { RefundPreview } from './refund-form.tsx';

/** What was charged for, and what the ledger says of the charge. */
export function RefundedVideo({ preview }: { preview: RefundPreview }) {
  return (
    <div className="rounded-md border border-line text-sm">
      <div className="flex flex-col gap-1 px-3 py-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge status={preview.status} />
          <VideoTypeText type={preview.videoType} />
          <FormatText {...preview} />
          <span className="text-muted">
            <RelativeTime value={preview.createdAt} />
          </span>
        </div>
        <Prompt text={preview.prompt} />
        {preview.errorMessage !== null && <p className="text-danger">{preview.errorMessage}</p>}
        <CopyId id={preview.id} what={strings.common.videoId} isWhole />
      </div>
      <dl className="grid grid-cols-3 divide-x divide-line border-t border-line [&_dt]:text-xs [&_dt]:text-muted [&>div]:px-3 [&>div]:py-1.5">
        <div>
          <dt>{refundsStrings.charged}</dt>
          <dd>
            <Credits value={preview.creditsCharged} />
          </dd>
        </div>
        <div>
          <dt>{refundsStrings.refunded}</dt>
          <dd>
            <SignedCredits value={preview.creditsRefunded} />
          </dd>
        </div>
        <div>
          <dt>{refundsStrings.left}</dt>
          <dd className="font-semibold">
            <Credits value={preview.creditsRefundable} />
          </dd>
        </div>
      </dl>
    </div>
  );
}
