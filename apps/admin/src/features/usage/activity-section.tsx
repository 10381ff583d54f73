import type { BalanceBand, TopAccount } from '@reeldesk/api/contract/usage';
import { useMemo } from 'react';
import { ChartCard } from '../../charts/chart-card.tsx';
import type { ChartRow, ChartSeries } from '../../charts/series.ts';
import { formatCredits, formatShare, formatSigned } from '../../format.ts';
import { activityStrings as t, usageStrings } from '../../strings/usage.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { AccountLink } from '../../ui/account-link.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { FigureStrip } from '../../ui/figure-strip.tsx';
import { ShareBar } from '../../ui/share-bar.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { bucketName, shortBucketName } from './bucket-names.ts';
import { Chart } from './chart-lazy.tsx';
import { chartNote } from './notes.ts';
import type { UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';
import { useAccountActivity, useBalanceDistribution, useCreditUsage, useTopAccounts } from './use-usage.ts';

const activity: ChartSeries[] = [
  { id: 'active', label: t.active, colour: 'var(--chart-text)' },
  { id: 'opened', label: t.opened, colour: 'var(--chart-image)', form: 'line' },
];
const outstanding: ChartSeries[] = [
  { id: 'outstanding', label: t.outstanding, colour: 'var(--chart-text)', form: 'line' },
];

/** Who uses credits, who came, and what is still owed in credits. */
export function ActivitySection({ range, search }: { range: UsageRange; search: UsageSearch }) {
  // Of all videos: a filter by video says nothing of balances.
  const whole = useMemo(() => ({ ...search, type: undefined, resolution: undefined, quality: undefined }), [search]);
  const usage = useCreditUsage(range, whole, { balances: true });
  const active = useAccountActivity(range);
  const top = useTopAccounts(range, whole);
  const bands = useBalanceDistribution();
  const unit = range.unit;
  const activityRows = useMemo(
    () =>
      active.data?.buckets.map((bucket, index): ChartRow => ({
        index,
        label: bucketName(bucket.label, unit),
        shortLabel: shortBucketName(bucket.label, unit),
        isUnfinished: bucket.isUnfinished,
        values: { active: bucket.activeAccounts, opened: bucket.newAccounts },
      })) ?? [],
    [active.data, unit],
  );
  const outstandingRows = useMemo(
    () =>
      usage.data?.buckets.map((bucket, index): ChartRow => ({
        index,
        label: bucketName(bucket.label, unit),
        shortLabel: shortBucketName(bucket.label, unit),
        isUnfinished: bucket.isUnfinished,
        values: { outstanding: usage.data?.balances?.[index]?.creditsOutstanding ?? 0 },
      })) ?? [],
    [usage.data, unit],
  );
  const failed = [usage, active, top, bands].find(({ error, data }) => error !== null && data === undefined);
  if (failed) {
    return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  const balances = usage.data?.balances;
  const sum = (name: 'creditsGranted' | 'creditsTaken') => balances?.reduce((all, figures) => all + figures[name], 0);
  const holders = bands.data?.filter(({ from }) => from > 0).reduce((all, { accounts }) => all + accounts, 0);
  const open = bands.data?.reduce((all, { accounts }) => all + accounts, 0);
  const note = chartNote(
    range,
    activityRows.some((row) => row.isUnfinished),
  );
  return (
    <>
      <FigureStrip
        label={t.totals}
        figures={[
          {
            label: t.outstanding,
            value: balances ? formatCredits(balances.at(-1)?.creditsOutstanding ?? 0) : undefined,
            note: t.outstandingNote,
          },
          {
            label: t.granted,
            value: balances ? formatSigned(sum('creditsGranted') ?? 0) : undefined,
            note: balances ? t.grantedNote(formatCredits(sum('creditsTaken') ?? 0)) : undefined,
          },
          {
            label: t.newAccounts,
            value: active.data && formatCredits(active.data.buckets.reduce((all, one) => all + one.newAccounts, 0)),
            note: t.newNote,
          },
          {
            label: t.busiest(usageStrings.unitNouns[unit]),
            value: active.data && formatCredits(Math.max(0, ...active.data.buckets.map((one) => one.activeAccounts))),
            note: t.busiestNote,
          },
          {
            label: t.held,
            value: holders === undefined ? undefined : formatCredits(holders),
            note: open === undefined ? undefined : t.heldNote(formatCredits(open)),
          },
        ]}
      />
      <div className="h-5" />
      <div className="grid min-w-0 xl:grid-cols-2">
        <ChartCard
          title={t.activityChart}
          file={`accounts-${range.from}-${range.to}-${unit}`}
          series={activity}
          note={note}
          csv={() => ({
            names: ['from', 'active_accounts', 'new_accounts'],
            rows: (active.data?.buckets ?? []).map((one) => [one.startsAt, one.activeAccounts, one.newAccounts]),
          })}
        >
          <Chart
            isLoading={active.data === undefined}
            title={t.activityChart}
            rows={activityRows}
            series={activity}
            isStale={active.isPlaceholderData}
            unfinishedLabel={usageStrings.unfinished}
            height="h-64"
          />
        </ChartCard>
        <ChartCard
          title={t.outstandingChart}
          file={`outstanding-${range.from}-${range.to}-${unit}`}
          series={outstanding}
          note={note}
          csv={() => ({
            names: ['from', 'to', 'credits_outstanding', 'credits_granted', 'credits_taken'],
            rows: (balances ?? []).map((one, index) => [
              usage.data!.buckets[index]!.startsAt,
              usage.data!.buckets[index]!.endsAt,
              one.creditsOutstanding,
              one.creditsGranted,
              one.creditsTaken,
            ]),
          })}
        >
          <Chart
            isLoading={usage.data === undefined}
            title={t.outstandingChart}
            rows={outstandingRows}
            series={outstanding}
            isStale={usage.isPlaceholderData}
            unfinishedLabel={usageStrings.unfinished}
            height="h-64"
          />
        </ChartCard>
        <TopAccounts
          accounts={top.data}
          used={usage.data?.totals.creditsUsed ?? 0}
          isStale={top.isPlaceholderData}
          range={range}
        />
        <Bands bands={bands.data} />
      </div>
    </>
  );
}

const topColumn = columnsOf<TopAccount & { share: string; most: number }>();
const topColumns = topColumn.columns([
  topColumn.accessor('userId', {
    header: t.account,
    meta: { isTitle: true },
    cell: ({ getValue }) => <AccountLink userId={getValue()} email={null} />,
  }),
  topColumn.accessor('creditsUsed', {
    header: usageStrings.used,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} className="font-semibold" />,
  }),
  topColumn.accessor('creditsRefunded', {
    header: usageStrings.refunded,
    meta: { isFigure: true },
    cell: ({ getValue }) => <SignedCredits value={getValue()} />,
  }),
  topColumn.accessor('charges', {
    header: usageStrings.charges,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} />,
  }),
  topColumn.accessor('share', {
    header: t.share,
    meta: { isFigure: true, className: 'w-1/3' },
    cell: ({ row: { original } }) => (
      <ShareBar part={original.creditsUsed} most={original.most} text={original.share} />
    ),
  }),
]);

