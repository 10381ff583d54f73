import type { RefundCandidate } from '@reeldesk/api/contract/refunds';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { HandCoins } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Pager } from '../../table/pager.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { KindText, StatusBadge } from '../../ui/video-cells.tsx';
import { RefundDialog } from './refund-dialog.tsx';
import type { RefundsSearch } from './refunds-search.ts';
import { useListRefundCandidates } from './use-list-refund-candidates.ts';

const column = columnsOf<RefundCandidate>();
const t = refundsStrings;
const statuses = [
  { value: 'failed', label: strings.statuses.failed },
  { value: 'completed', label: strings.statuses.completed },
  { value: 'all', label: t.allStatuses },
] as const;
const states = (['open', 'refunded', 'all'] as const).map((value) => ({ value, label: t.states[value] }));

export function RefundsPage(): ReactNode {
  const search = useSearch({ from: '/app/refunds' });
  const { status = 'failed', state = 'open', account, cursor, refund } = search;
  const navigate = useNavigate({ from: '/refunds' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor);
  const { data, error, isPlaceholderData, refetch } = useListRefundCandidates(search);

  const columns = useMemo(() => {
    const open = (id: string) =>
      void navigate({ search: (before) => ({ ...before, refund: id }), state: (before) => before, resetScroll: false });
    return column.columns([
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
      column.accessor('creditsCharged', {
        header: t.charged,
        meta: { isFigure: true },
        cell: ({ getValue }) => <Credits value={getValue()} />,
      }),
      column.accessor('creditsRefunded', {
        header: t.refunded,
        meta: { isFigure: true },
        cell: ({ getValue }) => <SignedCredits value={getValue()} />,
      }),
      column.accessor('creditsRefundable', {
        header: t.left,
        meta: { isFigure: true },
        cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
      }),
      column.display({
        id: 'actions',
        header: () => <span className="sr-only">{t.actions}</span>,
        meta: { isAction: true, skeleton: 'w-18' },
        cell: ({ row: { original: video } }) =>
          video.creditsRefundable > 0 ? (
            <Button
              size="sm"
              disabledReason={isAdmin ? null : t.analystReason}
              aria-label={`${t.refund} ${shortId(video.id)}`}
              onClick={() => open(video.id)}
            >
              {t.refund}
            </Button>
          ) : (
            <Button
              size="sm"
              variant="ghost"
              aria-label={`${t.view} ${shortId(video.id)}`}
              onClick={() => open(video.id)}
            >
              {t.view}
            </Button>
          ),
      }),
    ]);
  }, [isAdmin, navigate]);

  const change = (next: Partial<RefundsSearch>) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false });
  const isFiltered = account !== undefined || status !== 'all' || state !== 'all';

  return (
    <Page title={t.title} lead={t.lead} isFilling>
      <FilterBar>
        <Segmented
          label={t.status}
          value={status}
          options={statuses}
          onChange={(value) => change({ status: value === 'failed' ? undefined : value })}
        />
        <Segmented
          label={t.state}
          value={state}
          options={states}
          onChange={(value) => change({ state: value === 'open' ? undefined : value })}
        />
        {account !== undefined && (
          <Chip
            name={strings.video.account}
            value={data?.items.find(({ userId }) => userId === account)?.ownerEmail ?? shortId(account)}
            onRemove={() => change({ account: undefined })}
          />
        )}
      </FilterBar>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : data?.items.length === 0 && cursor === undefined ? (
        <EmptyState
          icon={HandCoins}
          title={isFiltered ? t.emptyFiltered : t.empty}
          hint={isFiltered ? t.emptyFilteredHint : t.emptyHint}
        >
          {isFiltered && (
            <Button onClick={() => void navigate({ search: { status: 'all', state: 'all' } })}>
              {strings.common.clearAll}
            </Button>
          )}
        </EmptyState>
      ) : (
        <>
          <DataTable
            caption={t.caption}
            columns={columns}
            rows={data?.items}
            rowId={({ id }) => id}
            isStale={isPlaceholderData}
          />
          <Pager
            pages={pages}
            isFirst={cursor === undefined}
            nextCursor={data?.nextCursor}
            rowCount={data?.items.length}
          />
        </>
      )}
      {refund !== undefined && (
        <RefundDialog
          key={refund}
          videoId={refund}
          onClose={() =>
            void navigate({
              search: (before) => ({ ...before, refund: undefined }),
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
