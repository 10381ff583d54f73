import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { client, queryClient, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { keysStrings as t } from '../../strings/desk.ts';
import { readPage } from '../../table/read-page.ts';
import { toastDone } from '../../ui/toasts.ts';

/** A page of keys; not asked for by analysts, who would be refused. */
export function useListApiKeys(cursor: string | undefined, limit: number, isAdmin: boolean) {
  const input = { limit, ...(cursor && { cursor }) };
  return useQuery({
    ...trpc.keys.listApiKeys.queryOptions(input, { enabled: isAdmin, placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) => readPage(input, (part) => client.keys.listApiKeys.query(part, { signal })),
  });
}

function refresh(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries(trpc.keys.pathFilter()),
    queryClient.invalidateQueries(trpc.audit.pathFilter()),
  ]);
}

/** Makes a key. Its answer holds the key itself, which is kept nowhere but in the dialog that shows it. */
export function useCreateApiKey() {
  return useMutation(trpc.keys.createApiKey.mutationOptions({ gcTime: 0, onSettled: refresh }));
}

/** Ends a key for good. */
export function useRevokeApiKey(name: string) {
  return useMutation(
    trpc.keys.revokeApiKey.mutationOptions({
      onSuccess: () => toastDone({ title: t.revoked, text: t.revokedText(name) }),
      onSettled: refresh,
    }),
  );
}
