import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { staffStrings as t } from '../../strings/desk.ts';
import { toastDone } from '../../ui/toasts.ts';

/** Everybody with a role; not asked for by analysts, who would be refused. */
export function useListStaff(isAdmin: boolean) {
  return useQuery(trpc.staff.listStaff.queryOptions(undefined, { enabled: isAdmin, ...liveList }));
}

// Somebody's keys end with his role.
function refresh(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries(trpc.staff.pathFilter()),
    queryClient.invalidateQueries(trpc.keys.pathFilter()),
    queryClient.invalidateQueries(trpc.audit.pathFilter()),
  ]);
}

/** Gives a role, or another one. */
export function useGrantStaffRole(who: string) {
  return useMutation(
    trpc.staff.grantStaffRole.mutationOptions({
      onSuccess: ({ role }) => toastDone({ title: t.granted, text: t.grantedText(who, role) }),
      onSettled: refresh,
    }),
  );
}

/** Takes a role away. */
export function useRevokeStaffRole(who: string) {
  return useMutation(
    trpc.staff.revokeStaffRole.mutationOptions({
      onSuccess: () => toastDone({ title: t.revoked, text: t.revokedText(who) }),
      onSettled: refresh,
    }),
  );
}
