import type { VideoWithOwner } from '@reeldesk/api/contract/videos';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { SelectionProvider, SelectPage, SelectRow, useSelection } from '../../table/selection.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits } from '../../ui/figure.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { KindText, Prompt } from '../../ui/video-cells.tsx';
import { RestoreDialog } from '../../dialogs/restore/restore-dialog.tsx';
import { RestoreManyDialog, type DeletedRow } from './restore-many-dialog.tsx';
import { useListDeletedVideos } from './use-list-deleted-videos.ts';

const noRows: DeletedRow[] = [];
const column = columnsOf<VideoWithOwner>();
const t = deletedVideosStrings;

export function DeletedVideosPage(): ReactNode {
  const { account, cursor, restore } = useSearch({ from: '/app/deleted-videos' });
  const navigate = useNavigate({ from: '/deleted-videos' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor, 'deleted-videos');
  const { data, error, isPlaceholderData, refetch } = useListDeletedVideos({
    userId: account,
    cursor,
    limit: pages.size,
  });

  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('id', {
          header: () => (
            <span className="inline-flex items-center gap-2 align-middle">
              <SelectPage label={t.selectPage} />
              {strings.video.id}
            </span>
          ),
          meta: { isTitle: true, name: strings.video.id, skeleton: 'w-24' },
          cell: ({ getValue }) => (
            <span className="inline-flex items-center gap-2 align-middle">
              <SelectRow id={getValue()} label={t.select(shortId(getValue()))} />
              <CopyId id={getValue()} what={strings.common.videoId} />
            </span>
          ),
        }),
        column.accessor('ownerEmail', {
          header: strings.video.account,
          meta: { className: 'md:[&_a]:max-w-44', skeleton: 'w-36' },
          cell: ({ row }) => <AccountLink userId={row.original.userId} email={row.original.ownerEmail} />,
        }),
        ...(isAdmin
          ? [
              column.accessor('prompt', {
                header: strings.video.prompt,
                meta: { className: 'w-full min-w-28 max-w-0', skeleton: 'w-4/5' },
                cell: ({ getValue }) => <Prompt text={getValue()} />,
              }),
            ]
          : []),
        column.accessor('videoType', {
          header: strings.video.type,
          meta: { skeleton: 'w-32' },
          cell: ({ row }) => <KindText {...row.original} />,
        }),
        column.accessor('creditsUsed', {
          header: strings.video.credits,
          meta: { isFigure: true },
          cell: ({ getValue }) => <Credits value={getValue()} />,
        }),
        column.accessor('deletedAt', {
          header: t.deleted,
          cell: ({ getValue }) => (
            <span className="flex flex-col leading-tight max-md:items-end">
              <RelativeTime value={getValue() ?? ''} />
              <span className="text-xs whitespace-nowrap text-muted">{t.kept}</span>
            </span>
          ),
        }),
        column.display({
          id: 'actions',
          header: () => <span className="sr-only">{t.actions}</span>,
          meta: { isAction: true, skeleton: 'w-20' },
          cell: ({ row }) => (
            <Button
              size="sm"
              disabledReason={isAdmin ? null : t.analystReason}
              aria-label={`${t.restore} ${shortId(row.original.id)}`}
              onClick={() =>
                void navigate({
                  search: (before) => ({ ...before, restore: row.original.id }),
                  state: (before) => before,
                  resetScroll: false,
                })
              }
            >
              <Undo2 aria-hidden className="size-3.5" />
              {t.restore}
            </Button>
          ),
        }),
      ]),
    [isAdmin, navigate],
  );
  const clear = () => void navigate({ search: {} });
  const items = data?.items;
  const selection = useSelection(isAdmin ? (items ?? noRows) : noRows, account ?? '');
  const [restored, setRestored] = useState<DeletedRow[] | null>(null);
  const selected = selection.rows.size;

  return (
    <Page title={t.title} lead={t.lead} beside={<NewRows of="videos.listDeletedVideos" />} isFilling>
      {account !== undefined && (
        <FilterBar>
          <Chip
            name={strings.video.account}
            value={data?.items.find(({ userId }) => userId === account)?.ownerEmail ?? shortId(account)}
            onRemove={clear}
          />
        </FilterBar>
      )}
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        account === undefined ? (
          <EmptyState icon={Trash2} title={t.empty} hint={t.emptyHint} />
        ) : (
          <EmptyState icon={Trash2} title={t.emptyFiltered} hint={t.emptyFilteredHint}>
            <Button onClick={clear}>{strings.common.clearAll}</Button>
          </EmptyState>
        )
      ) : (
        <SelectionProvider selection={selection}>
          <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2 text-sm">
            <p className={selected === 0 ? 'text-muted' : 'font-medium tabular-nums'}>
              {selected === 0 ? t.selectHint : t.selected(selected)}
            </p>
            {selected > 0 && (
              <Button size="sm" variant="ghost" onClick={selection.clear}>
                {t.clearSelection}
              </Button>
            )}
            <TableTools
              tableId="deleted-videos"
              columns={columns}
              csv={{
                address: `/export/deleted-videos.csv${account === undefined ? '' : `?userId=${account}`}`,
                file: 'deleted-videos.csv',
              }}
              size="sm"
            />
            <Button
              size="sm"
              variant={selected > 0 ? 'primary' : 'secondary'}
              disabledReason={!isAdmin ? t.analystReason : selected === 0 ? t.selectFirst : null}
              onClick={() => setRestored([...selection.rows.values()])}
            >
              <Undo2 aria-hidden className="size-3.5" />
              {selected === 0 ? t.restoreSelected : t.restoreMany(selected)}
            </Button>
          </div>
          <PagedTable
            tableId="deleted-videos"
            caption={t.caption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
          />
        </SelectionProvider>
      )}
      {restored !== null && (
        <RestoreManyDialog
          rows={restored}
          onClose={() => {
            setRestored(null);
            selection.clear();
          }}
        />
      )}
      {restore !== undefined && isAdmin && (
        <RestoreDialog
          key={restore}
          videoId={restore}
          onClose={() =>
            void navigate({
              search: (before) => ({ ...before, restore: undefined }),
              state: (before) => before,
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
    </Page>
  );
}
