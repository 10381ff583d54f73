import type { LedgerEntry } from '@reeldesk/api/contract/credits';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import { useMemo } from 'react';
import { trpc } from '../../api.ts';
import { shortId } from '../../format.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Pager } from '../../table/pager.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { reasonInWords } from '../../ui/reason-in-words.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';

const t = accountStrings;
const column = columnsOf<LedgerEntry>();
const tones: Record<LedgerEntry['type'], Tone> = {
  opening: 'neutral',
  charge: 'neutral',
  refund: 'back',
  adjustment: 'accent',
};

/** Every entry that made the balance what it is, newest first. */
export function AccountLedger({ userId, cursor }: { userId: string; cursor: string | undefined }) {
  const pages = useKeysetPages(cursor);
  const { data, error, isPlaceholderData, refetch } = useQuery(
    trpc.credits.creditStatement.queryOptions(
      { userId, limit: 50, ...(cursor && { cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('entryNo', {
          header: t.entryNo,
          meta: { skeleton: 'w-6' },
          cell: ({ getValue }) => <span className="text-muted tabular-nums">{getValue()}</span>,
        }),
        column.accessor('createdAt', { header: t.time, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
        column.accessor('type', {
          header: t.type,
          cell: ({ getValue }) => <Badge tone={tones[getValue()]}>{t.types[getValue()]}</Badge>,
        }),
        column.accessor('reason', {
          header: t.reason,
          meta: { className: 'w-full', skeleton: 'w-1/2' },
          cell: ({ row }) => <ReasonText entry={row.original} />,
        }),
        column.accessor('videoId', {
          header: t.video,
          meta: { skeleton: 'w-16' },
          cell: ({ getValue }) => <VideoLink videoId={getValue()} userId={userId} />,
        }),
        column.accessor('actorId', {
          header: t.operator,
          cell: ({ getValue }) => <Operator actorId={getValue()} userId={userId} />,
        }),
        column.accessor('amount', {
          header: t.amount,
          meta: { isFigure: true },
          cell: ({ getValue }) => <SignedCredits value={getValue()} className="font-semibold" />,
        }),
        column.accessor('balanceAfter', {
          header: t.balanceAfter,
          meta: { isFigure: true },
          cell: ({ getValue }) => <Credits value={getValue()} />,
        }),
      ]),
    [userId],
  );
  if (error !== null && data === undefined) {
    return (
      <ErrorState error={error} onRetry={() => void refetch()}>
        {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
      </ErrorState>
    );
  }
  if (data?.items.length === 0 && cursor === undefined) {
    return <EmptyState icon={ReceiptText} title={t.emptyLedger} hint={t.emptyLedgerHint} />;
  }
  return (
    <>
      <DataTable
        caption={t.ledgerCaption}
        columns={columns}
        rows={data?.items}
        rowId={({ id }) => id}
        isStale={isPlaceholderData}
      />
      <Pager pages={pages} isFirst={cursor === undefined} nextCursor={data?.nextCursor} rowCount={data?.items.length} />
    </>
  );
}

function ReasonText({ entry: { reason, note } }: { entry: LedgerEntry }) {
  if (reason === null && note === null) {
    return <span className="text-muted">{strings.common.none}</span>;
  }
  return (
    <span className="break-words">
      {reasonInWords(reason)}
      {note !== null && <span className="block text-xs text-muted">{note}</span>}
    </span>
  );
}

function VideoLink({ videoId, userId }: { videoId: string | null; userId: string }) {
  if (videoId === null) {
    return <span className="text-muted">{strings.common.none}</span>;
  }
  return (
    <Link
      to="/refunds"
      search={{ account: userId, status: 'all', state: 'all', refund: videoId }}
      aria-label={t.openCharge(shortId(videoId))}
      title={t.openCharge(videoId)}
      className="inline-flex h-6 items-center rounded-sm font-mono text-xs underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {shortId(videoId)}
    </Link>
  );
}

function Operator({ actorId, userId }: { actorId: string | null; userId: string }) {
  if (actorId === null) {
    return <span className="whitespace-nowrap text-muted">{t.backend}</span>;
  }
  if (actorId === userId) {
    return <span className="whitespace-nowrap text-muted">{t.owner}</span>;
  }
  return (
    <span className="font-mono text-xs" title={actorId}>
      {shortId(actorId)}
    </span>
  );
}
