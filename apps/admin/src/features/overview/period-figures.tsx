import type { UsageFigures } from '@reeldesk/api/contract/usage';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { trpc } from '../../api.ts';
import { browserZone, formatCredits, formatShare, formatSigned } from '../../format.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { cx } from '../../ui/cx.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { Section } from './section.tsx';
import { today } from './today.ts';

const t = overviewStrings;

/** Credits and videos of today and of this month, both so far; one report answers both. */
export function PeriodFigures() {
  const day = today();
  const { data, error, refetch } = useQuery(
    trpc.usage.creditUsage.queryOptions(
      { from: `${day.slice(0, 8)}01`, to: day, timeZone: browserZone, unit: 'day', balances: false },
      { refetchInterval: 60_000 },
    ),
  );
  const ofToday = data?.series[0]?.points.at(-1);
  const ofMonth = data?.totals;
  const usageLink = (
    <Link to="/usage" className="text-sm text-muted underline decoration-line underline-offset-2 hover:text-ink">
      {t.usageLink}
    </Link>
  );
  if (error !== null && data === undefined) {
    return (
      <Section title={t.figures} aside={usageLink}>
        <div className="rounded-lg border border-line">
          <ErrorState error={error} onRetry={() => void refetch()} />
        </div>
      </Section>
    );
  }
  return (
    <Section title={t.figures} aside={usageLink}>
      <div className="grid gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-2">
        <Period title={t.today} figures={ofToday} />
        <Period title={t.month} figures={ofMonth} />
      </div>
    </Section>
  );
}

function Period({ title, figures }: { title: string; figures: UsageFigures | undefined }) {
  const f = figures;
  return (
    <div className="bg-surface px-4 py-3">
      <h3 className="text-sm font-medium">
        {title} <span className="font-normal text-muted">{t.unfinished}</span>
      </h3>
      <dl className="mt-2 grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3">
        <Figure label={t.used} value={f && formatSigned(0 - f.creditsUsed)} isLarge />
        <Figure
          label={t.refunded}
          value={f && formatSigned(f.creditsRefunded)}
          note={f && t.share(formatShare(f.creditsRefunded, f.creditsUsed))}
          className="text-back"
          isLarge
        />
        <Figure label={t.videosBegun} value={f && formatCredits(f.charges)} isLarge />
        <Figure label={t.completed} value={f && formatCredits(f.videosCompleted)} />
        <Figure
          label={t.failedVideos}
          value={f && formatCredits(f.videosFailed)}
          note={f && t.failedShare(formatShare(f.videosFailed, f.videosCompleted + f.videosFailed))}
        />
      </dl>
    </div>
  );
}

interface FigureProps {
  label: string;
  value: string | undefined;
  note?: ReactNode;
  className?: string;
  isLarge?: boolean;
}

function Figure({ label, value, note, className, isLarge = false }: FigureProps) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={cx('font-semibold tracking-tight tabular-nums', isLarge ? 'text-xl' : 'text-base', className)}>
        {value ?? <Skeleton className={isLarge ? 'my-1 h-5 w-20' : 'my-1 h-3.5 w-12'} />}
      </dd>
      {note !== undefined && <dd className="text-xs text-muted">{note}</dd>}
    </div>
  );
}
