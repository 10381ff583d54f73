import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Film } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { videosStrings } from '../../strings/videos.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { SavedViews } from '../../table/saved-views.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Credits } from '../../ui/figure.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { KindText, Prompt, StatusBadge } from '../../ui/video-cells.tsx';
import { useListVideos, videosCsv } from './use-list-videos.ts';
import { VideoFilters } from './video-filters.tsx';
import { VideoDrawer } from './video-drawer.tsx';

const column = columnsOf<VideoWithOwner>();
const t = videosStrings;

export function VideosPage(): ReactNode {
  const search = useSearch({ from: '/app/videos' });
  const { cursor, video, account, sort } = search;
  const navigate = useNavigate({ from: '/videos' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor, 'videos');
  const { data, error, isPlaceholderData, refetch } = useListVideos(search, pages.size);
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('id', {
          header: strings.video.id,
          enableSorting: false,
          meta: { isTitle: true, skeleton: 'w-16' },
          cell: ({ getValue }) => <VideoLink id={getValue()} />,
        }),
        column.accessor('ownerEmail', {
          header: strings.video.account,
          enableSorting: false,
          meta: { skeleton: 'w-36', ...(!isAdmin && { className: 'w-full' }) },
          cell: ({ row }) => <AccountLink userId={row.original.userId} email={row.original.ownerEmail} />,
        }),
        ...(isAdmin
          ? [
              column.accessor('prompt', {
                header: strings.video.prompt,
                enableSorting: false,
                meta: { className: 'w-full min-w-48 max-w-0', skeleton: 'w-4/5' },
                cell: ({ getValue }) => <Prompt text={getValue()} />,
              }),
            ]
          : []),
        column.accessor('status', {
          header: strings.video.status,
          enableSorting: false,
          meta: { skeleton: 'w-14' },
          cell: ({ getValue }) => <StatusBadge status={getValue()} />,
        }),
        column.accessor('videoType', {
          header: strings.video.type,
          enableSorting: false,
          meta: { skeleton: 'w-32' },
          cell: ({ row }) => <KindText {...row.original} />,
        }),
        column.accessor('creditsUsed', {
          header: strings.video.credits,
          enableSorting: false,
          meta: { isFigure: true },
          cell: ({ getValue }) => <Credits value={getValue()} />,
        }),
        column.accessor('createdAt', {
          header: strings.video.created,
          cell: ({ getValue }) => <RelativeTime value={getValue()} />,
        }),
      ]),
    [isAdmin],
  );
  const isFiltered = Object.entries(search).some(
    ([name, value]) => value !== undefined && !['sort', 'cursor', 'video', 'act'].includes(name),
  );
  return (
    <Page title={t.title} lead={t.lead} beside={<NewRows of="videos.listVideos" />} isFilling>
      <VideoFilters ownerEmail={data?.items.find(({ userId }) => userId === account)?.ownerEmail}>
        <TableTools tableId="videos" columns={columns} csv={{ address: videosCsv(search), file: 'videos.csv' }}>
          <SavedViews page="videos" />
        </TableTools>
      </VideoFilters>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState
          icon={Film}
          title={isFiltered ? t.emptyFiltered : t.empty}
          hint={isFiltered ? t.emptyFilteredHint : t.emptyHint}
        >
          {isFiltered && <Button onClick={() => void navigate({ search: { sort } })}>{strings.common.clearAll}</Button>}
          <Link to="/deleted-videos" className={buttonClass()}>
            {t.toDeleted}
          </Link>
        </EmptyState>
      ) : (
        <>
          <PagedTable
            tableId="videos"
            caption={t.caption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
            sorting={[{ id: 'createdAt', desc: sort !== 'oldest' }]}
            onSort={() =>
              void navigate({
                search: (before) => ({
                  ...before,
                  cursor: undefined,
                  sort: before.sort === 'oldest' ? undefined : 'oldest',
                }),
                resetScroll: false,
              })
            }
            isSortedElsewhere
          />
        </>
      )}
      {video !== undefined && <VideoDrawer key={video} videoId={video} />}
    </Page>
  );
}

/** Opens the drawer of a video over the list; the address then leads there. */
function VideoLink({ id }: { id: string }) {
  return (
    <Link
      from="/videos"
      to="/videos"
      search={(before) => ({ ...before, video: id, act: undefined })}
      state={(before) => before}
      resetScroll={false}
      aria-label={t.open(shortId(id))}
      title={id}
      className="inline-flex h-6 items-center rounded-sm font-mono text-xs underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {shortId(id)}
    </Link>
  );
}
