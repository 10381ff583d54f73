import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, trpc } from '../../api.ts';
import { readPage } from '../../table/read-page.ts';
import { liveList } from '../../live/live-list.ts';

interface DeletedVideosPage {
  userId: string | undefined;
  cursor: string | undefined;
  limit: number;
}

/** A page of deleted videos; the old page stays while the next one loads. */
export function useListDeletedVideos({ userId, cursor, limit }: DeletedVideosPage) {
  const input = { limit, ...(userId && { userId }), ...(cursor && { cursor }) };
  return useQuery({
    ...trpc.videos.listDeletedVideos.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.videos.listDeletedVideos.query({ ...input, ...part }, { signal })),
  });
}
