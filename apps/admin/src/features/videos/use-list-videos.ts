import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import type { VideosSearch } from './videos-search.ts';

// Days are the browser's: a day ends where the next one begins, also when the clocks change.
function startOfDay(day: string, plusDays = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}

/** A page of videos as filtered; the old page stays while the next one loads. */
export function useListVideos({ status, type, resolution, account, from, to, sort, cursor }: VideosSearch) {
  return useQuery(
    trpc.videos.listVideos.queryOptions(
      {
        limit: 50,
        ...(status && { status: [status] }),
        ...(type && { videoType: [type] }),
        ...(resolution && { resolution: [resolution] }),
        ...(account && { userId: account }),
        ...(from && { createdFrom: startOfDay(from) }),
        ...(to && { createdBefore: startOfDay(to, 1) }),
        ...(sort && { sort }),
        ...(cursor && { cursor }),
      },
      { placeholderData: keepPreviousData },
    ),
  );
}
