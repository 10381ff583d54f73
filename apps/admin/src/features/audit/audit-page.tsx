import { useNavigate, useSearch } from '@tanstack/react-router';
import { Lock, ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { auditStrings } from '../../strings/audit.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { strings } from '../../strings.ts';
import { auditColumns } from '../../audit-columns.tsx';
import { FilterChips } from '../../table/filter-chips.tsx';
import { PagedTable } from '../../table/paged-table.tsx';
import { SavedViews } from '../../table/saved-views.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/input.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useListAuditLog } from './use-list-audit-log.ts';

const t = auditStrings;
const columns = auditColumns({ isWithAccount: true });

export function AuditPage(): ReactNode {
  const { action, account, actor, cursor } = useSearch({ from: '/app/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor, 'audit');
  const { data, error, isPlaceholderData, refetch } = useListAuditLog(
    { action, account, actor, cursor },
    pages.size,
    isAdmin,
  );
  if (!isAdmin) {
    return (
      <Page title={t.title} lead={t.lead}>
        <EmptyState icon={Lock} title={t.forAdmins} hint={t.forAdminsHint} />
      </Page>
    );
  }
  const isFiltered = action !== undefined || account !== undefined || actor !== undefined;
  const without = (name: 'action' | 'account' | 'actor') =>
    void navigate({ search: (before) => ({ ...before, [name]: undefined, cursor: undefined }) });
  const clear = () => void navigate({ search: {} });
  return (
    <Page title={t.title} lead={t.lead} beside={<NewRows of="audit.listAuditLog" />} isFilling>
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
        <TableTools
          tableId="audit"
          columns={columns}
          csv={{ address: exportAddress({ action, account, actor }), file: 'audit.csv' }}
        >
          <SavedViews page="audit" />
        </TableTools>
      </FilterBar>
      <FilterChips
        chips={[
          action !== undefined && {
            name: t.action,
            value: t.actions[action] ?? action,
            onRemove: () => without('action'),
          },
          account !== undefined && { name: t.account, value: shortId(account), onRemove: () => without('account') },
          actor !== undefined && { name: t.by, value: shortId(actor), onRemove: () => without('actor') },
        ]}
        onClear={clear}
      />
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
          <PagedTable
            tableId="audit"
            caption={t.caption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
          />
        </>
      )}
    </Page>
  );
}

/** The same list as CSV. */
function exportAddress({ action, account, actor }: Record<'action' | 'account' | 'actor', string | undefined>): string {
  const params = { ...(action && { action }), ...(account && { userId: account }), ...(actor && { actorId: actor }) };
  return `/export/audit.csv?${new URLSearchParams(params).toString()}`;
}
