import type { AuditEntry } from '@reeldesk/api/contract/audit';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Lock, ScrollText } from 'lucide-react';
import { trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { overviewStrings } from '../../strings/overview.ts';
import { auditStrings } from '../../strings/audit.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { SignedCredits } from '../../ui/figure.tsx';
import { reasonInWords } from '../../ui/reason-in-words.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Section } from './section.tsx';

const t = overviewStrings;
const SHOWN = 8;

/** The newest rows of the audit log, a line each; for admins. */
export function NewestActions() {
  const isAdmin = useIsAdmin();
  const { data, error, refetch } = useQuery(
    trpc.audit.listAuditLog.queryOptions({ limit: SHOWN }, { enabled: isAdmin, ...liveList }),
  );
  return (
    <Section
      title={t.newest}
      aside={
        isAdmin && (
          <span className="flex items-center gap-3">
            <NewRows of="audit.listAuditLog" />
            <Link
              to="/audit"
              className="text-sm text-muted underline decoration-line underline-offset-2 hover:text-ink"
            >
              {t.newestLink}
            </Link>
          </span>
        )
      }
    >
      <div className="overflow-hidden rounded-lg border border-line">
        {!isAdmin ? (
          <EmptyState icon={Lock} title={t.newestForAdmins} hint={t.newestForAdminsHint} />
        ) : error !== null && data === undefined ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : data?.items.length === 0 ? (
          <EmptyState icon={ScrollText} title={auditStrings.empty} hint={auditStrings.emptyHint} />
        ) : (
          <ul className="divide-y divide-line text-sm" aria-busy={data === undefined}>
            {data === undefined
              ? Array.from({ length: SHOWN }, (_, index) => (
                  <li key={index} className="flex h-10 items-center px-4">
                    <Skeleton className="h-3.5 w-2/3" />
                  </li>
                ))
              : data.items.map((entry) => <Action key={entry.id} entry={entry} />)}
          </ul>
        )}
      </div>
    </Section>
  );
}

type ActionProps = { entry: Omit<AuditEntry, 'before' | 'after'> };

function Action({ entry }: ActionProps) {
  const who =
    entry.actorEmail ??
    (entry.actorId === null ? (auditStrings.actorRoles[entry.actorRole] ?? entry.actorRole) : shortId(entry.actorId));
  const reason = reasonInWords(entry.reason);
  return (
    <li className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2">
      <span className="font-medium whitespace-nowrap">{auditStrings.actions[entry.action] ?? entry.action}</span>
      <span className="min-w-0 flex-1 truncate text-muted max-sm:basis-full" title={reason ?? undefined}>
        {t.by(who)}
        {reason !== null && ` · ${reason}`}
      </span>
      {entry.amount !== null && <SignedCredits value={entry.amount} className="font-semibold" />}
      {entry.userId !== null && <AccountLink userId={entry.userId} email={null} />}
      <span className="w-28 text-right text-xs text-muted max-sm:w-auto">
        <RelativeTime value={entry.createdAt} />
      </span>
    </li>
  );
}
