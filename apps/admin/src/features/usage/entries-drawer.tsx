import type { UsageEntry } from '@reeldesk/api/contract/usage';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, FileDown, ReceiptText } from 'lucide-react';
import { useEffect } from 'react';
import { trpc } from '../../api.ts';
import { formatMoment, formatSigned, shortId } from '../../format.ts';
import { strings } from '../../strings.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { entriesStrings as t } from '../../strings/usage.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { AccountLink } from '../../ui/account-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { startDownload } from '../../ui/downloads.ts';
import { Drawer } from '../../ui/drawer.tsx';
import { SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { seriesName, UNKNOWN, type BucketRow } from './buckets.ts';
import type { UsageSearch } from './usage-search.ts';
import { breakdownOf, filterOf } from './use-usage.ts';

const PAGE = 200;
const column = columnsOf<UsageEntry>();
const columns = column.columns([
  column.accessor('createdAt', { header: t.time, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
  column.accessor('type', {
    header: t.type,
    cell: ({ getValue }) => (
      <Badge tone={getValue() === 'refund' ? 'back' : 'neutral'}>{accountStrings.types[getValue()]}</Badge>
    ),
  }),
  column.accessor('userId', {
    header: t.account,
    cell: ({ getValue }) => <AccountLink userId={getValue()} email={null} />,
  }),
  column.accessor('videoId', {
    header: t.video,
    meta: { className: 'w-full' },
    cell: ({ row: { original } }) =>
      original.videoId === null ? (
        <span className="text-muted">{strings.common.none}</span>
      ) : (
        <Link
          to="/videos"
          search={{ video: original.videoId }}
          aria-label={accountStrings.openCharge(shortId(original.videoId))}
          className="inline-flex h-6 items-center rounded-sm font-mono text-xs underline decoration-line underline-offset-2 hover:decoration-current"
        >
          {shortId(original.videoId)}
        </Link>
      ),
  }),
  column.accessor('amount', {
    header: t.amount,
    meta: { isFigure: true },
    cell: ({ getValue }) => <SignedCredits value={getValue()} className="font-semibold" />,
  }),
]);

interface EntriesDrawerProps {
  row: BucketRow;
  search: UsageSearch;
  timeZone: string;
  /** The rows say something else than the bar: it has grown since. */
  onStale: () => void;
  onClose: () => void;
}

/** Exactly the ledger rows that a bar is made of, and their sum beside the bar's figure. */
export function EntriesDrawer({ row, search, timeZone, onStale, onClose }: EntriesDrawerProps) {
  const { kind, key } = search;
  const breakdown = breakdownOf(search);
  const isOfSeries = key !== undefined && breakdown !== undefined;
  const isUnknown = isOfSeries && key === UNKNOWN;
  const asked = {
    from: row.startsAt,
    to: row.endsAt,
    timeZone,
    filter: { ...filterOf(search), ...(isOfSeries && !isUnknown && { [breakdown]: key }) },
    ...(isUnknown && { unknown: breakdown }),
    ...(kind && { types: [kind] }),
  };
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    trpc.usage.listUsageEntries.infiniteQueryOptions(
      { ...asked, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const entries = data?.pages.flatMap(({ items }) => items);
  const figure =
    kind === 'refund'
      ? row.refunded
      : kind === 'charge'
        ? -(isOfSeries ? (row.bySeries[key] ?? 0) : row.used)
        : -row.net;
  const sum = entries?.reduce((total, { amount }) => total + amount, 0) ?? 0;
  const all = isOfSeries
    ? (row.chargesOf[key] ?? 0)
    : (kind !== 'refund' ? row.charges : 0) + (kind !== 'charge' ? row.refunds : 0);
  const isWhole = entries !== undefined && !hasNextPage;
  const foots = isWhole && sum === figure;
  const isStale = isWhole && !foots;
  useEffect(() => {
    if (isStale) {
      onStale();
    }
    // The bar is read again, and then either foots or has grown once more.
    // oxlint-disable-next-line react/exhaustive-deps -- once for what was read, however often the page is drawn.
  }, [isStale, sum]);
  const saveCsv = () => {
    const { filter, types, ...rest } = asked;
    const params = new URLSearchParams({ ...rest, ...filter, ...(types && { types: types.join(',') }) });
    startDownload(`/export/usage-entries.csv?${params.toString()}`, `ledger-${row.startsAt.slice(0, 13)}.csv`);
  };
  return (
    <Drawer
      title={t.title(row.name)}
      description={
        isOfSeries
          ? t.ofSeries(seriesName(key))
          : kind === undefined
            ? t.chargesAndRefunds
            : kind === 'charge'
              ? t.charges
              : t.refunds
      }
      onClose={onClose}
    >
      {/* The table reaches from edge to edge. */}
      <div className="-mx-5 -my-4 flex flex-1 flex-col bg-surface pt-4">
        <dl className="mx-5 grid grid-cols-3 divide-x divide-line rounded-md border border-line bg-page">
          <Figure label={t.figure} value={formatSigned(figure)} />
          <Figure label={t.sum} value={entries === undefined ? strings.common.none : formatSigned(sum)} />
          <Figure label={t.rows} value={entries === undefined ? strings.common.none : t.loaded(entries.length, all)} />
        </dl>
        <div className="flex min-h-12 flex-wrap items-center justify-between gap-2 px-5 py-2 text-sm">
          <output className="flex items-center gap-1.5 text-muted">
            {foots && <CircleCheck aria-hidden className="size-4 text-back" />}
            {foots ? t.foots : isStale ? t.grew : entries === undefined ? strings.common.loading : t.moreShort}
          </output>
          <Button size="sm" onClick={saveCsv}>
            <FileDown aria-hidden className="size-3.5" /> {t.csv}
          </Button>
        </div>
        {error !== null && entries === undefined ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : entries?.length === 0 ? (
          <EmptyState icon={ReceiptText} title={t.empty} hint={t.emptyHint} />
        ) : (
          <>
            <DataTable
              caption={`${t.caption}: ${row.name}, ${formatMoment(row.startsAt)}`}
              columns={columns}
              rows={isPending ? undefined : entries}
              rowId={({ id }) => id}
            />
            {hasNextPage && (
              <div className="flex justify-center p-4">
                <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  {t.more}
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </Drawer>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-semibold tracking-tight tabular-nums">{value}</dd>
    </div>
  );
}
