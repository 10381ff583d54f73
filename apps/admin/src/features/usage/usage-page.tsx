import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChartColumn, CircleAlert } from 'lucide-react';
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { Page } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { useCreditUsageByDay } from './use-credit-usage-by-day.ts';
import { toUsageDays, typesIn } from './usage-days.ts';
import { UsageFilters } from './usage-filters.tsx';
import { usageRange } from './usage-range.ts';
import { UsageTable } from './usage-table.tsx';
import { UsageTotals } from './usage-totals.tsx';

const CreditsByDayChart = lazy(async () => ({
  default: (await import('../../charts/credits-by-day-chart.tsx')).CreditsByDayChart,
}));

const views = (['chart', 'table'] as const).map((value) => ({ value, label: strings.usage.views[value] }));

export function UsagePage(): ReactNode {
  const search = useSearch({ from: '/app/usage' });
  const navigate = useNavigate({ from: '/usage' });
  const range = usageRange(search);
  const { query, problem } = useCreditUsageByDay(range, search.type);
  const { data, error, isPlaceholderData, refetch } = query;
  const days = useMemo(() => toUsageDays(data?.buckets ?? []), [data]);
  const types = useMemo(() => typesIn(data?.buckets ?? []), [data]);

  let body: ReactNode;
  if (problem !== null) {
    body = <EmptyState icon={CircleAlert} tone="danger" title={strings.usage.rangeInvalid} hint={problem} />;
  } else if (error !== null && data === undefined) {
    body = <ErrorState error={error} onRetry={() => void refetch()} />;
  } else if (data !== undefined && data.totals.charges === 0 && data.totals.refunds === 0) {
    body = <EmptyState icon={ChartColumn} title={strings.usage.empty} hint={strings.usage.emptyHint} />;
  } else if (data !== undefined && search.view === 'table') {
    body = (
      <UsageTable
        days={days}
        types={types}
        today={data.today}
        totals={data.totals}
        search={search}
        isStale={isPlaceholderData}
      />
    );
  } else {
    const note =
      data && days.some(({ day }) => day === data.today) ? strings.usage.unfinishedNote : strings.usage.daysNote;
    body = (
      <figure className="px-5 pb-6">
        <Suspense fallback={<Skeleton className="h-[clamp(20rem,calc(100dvh-21rem),32rem)] w-full rounded-lg" />}>
          {data === undefined ? (
            <Skeleton className="h-[clamp(20rem,calc(100dvh-21rem),32rem)] w-full rounded-lg" />
          ) : (
            <CreditsByDayChart days={days} types={types} today={data.today} isStale={isPlaceholderData} />
          )}
        </Suspense>
        <figcaption className="mt-2 text-xs text-muted">
          {note(range.timeZone)} {strings.usage.chartHelp}
        </figcaption>
      </figure>
    );
  }
  return (
    <Page
      title={strings.usage.title}
      lead={strings.usage.lead}
      actions={
        <Segmented
          label={strings.usage.view}
          value={search.view ?? 'chart'}
          options={views}
          onChange={(view) =>
            void navigate({
              search: (before) => ({ ...before, view: view === 'chart' ? undefined : view }),
              resetScroll: false,
            })
          }
        />
      }
    >
      <UsageFilters search={search} range={range} isInvalid={problem !== null} />
      {problem === null && !(error !== null && data === undefined) && (
        <UsageTotals totals={data?.totals} days={days.length} />
      )}
      <div className="h-5" />
      {body}
    </Page>
  );
}
