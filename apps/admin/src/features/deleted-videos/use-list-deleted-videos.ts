import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';

/** A page of deleted videos; the old page stays while the next one loads. */
export function useListDeletedVideos(input: { userId: string | undefined; cursor: string | undefined }) {
  return useQuery(
    trpc.videos.listDeletedVideos.queryOptions(
      { limit: 50, ...(input.userId && { userId: input.userId }), ...(input.cursor && { cursor: input.cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
}
