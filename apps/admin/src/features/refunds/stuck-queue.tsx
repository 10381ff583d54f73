import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { client, trpc } from '../../api.ts';
import { liveList } from '../../live/live-list.ts';
import { shortId } from '../../format.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { readPage } from '../../table/read-page.ts';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits } from '../../ui/figure.tsx';
import { Select } from '../../ui/input.tsx';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { KindText, StatusBadge } from '../../ui/video-cells.tsx';
import type { RefundsSearch } from './refunds-search.ts';

const t = refundsStrings;
const column = columnsOf<VideoWithOwner>();
const choices = [15, 30, 60, 240, 1440] as const;

const columns = column.columns([
  column.accessor('id', {
    header: strings.video.id,
    meta: { isTitle: true, skeleton: 'w-16' },
    cell: ({ getValue }) => <CopyId id={getValue()} what={strings.common.videoId} />,
  }),
  column.accessor('ownerEmail', {
    header: strings.video.account,
    meta: { className: 'w-full', skeleton: 'w-36' },
    cell: ({ row }) => <AccountLink userId={row.original.userId} email={row.original.ownerEmail} />,
  }),
  column.accessor('status', {
    header: strings.video.status,
    meta: { skeleton: 'w-14' },
    cell: ({ getValue }) => <StatusBadge status={getValue()} />,
  }),
  column.accessor('videoType', {
    header: strings.video.type,
    meta: { skeleton: 'w-32' },
    cell: ({ row }) => <KindText {...row.original} />,
  }),
  column.accessor('createdAt', {
    header: strings.video.created,
    cell: ({ getValue }) => <RelativeTime value={getValue()} />,
  }),
  column.accessor('creditsUsed', {
    header: t.charged,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} />,
  }),
  column.display({
    id: 'actions',
    header: () => <span className="sr-only">{t.actions}</span>,
    meta: { isAction: true, skeleton: 'w-14' },
    cell: ({ row: { original } }) => (
      <Link
        to="/videos"
        search={{ video: original.id }}
        aria-label={`${t.open} ${shortId(original.id)}`}
        className={buttonClass('secondary', 'sm')}
      >
        {t.open}
      </Link>
    ),
  }),
]);

/** What has been under way for too long: to be looked at, and not to be refunded yet. */
export function StuckQueue({ minutes }: { minutes: number }) {
  const { account, cursor } = useSearch({ from: '/app/refunds' });
  const navigate = useNavigate({ from: '/refunds' });
  const pages = useKeysetPages(cursor, 'refunds-stuck');
  // As of when the queue was opened: a list that moves by itself can't be paged through.
  const [openedAt] = useState(Date.now);
  const createdBefore = new Date(openedAt - minutes * 60_000).toISOString();
  const filter = {
    status: ['pending' as const, 'processing' as const],
    createdBefore,
    sort: 'oldest' as const,
    ...(account && { userId: account }),
  };
  const input = { ...filter, limit: pages.size, ...(cursor && { cursor }) };
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...trpc.videos.listVideos.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.videos.listVideos.query({ ...input, ...part }, { signal })),
  });
  const csv = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));
  const change = (next: Partial<RefundsSearch>) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false });
  return (
    <>
      <div className="flex flex-col gap-3 px-5 py-3">
        <Notice title={t.stuckTitle}>{t.stuckHint}</Notice>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
          <label className="flex items-center gap-2">
            {t.stuckFor}
            <Select
              value={minutes}
              onChange={(event) => change({ minutes: choices.find((value) => String(value) === event.target.value) })}
            >
              {choices.map((value) => (
                <option key={value} value={value}>
                  {t.minutes(value)}
                </option>
              ))}
            </Select>
          </label>
          {account !== undefined && (
            <Chip
              name={strings.video.account}
              value={data?.items.find(({ userId }) => userId === account)?.ownerEmail ?? shortId(account)}
              onRemove={() => change({ account: undefined })}
            />
          )}
          <TableTools
            tableId="refunds-stuck"
            columns={columns}
            csv={{ address: `/export/videos.csv?${csv.toString()}`, file: 'refunds-stuck.csv' }}
          />
        </div>
      </div>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState icon={Clock} title={t.emptyQueues.stuck} hint={t.emptyQueues.stuckHint} />
      ) : (
        <>
          <PagedTable
            tableId="refunds-stuck"
            caption={t.stuckCaption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
          />
        </>
      )}
    </>
  );
}
