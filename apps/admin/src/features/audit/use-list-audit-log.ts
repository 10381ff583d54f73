import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, trpc } from '../../api.ts';
import { readPage } from '../../table/read-page.ts';
import { liveList } from '../../live/live-list.ts';

interface AuditFilter {
  action: string | undefined;
  account: string | undefined;
  actor: string | undefined;
  cursor: string | undefined;
}

/** A page of the audit log; not asked for by analysts, who would be refused. */
export function useListAuditLog({ action, account, actor, cursor }: AuditFilter, limit: number, isAdmin: boolean) {
  const input = {
    limit,
    ...(action && { action }),
    ...(account && { userId: account }),
    ...(actor && { actorId: actor }),
    ...(cursor && { cursor }),
  };
  return useQuery({
    ...trpc.audit.listAuditLog.queryOptions(input, {
      enabled: isAdmin,
      placeholderData: keepPreviousData,
      ...liveList,
    }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.audit.listAuditLog.query({ ...input, ...part }, { signal })),
  });
}
