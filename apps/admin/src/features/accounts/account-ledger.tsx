import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ReceiptText } from 'lucide-react';
import { useMemo } from 'react';
import { client, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { readPage } from '../../table/read-page.ts';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ledgerColumns } from './ledger-columns.tsx';
import { ledgerCsv } from './ledger-csv.ts';

const t = accountStrings;

interface AccountLedgerProps {
  userId: string;
  cursor: string | undefined;
  /** How many there are in all, once it is known. */
  entries: number | undefined;
}

/** Every entry that made the balance what it is, newest first. */
export function AccountLedger({ userId, cursor, entries }: AccountLedgerProps) {
  const pages = useKeysetPages(cursor, 'ledger');
  const input = { userId, limit: pages.size, ...(cursor && { cursor }) };
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...trpc.credits.listAccountEntries.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.credits.listAccountEntries.query({ ...input, ...part }, { signal })),
  });
  const columns = useMemo(() => ledgerColumns(userId), [userId]);
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
          csv={{ address: ledgerCsv(userId), file: `ledger-${userId}.csv` }}
        />
      </div>
      <PagedTable
        tableId="ledger"
        caption={t.ledgerCaption}
        columns={columns}
        page={data}
        pages={pages}
        cursor={cursor}
        isStale={isPlaceholderData}
      />
    </>
  );
}