interface TopAccountsProps {
  accounts: TopAccount[] | undefined;
  used: number;
  isStale: boolean;
  range: UsageRange;
}

function TopAccounts({ accounts, used, isStale, range }: TopAccountsProps) {
  const rows = useMemo(
    () =>
      accounts?.map((account) => ({
        ...account,
        share: formatShare(account.creditsUsed, used),
        most: accounts[0]?.creditsUsed ?? 0,
      })),
    [accounts, used],
  );
  return (
    <ChartCard
      title={t.top}
      file={`top-accounts-${range.from}-${range.to}`}
      series={[]}
      isChart={false}
      csv={() => ({
        names: ['account_id', 'credits_used', 'credits_refunded', 'charges', 'refunds'],
        rows: (accounts ?? []).map((one) => [
          one.userId,
          one.creditsUsed,
          one.creditsRefunded,
          one.charges,
          one.refunds,
        ]),
      })}
    >
      {rows?.length === 0 ? (
        <p className="px-5 py-4 text-sm text-muted">{t.emptyTop}</p>
      ) : (
        <DataTable
          caption={t.topCaption}
          columns={topColumns}
          rows={rows}
          rowId={({ userId }) => userId}
          skeletonRows={10}
          isStale={isStale}
        />
      )}
    </ChartCard>
  );
}

const bandColumn = columnsOf<BalanceBand & { name: string; most: number }>();
const bandColumns = bandColumn.columns([
  bandColumn.accessor('name', { header: t.band, meta: { isTitle: true, className: 'whitespace-nowrap tabular-nums' } }),
  bandColumn.accessor('accounts', {
    header: t.accounts,
    meta: { isFigure: true, className: 'w-1/2' },
    cell: ({ row: { original } }) => (
      <ShareBar part={original.accounts} most={original.most} text={formatCredits(original.accounts)} />
    ),
  }),
  bandColumn.accessor('credits', {
    header: t.credits,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} />,
  }),
]);

function Bands({ bands }: { bands: BalanceBand[] | undefined }) {
  const rows = useMemo(
    () =>
      bands?.map((band) => ({
        ...band,
        name:
          band.to === null
            ? t.andMore(formatCredits(band.from))
            : band.from === band.to
              ? formatCredits(band.from)
              : `${formatCredits(band.from)} – ${formatCredits(band.to)}`,
        most: Math.max(...bands.map(({ accounts }) => accounts)),
      })),
    [bands],
  );
  return (
    <ChartCard
      title={t.bands}
      file="balances"
      series={[]}
      isChart={false}
      csv={() => ({
        names: ['from', 'to', 'accounts', 'credits'],
        rows: (bands ?? []).map((one) => [one.from, one.to, one.accounts, one.credits]),
      })}
    >
      <DataTable
        caption={t.bandsCaption}
        columns={bandColumns}
        rows={rows}
        rowId={({ from }) => String(from)}
        skeletonRows={10}
      />
    </ChartCard>
  );
}
