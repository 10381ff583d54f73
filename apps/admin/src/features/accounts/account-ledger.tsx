import type { LedgerEntry } from '@reeldesk/api/contract/credits';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ReceiptText } from 'lucide-react';
import { useMemo } from 'react';
import { trpc } from '../../api.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Pager } from '../../table/pager.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { EntryType, Operator, ReasonText, VideoLink } from './ledger-cells.tsx';

const t = accountStrings;
const column = columnsOf<LedgerEntry>();

interface AccountLedgerProps {
  userId: string;
  cursor: string | undefined;
  /** How many there are in all, once it is known. */
  entries: number | undefined;
}

/** Every entry that made the balance what it is, newest first. */
export function AccountLedger({ userId, cursor, entries }: AccountLedgerProps) {
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
          cell: ({ getValue }) => <EntryType type={getValue()} />,
        }),
        column.accessor('reason', {
          header: t.reason,
          meta: { className: 'w-full', skeleton: 'w-1/2' },
          cell: ({ row }) => <ReasonText {...row.original} />,
        }),
        column.accessor('videoId', {
          header: t.video,
          meta: { skeleton: 'w-16' },
          cell: ({ getValue }) => <VideoLink videoId={getValue()} />,
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
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-2">
        <p className="min-w-0 flex-1 text-xs text-muted">{entries === undefined ? '' : t.ledgerExplained(entries)}</p>
        <TableTools
          tableId="ledger"
          columns={columns}
          csv={{ address: ledgerAddress(userId), file: `ledger-${userId}.csv` }}
        />
      </div>
      <DataTable
        tableId="ledger"
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

/** All of the ledger as CSV. */
function ledgerAddress(userId: string): string {
  const params = { from: '1970-01-01', to: '9999-12-30', userId, types: 'opening,charge,refund,adjustment' };
  return `/export/usage-entries.csv?${new URLSearchParams(params).toString()}`;
}
