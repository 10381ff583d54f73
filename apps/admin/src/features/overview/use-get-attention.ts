import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { startOfToday } from '../../start-of-today.ts';

/** What the desk has to look at now, read again each minute. */
export function useGetAttention() {
  return useQuery(
    trpc.desk.getAttention.queryOptions(
      { adjustedSince: startOfToday(), stuckAfterMinutes: 30 },
      { refetchInterval: 60_000 },
    ),
  );
}
