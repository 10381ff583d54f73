import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Lock, ScrollText } from 'lucide-react';
import { trpc } from '../../api.ts';
import { auditColumns } from '../../audit-columns.tsx';
import { useIsAdmin } from '../../session.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { strings } from '../../strings.ts';
import { DataTable } from '../../table/data-table.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Section } from './section.tsx';

const t = overviewStrings;
const SHOWN = 6;
const columns = auditColumns({ isWithAccount: true });

/** The newest rows of the audit log; for admins. */
export function NewestActions() {
  const isAdmin = useIsAdmin();
  const { data, error, refetch } = useQuery(
    trpc.audit.listAuditLog.queryOptions({ limit: SHOWN }, { enabled: isAdmin, refetchInterval: 60_000 }),
  );
  return (
    <Section
      title={t.newest}
      aside={
        isAdmin && (
          <Link to="/audit" className="text-sm text-muted underline decoration-line underline-offset-2 hover:text-ink">
            {t.newestLink}
          </Link>
        )
      }
    >
      <div className="overflow-hidden rounded-lg border border-line">
        {!isAdmin ? (
          <EmptyState icon={Lock} title={t.newestForAdmins} hint={t.newestForAdminsHint} />
        ) : error !== null && data === undefined ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : data?.items.length === 0 ? (
          <EmptyState icon={ScrollText} title={strings.audit.empty} hint={strings.audit.emptyHint} />
        ) : (
          <DataTable
            caption={t.newest}
            columns={columns}
            rows={data?.items}
            rowId={({ id }) => id}
            skeletonRows={SHOWN}
          />
        )}
      </div>
    </Section>
  );
}
