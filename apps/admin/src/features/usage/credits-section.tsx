import type { CreditUsage } from '@reeldesk/api/contract/usage';
import { useNavigate } from '@tanstack/react-router';
import { ChartColumn, FileDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ChartCard } from '../../charts/chart-card.tsx';
import type { ChartSeries } from '../../charts/series.ts';
import { formatCredits, formatDecimal, formatShare, formatSigned } from '../../format.ts';
import { strings } from '../../strings.ts';
import { usageStrings as t } from '../../strings/usage.ts';
import { Button } from '../../ui/button.tsx';
import { startDownload } from '../../ui/downloads.ts';
import { FigureStrip } from '../../ui/figure-strip.tsx';
import { Select } from '../../ui/input.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { BEFORE, changeOf, REFUNDED, toBucketRows, toChartRows, toChartSeries, type BucketRow } from './buckets.ts';
import { CompareSwitch } from './compare-switch.tsx';
import { Chart } from './chart-lazy.tsx';
import { changeOn, chartNote, dayOf } from './notes.ts';
import type { UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';
import { UsageTable } from './usage-table.tsx';
import { breakdownOf, filterOf, useCreditUsage } from './use-usage.ts';
import { EntriesDrawer } from './entries-drawer.tsx';

const views = (['chart', 'table'] as const).map((value) => ({ value, label: t.views[value] }));
const breakdowns = ['videoType', 'resolution', 'quality', 'none'] as const;
const noRows: BucketRow[] = [];
const usedBefore: ChartSeries = { id: BEFORE, label: t.usedBefore, colour: 'var(--ink)', form: 'line', isBefore: true };

interface SectionProps {
  range: UsageRange;
  search: UsageSearch;
}

/** Credits used and given back over time; every bar opens to its rows. */
export function CreditsSection({ range, search }: SectionProps) {
  const navigate = useNavigate({ from: '/usage' });
  const { data, error, isPlaceholderData, refetch } = useCreditUsage(range, search, { breakdown: breakdownOf(search) });
  const [part, setPart] = useState<{ first: number; last: number } | null>(null);
  const isBrokenDown = breakdownOf(search) !== undefined;
  const unit = range.unit;
  const rows = useMemo(() => (data ? toBucketRows(data, unit, isBrokenDown) : noRows), [data, unit, isBrokenDown]);
  const series = useMemo(
    () => (data ? toChartSeries(data, isBrokenDown, t.used, t.refunded) : []),
    [data, isBrokenDown],
  );
  const isCompared = search.compare === 'on';
  const shown = useMemo(() => (isCompared ? [...series, usedBefore] : series), [series, isCompared]);
  const chartRows = useMemo(() => (data ? toChartRows(rows, data, unit) : []), [rows, data, unit]);
  const change = (next: Partial<UsageSearch>, isReplacing = false) =>
    void navigate({ search: (before) => ({ ...before, ...next }), resetScroll: false, replace: isReplacing });
  if (error !== null && data === undefined) {
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  const open = (row: { index: number }, id: string | null) =>
    change({
      bucket: rows[row.index]?.startsAt,
      kind: id === null ? undefined : id === REFUNDED ? 'refund' : 'charge',
      key: id === null || id === REFUNDED || !isBrokenDown ? undefined : id,
    });
  const isTable = search.view === 'table';
  const isEmpty = data !== undefined && data.totals.charges === 0 && data.totals.refunds === 0;
  const opened = search.bucket === undefined ? undefined : rows.find(({ startsAt }) => startsAt === search.bucket);
  const marked =
    part && rows[part.first] && rows[part.last] ? { first: rows[part.first]!, last: rows[part.last]! } : null;
  return (
    <>
      <CreditsFigures usage={data} range={range} />
      <div className="h-5" />
      {isEmpty ? (
        <EmptyState icon={ChartColumn} title={t.empty} hint={t.emptyHint} />
      ) : (
        <ChartCard
          title={t.creditsChart}
          file={`credits-${range.from}-${range.to}-${unit}`}
          series={shown}
          isChart={!isTable}
          csv={() => toTable(rows, series, isCompared)}
          note={`${chartNote(
            range,
            rows.some((row) => row.isUnfinished),
            data?.previous,
          )} ${isTable ? '' : t.chartHelp}`}
          actions={
            <>
              <Select
                aria-label={t.breakdown}
                value={search.by ?? 'videoType'}
                onChange={({ target }) =>
                  change({
                    by: target.value === 'videoType' ? undefined : (target.value as UsageSearch['by']),
                    bucket: undefined,
                    key: undefined,
                  })
                }
                className="mr-1 w-44"
              >
                {breakdowns.map((by) => (
                  <option key={by} value={by}>
                    {t.breakdowns[by]}
                  </option>
                ))}
              </Select>
              <CompareSwitch search={search} />
              <Segmented
                label={t.view}
                value={search.view ?? 'chart'}
                options={views}
                onChange={(view) => change({ view: view === 'chart' ? undefined : view })}
              />
              <Button
                variant="ghost"
                size="sm"
                title={t.entriesCsvHint}
                onClick={() => startDownload(entriesAddress(range, search), `ledger-${range.from}-${range.to}.csv`)}
              >
                <FileDown aria-hidden className="size-3.5" /> {t.entriesCsv}
              </Button>
            </>
          }
        >
          {isTable && data ? (
            <UsageTable
              rows={rows}
              series={series}
              totals={data.totals}
              before={isCompared ? data.previous?.totals : undefined}
              search={search}
              isStale={isPlaceholderData}
              onOpen={open}
            />
          ) : (
            <Chart
              isLoading={data === undefined}
              title={t.creditsChart}
              rows={chartRows}
              series={shown}
              isStale={isPlaceholderData}
              sum={{ label: t.net, of: ({ index }) => rows[index]?.net ?? 0 }}
              change={{ label: t.change, of: ({ index }) => (rows[index] ? changeOf(rows[index]) : 0) }}
              onOpen={open}
              onBrush={setPart}
              brushLabel={t.brush}
              unfinishedLabel={t.unfinished}
            />
          )}
          {/* The place is kept, so that marking a part moves nothing. */}
          {!isTable && (
            <div className="flex h-8 items-end" data-noprint>
              {marked && (
                <Button
                  size="sm"
                  onClick={() => {
                    setPart(null);
                    // A bucket ends where the next begins: its last day is that of the moment before.
                    const end = new Date(Date.parse(marked.last.endsAt) - 1).toISOString();
                    change({ from: dayOf(marked.first.startsAt, range), to: dayOf(end, range), range: undefined });
                  }}
                >
                  {t.showBrushed(`${marked.first.name} – ${marked.last.name}`)}
                </Button>
              )}
            </div>
          )}
        </ChartCard>
      )}
      {opened && data && (
        <EntriesDrawer
          row={opened}
          search={search}
          timeZone={range.timeZone}
          onStale={() => void refetch()}
          onClose={() => change({ bucket: undefined, key: undefined, kind: undefined }, true)}
        />
      )}
    </>
  );
}

function CreditsFigures({ usage, range }: { usage: CreditUsage | undefined; range: UsageRange }) {
  const now = usage?.totals;
  const before = usage?.previous?.totals;
  return (
    <FigureStrip
      label={t.totals}
      figures={[
        {
          label: t.used,
          value: now && formatCredits(now.creditsUsed),
          note:
            usage &&
            now &&
            t.perBucket(formatDecimal(now.creditsUsed / Math.max(usage.buckets.length, 1)), t.unitNouns[range.unit]),
          change: now && changeOn(now.creditsUsed, before?.creditsUsed),
        },
        {
          label: t.refunded,
          value: now && formatSigned(now.creditsRefunded),
          note: now && t.refundShare(formatShare(now.creditsRefunded, now.creditsUsed)),
          change: now && changeOn(now.creditsRefunded, before?.creditsRefunded),
          valueClass: 'text-back',
        },
        {
          label: t.net,
          value: now && formatCredits(now.creditsUsed - now.creditsRefunded),
          note: now && t.netNote,
          change:
            now &&
            changeOn(now.creditsUsed - now.creditsRefunded, before && before.creditsUsed - before.creditsRefunded),
        },
        {
          label: t.charges,
          value: now && formatCredits(now.charges),
          note:
            now && t.perCharge(now.charges === 0 ? strings.common.none : formatDecimal(now.creditsUsed / now.charges)),
          change: now && changeOn(now.charges, before?.charges),
        },
        {
          label: t.refunds,
          value: now && formatCredits(now.refunds),
          note: now && t.perChargeCount(formatShare(now.refunds, now.charges)),
          change: now && changeOn(now.refunds, before?.refunds),
        },
      ]}
    />
  );
}

function toTable(rows: readonly BucketRow[], series: readonly { id: string; label: string }[], isCompared: boolean) {
  const used = series.filter(({ id }) => id !== REFUNDED);
  return {
    names: [
      'from',
      'to',
      'unfinished',
      ...used.map(({ label }) => label),
      'used',
      'refunded',
      'net',
      'charges',
      'refunds',
      ...(isCompared ? ['before_from', 'before_to', 'used_before', 'refunded_before', 'used_change'] : []),
    ],
    rows: rows.map((row) => [
      row.startsAt,
      row.endsAt,
      row.isUnfinished ? 'yes' : 'no',
      ...used.map(({ id }) => row.bySeries[id] ?? 0),
      row.used,
      row.refunded,
      row.net,
      row.charges,
      row.refunds,
      ...(isCompared && row.before
        ? [row.before.startsAt, row.before.endsAt, row.before.used, row.before.refunded, changeOf(row)]
        : []),
    ]),
  };
}

/** Where the rows behind the whole chart are to be had as CSV. */
function entriesAddress({ from, to, timeZone }: UsageRange, search: UsageSearch): string {
  return `/export/usage-entries.csv?${new URLSearchParams({ from, to, timeZone, ...filterOf(search) }).toString()}`;
}
