import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Film } from 'lucide-react';
import { client, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { strings } from '../../strings.ts';
import { accountStrings as t } from '../../strings/accounts.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { readPage } from '../../table/read-page.ts';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { Credits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { KindText, Prompt, StatusBadge } from '../../ui/video-cells.tsx';
import { VideoLink } from './ledger-cells.tsx';

const column = columnsOf<VideoWithOwner>();
const columns = column.columns([
  column.accessor('id', { header: strings.video.id, cell: ({ getValue }) => <VideoLink videoId={getValue()} /> }),
  column.accessor('createdAt', {
    header: strings.video.created,
    cell: ({ getValue }) => <RelativeTime value={getValue()} />,
  }),
  column.accessor('status', {
    header: strings.video.status,
    cell: ({ getValue }) => <StatusBadge status={getValue()} />,
  }),
  column.accessor('videoType', { header: strings.video.type, cell: ({ row }) => <KindText {...row.original} /> }),
  column.accessor('prompt', {
    header: strings.video.prompt,
    meta: { className: 'w-full max-w-96', skeleton: 'w-3/4' },
    cell: ({ getValue }) => <Prompt text={getValue()} />,
  }),
  column.accessor('creditsUsed', {
    header: strings.video.credits,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
  }),
]);

/** The active videos of an account, newest first. */
export function AccountVideos({ userId, cursor }: { userId: string; cursor: string | undefined }) {
  const pages = useKeysetPages(cursor, 'account-videos');
  const input = { userId, limit: pages.size, ...(cursor && { cursor }) };
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...trpc.videos.listVideos.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.videos.listVideos.query({ ...input, ...part }, { signal })),
  });
  if (error !== null && data === undefined) {
    return (
      <ErrorState error={error} onRetry={() => void refetch()}>
        {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
      </ErrorState>
    );
  }
  if (data?.items.length === 0 && cursor === undefined) {
    return <EmptyState icon={Film} title={t.emptyVideos} hint={t.emptyVideosHint} />;
  }
  return (
    <>
      <div className="flex px-5 py-2">
        <TableTools
          tableId="account-videos"
          columns={columns}
          csv={{ address: `/export/videos.csv?userId=${userId}`, file: `videos-${userId}.csv` }}
        />
      </div>
      <PagedTable
        tableId="account-videos"
        caption={t.videosCaption}
        columns={columns}
        page={data}
        pages={pages}
        cursor={cursor}
        isStale={isPlaceholderData}
      />
    </>
  );
}
