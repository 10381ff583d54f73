import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, trpc } from '../../api.ts';
import { readPage } from '../../table/read-page.ts';
import { liveList } from '../../live/live-list.ts';
import type { VideosSearch } from './videos-search.ts';

// Days are the browser's: a day ends where the next one begins, also when the clocks change.
function startOfDay(day: string, plusDays = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}

/** The filter and order of the list as the API takes them. */
function videosFilter({ status, type, resolution, account, from, to, sort }: VideosSearch) {
  return {
    ...(status && { status: [status] }),
    ...(type && { videoType: [type] }),
    ...(resolution && { resolution: [resolution] }),
    ...(account && { userId: account }),
    ...(from && { createdFrom: startOfDay(from) }),
    ...(to && { createdBefore: startOfDay(to, 1) }),
    ...(sort && { sort }),
  };
}

/** The address of the same list as CSV. */
export function videosCsv(search: VideosSearch): string {
  const filter = Object.entries(videosFilter(search)).map(([name, value]) => [name, String(value)]);
  return `/export/videos.csv?${new URLSearchParams(filter).toString()}`;
}

/** A page of videos as filtered; the old page stays while the next one loads. */
export function useListVideos(search: VideosSearch, limit: number) {
  const input = { limit, ...videosFilter(search), ...(search.cursor && { cursor: search.cursor }) };
  return useQuery({
    ...trpc.videos.listVideos.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.videos.listVideos.query({ ...input, ...part }, { signal })),
  });
}
