import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import { useMemo } from 'react';
import { trpc } from '../../api.ts';
import { formatCredits, formatMoment } from '../../format.ts';
import { accountStrings as t } from '../../strings/accounts.ts';
import { entriesStrings } from '../../strings/usage.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { EntryType, ReasonText, VideoLink } from './ledger-cells.tsx';
import { toStatementRows, type StatementRow } from './statement-rows.ts';

const column = columnsOf<StatementRow>();
const columns = column.columns([
  column.accessor('entryNo', {
    header: t.entryNo,
    meta: { skeleton: 'w-6' },
    cell: ({ getValue }) => <span className="text-muted tabular-nums">{getValue()}</span>,
  }),
  column.accessor('createdAt', { header: t.time, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
  column.accessor('type', { header: t.type, cell: ({ getValue }) => <EntryType type={getValue()} /> }),
  column.accessor('reason', {
    header: t.reason,
    meta: { className: 'w-full', skeleton: 'w-1/2' },
    cell: ({ getValue }) => <ReasonText reason={getValue()} />,
  }),
  column.accessor('videoId', { header: t.video, cell: ({ getValue }) => <VideoLink videoId={getValue()} /> }),
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
]);

/** The ledger as it stood at a moment: its entries up to then, and the balance that they came to. */
export function AccountStatement({ userId, at }: { userId: string; at: string }) {
  const navigate = useNavigate({ from: '/accounts/$userId' });
  const balance = useQuery(trpc.credits.balanceAt.queryOptions({ userId, at }));
  const entries = useInfiniteQuery(
    trpc.usage.listUsageEntries.infiniteQueryOptions(
      {
        userId,
        from: '1970-01-01T00:00:00Z',
        // Entries of that very moment count, and the range does not include its end.
        to: at.replace(/(\.\d{3})?Z$/, '.000001Z'),
        types: ['opening', 'charge', 'refund', 'adjustment'],
        limit: 100,
      },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const rows = useMemo(
    () =>
      balance.data && entries.data
        ? toStatementRows(
            entries.data.pages.flatMap(({ items }) => items),
            balance.data.balance,
          )
        : undefined,
    [balance.data, entries.data],
  );
  const failed = [balance, entries].find(({ error, data }) => error !== null && data === undefined);
  if (failed) {
    return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-2">
        <p className="text-sm">
          <span className="font-medium">{t.statementAt(formatMoment(at))}</span>
          {balance.data && (
            <span className="text-muted">
              {' '}
              · {t.statementBalance} {formatCredits(balance.data.balance)} · {t.statementNote}
            </span>
          )}
        </p>
        <Button
          size="sm"
          onClick={() => void navigate({ search: (before) => ({ ...before, at: undefined }), resetScroll: false })}
        >
          {t.statementNow}
        </Button>
      </div>
      {rows?.length === 0 ? (
        <EmptyState icon={ReceiptText} title={t.emptyLedger} hint={t.emptyLedgerHint} />
      ) : (
        <>
          <DataTable caption={t.statementAt(formatMoment(at))} columns={columns} rows={rows} rowId={({ id }) => id} />
          {entries.hasNextPage && (
            <div className="flex justify-center p-4">
              <Button isPending={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
                {entriesStrings.more}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}
