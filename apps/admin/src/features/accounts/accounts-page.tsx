import type { Account } from '@reeldesk/api/contract/accounts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { dataOf } from '../../api.ts';
import { accountsStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Pager } from '../../table/pager.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits } from '../../ui/figure.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { AccountSearchBox } from './account-search-box.tsx';
import { useListAccounts } from './use-list-accounts.ts';

const t = accountsStrings;
const column = columnsOf<Account>();
const columns = column.columns([
  column.accessor('email', {
    header: t.email,
    meta: { isTitle: true, className: 'w-full', skeleton: 'w-44' },
    cell: ({ row }) => (
      <span className="flex items-center gap-2">
        <AccountLink userId={row.original.id} email={row.original.email} />
        {row.original.closedAt !== null && <Badge>{t.closed}</Badge>}
      </span>
    ),
  }),
  column.accessor('id', {
    header: t.id,
    meta: { skeleton: 'w-16' },
    cell: ({ getValue }) => <CopyId id={getValue()} what={strings.common.accountId} />,
  }),
  column.accessor('createdAt', {
    header: t.since,
    cell: ({ getValue }) => <RelativeTime value={getValue()} />,
  }),
  column.accessor('ledgerEntries', {
    header: t.entries,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="text-muted" />,
  }),
  column.accessor('credits', {
    header: t.balance,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
  }),
]);

export function AccountsPage(): ReactNode {
  const { q, cursor } = useSearch({ from: '/app/accounts' });
  const navigate = useNavigate({ from: '/accounts' });
  const pages = useKeysetPages(cursor);
  const { data, error, isPlaceholderData, refetch } = useListAccounts({ search: q, cursor });
  const clear = () => void navigate({ search: {} });
  const isFault = error !== null && (data === undefined || dataOf(error)?.httpStatus === 400);
  return (
    <Page title={t.title} lead={t.lead} isFilling>
      <FilterBar>
        <AccountSearchBox key={q} search={q} />
        {q !== undefined && <Chip name={accountsStrings.searchSubmit} value={q} onRemove={clear} />}
      </FilterBar>
      {isFault ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
          {q !== undefined && <Button onClick={clear}>{t.searchClear}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState
          icon={Users}
          title={q === undefined ? t.empty : t.emptyFiltered(q)}
          hint={q === undefined ? t.emptyHint : t.emptyFilteredHint}
        >
          {q !== undefined && <Button onClick={clear}>{t.searchClear}</Button>}
        </EmptyState>
      ) : (
        <>
          <DataTable
            caption={t.caption}
            columns={columns}
            rows={data?.items}
            rowId={({ id }) => id}
            isStale={isPlaceholderData}
          />
          <Pager
            pages={pages}
            isFirst={cursor === undefined}
            nextCursor={data?.nextCursor}
            rowCount={data?.items.length}
          />
        </>
      )}
    </Page>
  );
}
