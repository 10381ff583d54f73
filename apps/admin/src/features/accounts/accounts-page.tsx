import type { Account } from '@reeldesk/api/contract/accounts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { SortingState } from '@tanstack/react-table';
import { Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { dataOf } from '../../api.ts';
import { accountsStrings } from '../../strings/accounts.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { SavedViews } from '../../table/saved-views.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits } from '../../ui/figure.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { AccountSearchBox } from './account-search-box.tsx';
import { AccountsChips, AccountsFilters } from './accounts-filters.tsx';
import type { AccountsSearch } from './accounts-search.ts';
import { accountsFilter, useListAccounts } from './use-list-accounts.ts';

const t = accountsStrings;
const column = columnsOf<Account>();
const columns = column.columns([
  column.accessor('email', {
    header: t.email,
    enableSorting: false,
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
    enableSorting: false,
    meta: { skeleton: 'w-16' },
    cell: ({ getValue }) => <CopyId id={getValue()} what={strings.common.accountId} />,
  }),
  column.accessor('createdAt', {
    header: t.since,
    cell: ({ getValue }) => <RelativeTime value={getValue()} />,
  }),
  column.accessor('ledgerEntries', {
    header: t.entries,
    enableSorting: false,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="text-muted" />,
  }),
  column.accessor('credits', {
    header: t.balance,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
  }),
]);

const sorts: Record<NonNullable<AccountsSearch['sort']> | 'newest', SortingState[number]> = {
  newest: { id: 'createdAt', desc: true },
  oldest: { id: 'createdAt', desc: false },
  most_credits: { id: 'credits', desc: true },
  fewest_credits: { id: 'credits', desc: false },
};

export function AccountsPage(): ReactNode {
  const search = useSearch({ from: '/app/accounts' });
  const { q, cursor, sort } = search;
  const navigate = useNavigate({ from: '/accounts' });
  const pages = useKeysetPages(cursor, 'accounts');
  const { data, error, isPlaceholderData, refetch } = useListAccounts(search, pages.size);
  const change = (next: AccountsSearch) =>
    void navigate({ search: (before) => ({ ...before, ...next, cursor: undefined }) });
  const clear = () => void navigate({ search: {} });
  const isFault = error !== null && (data === undefined || dataOf(error)?.httpStatus === 400);
  const isFiltered = Object.keys(accountsFilter(search)).length > 0;
  const sortBy = (columnId: string) => {
    const [first, second] =
      columnId === 'credits' ? (['most_credits', 'fewest_credits'] as const) : ([undefined, 'oldest'] as const);
    change({ sort: sort === first ? second : first });
  };
  const csv = new URLSearchParams(
    Object.entries({ ...accountsFilter(search), ...(sort && { sort }) }).map(([name, value]) => [name, String(value)]),
  );
  return (
    <Page title={t.title} lead={t.lead} beside={<NewRows of="accounts.listAccounts" />} isFilling>
      <FilterBar>
        <AccountSearchBox key={q} search={q} onSearch={(text) => change({ q: text })} />
        <AccountsFilters search={search} onChange={change} />
        <TableTools
          tableId="accounts"
          columns={columns}
          csv={{ address: `/export/accounts.csv?${csv.toString()}`, file: 'accounts.csv' }}
        >
          <SavedViews page="accounts" />
        </TableTools>
      </FilterBar>
      <AccountsChips search={search} onChange={change} />
      {isFault ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
          {isFiltered && <Button onClick={clear}>{q === undefined ? strings.common.clearAll : t.searchClear}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState
          icon={Users}
          title={q !== undefined ? t.emptyFiltered(q) : isFiltered ? t.emptyFilters : t.empty}
          hint={q !== undefined ? t.emptyFilteredHint : isFiltered ? t.emptyFiltersHint : t.emptyHint}
        >
          {isFiltered && <Button onClick={clear}>{strings.common.clearAll}</Button>}
        </EmptyState>
      ) : (
        <>
          <PagedTable
            tableId="accounts"
            caption={t.caption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
            sorting={[sorts[sort ?? 'newest']]}
            onSort={sortBy}
            isSortedElsewhere
          />
        </>
      )}
    </Page>
  );
}
