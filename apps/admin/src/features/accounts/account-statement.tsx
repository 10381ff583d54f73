import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import { useMemo } from 'react';
import { trpc } from '../../api.ts';
import { formatCredits, formatMoment } from '../../format.ts';
import { accountStrings as t } from '../../strings/accounts.ts';
import { entriesStrings } from '../../strings/usage.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ledgerColumns } from './ledger-columns.tsx';
import { ledgerCsv } from './ledger-csv.ts';

/** The ledger as it stood at a moment: its entries up to then, and the balance that they came to. */
export function AccountStatement({ userId, at }: { userId: string; at: string }) {
  const navigate = useNavigate({ from: '/accounts/$userId' });
  const columns = useMemo(() => ledgerColumns(userId), [userId]);
  const entries = useInfiniteQuery(
    trpc.credits.listAccountEntries.infiniteQueryOptions(
      { userId, at, limit: 100 },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const rows = useMemo(() => entries.data?.pages.flatMap(({ items }) => items), [entries.data]);
  if (entries.error !== null && rows === undefined) {
    return <ErrorState error={entries.error} onRetry={() => void entries.refetch()} />;
  }
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-2">
        <p className="text-sm">
          <span className="font-medium">{t.statementAt(formatMoment(at))}</span>
          {rows && (
            <span className="text-muted">
              {' '}
              · {t.statementBalance} {formatCredits(rows[0]?.balanceAfter ?? 0)} · {t.statementNote}
            </span>
          )}
        </p>
        <TableTools
          tableId="ledger"
          columns={columns}
          csv={{ address: ledgerCsv(userId, at), file: `ledger-${userId}-${at.slice(0, 10)}.csv` }}
        >
          <Button
            onClick={() => void navigate({ search: (before) => ({ ...before, at: undefined }), resetScroll: false })}
          >
            {t.statementNow}
          </Button>
        </TableTools>
      </div>
      {rows?.length === 0 ? (
        <EmptyState icon={ReceiptText} title={t.emptyLedger} hint={t.emptyLedgerHint} />
      ) : (
        <>
          <DataTable
            tableId="ledger"
            caption={t.statementAt(formatMoment(at))}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
          />
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
