import { shortId } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { SelectPage, SelectRow } from '../../table/selection.tsx';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { KindText, StatusBadge } from '../../ui/video-cells.tsx';
import type { Candidate } from './candidate.ts';

const column = columnsOf<Candidate>();
const t = refundsStrings;

interface CandidateColumnsOptions {
  isAdmin: boolean;
  /** All are failed, so it is not said of each. */
  isOfFailed: boolean;
  onOpen: (videoId: string) => void;
}

/** The columns of the refund desk; they stay the same while rows are selected. */
export function candidateColumns({ isAdmin, isOfFailed, onOpen }: CandidateColumnsOptions) {
  return column.columns([
    column.accessor('id', {
      header: () => (
        <span className="inline-flex items-center gap-2 align-middle">
          <SelectPage label={batchesStrings.selectPage} />
          {strings.video.id}
        </span>
      ),
      meta: { isTitle: true, name: strings.video.id, skeleton: 'w-24' },
      cell: ({ getValue }) => (
        <span className="inline-flex items-center gap-2 align-middle">
          <SelectRow id={getValue()} label={batchesStrings.select(shortId(getValue()))} />
          <CopyId id={getValue()} what={strings.common.videoId} />
        </span>
      ),
    }),
    column.accessor('ownerEmail', {
      header: strings.video.account,
      meta: { className: 'w-full min-w-40 max-w-0 [&_a]:max-w-full', skeleton: 'w-36' },
      cell: ({ row }) => <AccountLink userId={row.original.userId} email={row.original.ownerEmail} />,
    }),
    ...(isOfFailed
      ? []
      : [
          column.accessor('status', {
            header: strings.video.status,
            meta: { skeleton: 'w-14' },
            cell: ({ getValue }) => <StatusBadge status={getValue()} />,
          }),
        ]),
    column.accessor('videoType', {
      header: strings.video.type,
      meta: { skeleton: 'w-32' },
      cell: ({ row }) => <KindText {...row.original} />,
    }),
    column.accessor('createdAt', {
      header: strings.video.created,
      cell: ({ getValue }) => <RelativeTime value={getValue()} />,
    }),
    column.accessor('creditsCharged', {
      header: t.charged,
      meta: { isFigure: true },
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
    column.accessor('creditsRefunded', {
      header: t.refunded,
      meta: { isFigure: true },
      cell: ({ getValue }) => <SignedCredits value={getValue()} />,
    }),
    column.accessor('creditsRefundable', {
      header: t.left,
      meta: { isFigure: true },
      cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
    }),
    column.display({
      id: 'actions',
      header: () => <span className="sr-only">{t.actions}</span>,
      meta: { isAction: true, skeleton: 'w-18' },
      cell: ({ row: { original: video } }) =>
        video.creditsRefundable > 0 ? (
          <Button
            size="sm"
            disabledReason={isAdmin ? null : t.analystReason}
            aria-label={`${t.refund} ${shortId(video.id)}`}
            onClick={() => onOpen(video.id)}
          >
            {t.refund}
          </Button>
        ) : (
          <Button
            size="sm"
            variant="ghost"
            aria-label={`${t.view} ${shortId(video.id)}`}
            onClick={() => onOpen(video.id)}
          >
            {t.view}
          </Button>
        ),
    }),
  ]);
}
