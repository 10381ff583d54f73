import type { RefundReport } from '@reeldesk/api/contract/usage';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { useMemo } from 'react';
import { ChartCard } from '../../charts/chart-card.tsx';
import type { ChartRow, ChartSeries } from '../../charts/series.ts';
import { formatCredits, formatDuration, formatShare } from '../../format.ts';
import { strings } from '../../strings.ts';
import { failuresStrings as t, usageStrings } from '../../strings/usage.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { FigureStrip } from '../../ui/figure-strip.tsx';
import { ShareBar } from '../../ui/share-bar.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { bucketName, shortBucketName } from './bucket-names.ts';
import { Chart } from './chart-lazy.tsx';
import { CompareSwitch } from './compare-switch.tsx';
import { chartNote } from './notes.ts';
import type { UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';
import { useCreditUsage, useRefundReport, useVideoOutcomes } from './use-usage.ts';

type Reason = RefundReport['reasons'][number];
const column = columnsOf<Reason>();
const columns = column.columns([
  column.accessor('reason', {
    header: t.reason,
    meta: { isTitle: true, className: 'w-1/2' },
    cell: ({ getValue }) => getValue() ?? <span className="text-muted">{t.noReason}</span>,
  }),
  column.accessor('refunds', {
    header: t.refunds,
    meta: { isFigure: true },
    cell: ({ getValue }) => <Credits value={getValue()} />,
  }),
  column.accessor('creditsRefunded', {
    header: t.credits,
    meta: { isFigure: true },
    cell: ({ getValue }) => <SignedCredits value={getValue()} className="font-semibold" />,
  }),
  column.accessor('rate', {
    header: t.rate,
    meta: { isFigure: true, className: 'min-w-40' },
    cell: ({ getValue, table }) => {
      const most = Math.max(...table.options.data.map(({ rate }) => rate ?? 0));
      const rate = getValue();
      return rate === null ? strings.common.none : <ShareBar part={rate} most={most} text={formatShare(rate, 1)} />;
    },
  }),
]);

const series: ChartSeries[] = [
  { id: 'completed', label: t.completed, colour: 'var(--chart-other)' },
  { id: 'failed', label: t.failed, colour: 'var(--danger)' },
];

const failedBefore: ChartSeries = {
  id: 'failedBefore',
  label: t.failedBefore,
  colour: 'var(--ink)',
  form: 'line',
  isBefore: true,
};

/** How often videos fail, what that costs, and what is given back for which reason. */
export function FailuresSection({ range, search }: { range: UsageRange; search: UsageSearch }) {
  const usage = useCreditUsage(range, search);
  const outcomes = useVideoOutcomes(range, search);
  const report = useRefundReport(range, search);
  const failed = [usage, outcomes, report].find(({ error, data }) => error !== null && data === undefined);
  const data = usage.data;
  const unit = range.unit;
  const rows = useMemo(
    () =>
      data?.buckets.map((bucket, index): ChartRow => {
        const points = data.series.map(({ points: all }) => all[index]!);
        const before = data.previous?.buckets[index];
        return {
          index,
          label: bucketName(bucket.label, unit),
          shortLabel: shortBucketName(bucket.label, unit),
          isUnfinished: bucket.isUnfinished,
          values: {
            completed: points.reduce((sum, { videosCompleted }) => sum + videosCompleted, 0),
            failed: points.reduce((sum, { videosFailed }) => sum + videosFailed, 0),
            creditsFailed: points.reduce((sum, { creditsFailed }) => sum + creditsFailed, 0),
            completedBefore: data.previous?.points[index]?.videosCompleted ?? 0,
            failedBefore: data.previous?.points[index]?.videosFailed ?? 0,
          },
          ...(before && { before: bucketName(before.label, unit) }),
        };
      }) ?? [],
    [data, unit],
  );
  if (failed) {
    return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  const o = outcomes.data;
  const r = report.data;
  const isCompared = search.compare === 'on';
  const shown = isCompared ? [...series, failedBefore] : series;
  const isEmpty = o !== undefined && r !== undefined && o.videosCompleted + o.videosFailed + r.refunds === 0;
  return (
    <>
      <FigureStrip
        label={t.totals}
        figures={[
          {
            label: t.failureRate,
            value: o && (o.failureRate === null ? strings.common.none : formatShare(o.failureRate, 1)),
            note:
              o && t.failureRateNote(formatCredits(o.videosFailed), formatCredits(o.videosFailed + o.videosCompleted)),
          },
          { label: t.lost, value: o && formatCredits(o.creditsFailed), note: t.lostNote },
          {
            label: t.refundRate,
            value: r && formatShare(r.creditsRefunded, r.creditsUsed),
            note: r && t.refundRateNote(formatCredits(r.creditsRefunded)),
            valueClass: 'text-back',
          },
          {
            label: t.wait,
            value: r && (r.timeToRefund.median === null ? strings.common.none : formatDuration(r.timeToRefund.median)),
            note:
              r && (r.timeToRefund.p90 === null ? strings.common.none : t.waitNote(formatDuration(r.timeToRefund.p90))),
          },
          {
            label: t.underWay,
            value: o && formatCredits(o.pending + o.processing),
            note: o && t.underWayNote(formatCredits(o.pending), formatCredits(o.processing)),
          },
        ]}
      />
      <div className="h-5" />
      {isEmpty ? (
        <EmptyState icon={CircleCheck} title={t.empty} hint={usageStrings.emptyHint} />
      ) : (
        <>
          <ChartCard
            title={t.chart}
            file={`failures-${range.from}-${range.to}-${unit}`}
            series={shown}
            actions={<CompareSwitch search={search} />}
            note={chartNote(
              range,
              rows.some((row) => row.isUnfinished),
              isCompared ? data?.previous : undefined,
            )}
            csv={() => ({
              names: [
                'from',
                'completed',
                'failed',
                'credits_lost',
                ...(isCompared ? ['before_from', 'completed_before', 'failed_before'] : []),
              ],
              rows: rows.map(({ index, values }) => [
                data!.buckets[index]!.startsAt,
                values['completed']!,
                values['failed']!,
                values['creditsFailed']!,
                ...(isCompared
                  ? [data!.previous!.buckets[index]!.startsAt, values['completedBefore']!, values['failedBefore']!]
                  : []),
              ]),
            })}
          >
            <Chart
              isLoading={data === undefined}
              title={t.chart}
              rows={rows}
              series={shown}
              change={{
                label: usageStrings.change,
                of: ({ values }) => (values['failed'] ?? 0) - (values['failedBefore'] ?? 0),
              }}
              isStale={usage.isPlaceholderData}
              sum={{ label: t.creditsFailed, of: ({ values }) => values['creditsFailed'] ?? 0 }}
              unfinishedLabel={usageStrings.unfinished}
            />
          </ChartCard>
          <ChartCard
            title={t.reasons}
            file={`refund-reasons-${range.from}-${range.to}`}
            series={[]}
            isChart={false}
            csv={() => ({
              names: ['reason', 'refunds', 'credits_refunded', 'share_of_used'],
              rows: (r?.reasons ?? []).map(({ reason, refunds, creditsRefunded, rate }) => [
                reason,
                refunds,
                creditsRefunded,
                rate,
              ]),
            })}
            actions={
              <Link to="/refunds" className={buttonClass('ghost', 'sm')}>
                {t.openRefunds}
              </Link>
            }
          >
            {r?.reasons.length === 0 ? (
              <p className="px-5 py-4 text-sm text-muted">{t.noRefunds}</p>
            ) : (
              <DataTable
                caption={t.reasons}
                columns={columns}
                rows={r?.reasons}
                rowId={({ reason }) => reason ?? ''}
                skeletonRows={6}
                isStale={report.isPlaceholderData}
              />
            )}
          </ChartCard>
        </>
      )}
    </>
  );
}
