import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Lock, ScrollText } from 'lucide-react';
import { client, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { useIsAdmin } from '../../session.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { auditColumns } from '../../audit-columns.tsx';
import { PagedTable } from '../../table/paged-table.tsx';
import { readPage } from '../../table/read-page.ts';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';

const t = accountStrings;
const columns = auditColumns({ isWithAccount: false });

/** What staff did to this account; for admins. */
export function AccountAudit({ userId, cursor }: { userId: string; cursor: string | undefined }) {
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor, 'account-audit');
  const input = { userId, limit: pages.size, ...(cursor && { cursor }) };
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...trpc.audit.listAuditLog.queryOptions(input, {
      enabled: isAdmin,
      placeholderData: keepPreviousData,
      ...liveList,
    }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.audit.listAuditLog.query({ ...input, ...part }, { signal })),
  });
  if (!isAdmin) {
    return <EmptyState icon={Lock} title={t.auditForAdmins} hint={t.auditForAdminsHint} />;
  }
  if (error !== null && data === undefined) {
    return (
      <ErrorState error={error} onRetry={() => void refetch()}>
        {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
      </ErrorState>
    );
  }
  if (data?.items.length === 0 && cursor === undefined) {
    return <EmptyState icon={ScrollText} title={t.emptyAudit} hint={t.emptyAuditHint} />;
  }
  return (
    <>
      <div className="flex px-5 py-2">
        <TableTools
          tableId="account-audit"
          columns={columns}
          csv={{ address: `/export/audit.csv?userId=${userId}`, file: `audit-${userId}.csv` }}
        />
      </div>
      <PagedTable
        tableId="account-audit"
        caption={t.tabs.audit}
        columns={columns}
        page={data}
        pages={pages}
        cursor={cursor}
        isStale={isPlaceholderData}
      />
    </>
  );
}
