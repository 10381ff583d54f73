import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';

interface AuditFilter {
  action: string | undefined;
  account: string | undefined;
  actor: string | undefined;
  cursor: string | undefined;
}

/** A page of the audit log; not asked for by analysts, who would be refused. */
export function useListAuditLog({ action, account, actor, cursor }: AuditFilter, isAdmin: boolean) {
  return useQuery(
    trpc.audit.listAuditLog.queryOptions(
      {
        limit: 50,
        ...(action && { action }),
        ...(account && { userId: account }),
        ...(actor && { actorId: actor }),
        ...(cursor && { cursor }),
      },
      { enabled: isAdmin, placeholderData: keepPreviousData },
    ),
  );
}
