import { useNavigate, useSearch } from '@tanstack/react-router';
import { Lock, ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { strings } from '../../strings.ts';
import { auditColumns } from '../../audit-columns.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { Pager } from '../../table/pager.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Select } from '../../ui/input.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useListAuditLog } from './use-list-audit-log.ts';

const t = strings.audit;
const columns = auditColumns({ isWithAccount: true });

export function AuditPage(): ReactNode {
  const { action, account, cursor } = useSearch({ from: '/app/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor);
  const { data, error, isPlaceholderData, refetch } = useListAuditLog({ action, account, cursor }, isAdmin);
  if (!isAdmin) {
    return (
      <Page title={t.title} lead={t.lead}>
        <EmptyState icon={Lock} title={t.forAdmins} hint={t.forAdminsHint} />
      </Page>
    );
  }
  const isFiltered = action !== undefined || account !== undefined;
  const clear = () => void navigate({ search: {} });
  return (
    <Page title={t.title} lead={t.lead} isFilling>
      <FilterBar>
        <Select
          aria-label={t.action}
          value={action ?? ''}
          onChange={(event) =>
            void navigate({
              search: (before) => ({ ...before, action: event.target.value || undefined, cursor: undefined }),
            })
          }
          className="w-44"
        >
          <option value="">{t.allActions}</option>
          {action !== undefined && !(action in t.actions) && <option>{action}</option>}
          {Object.entries(t.actions).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        {account !== undefined && (
          <Chip
            name={t.account}
            value={shortId(account)}
            onRemove={() =>
              void navigate({ search: (before) => ({ ...before, account: undefined, cursor: undefined }) })
            }
          />
        )}
      </FilterBar>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState
          icon={ScrollText}
          title={isFiltered ? t.emptyFiltered : t.empty}
          hint={isFiltered ? t.emptyFilteredHint : t.emptyHint}
        >
          {isFiltered && <Button onClick={clear}>{strings.common.clearAll}</Button>}
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
