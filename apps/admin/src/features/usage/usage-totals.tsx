import { formatCredits, formatDecimal, formatShare, formatSigned } from '../../format.ts';
import { strings } from '../../strings.ts';
import { cx } from '../../ui/cx.ts';
import { Skeleton } from '../../ui/states.tsx';

interface UsageTotalsProps {
  totals: { creditsUsed: number; creditsRefunded: number; charges: number; refunds: number } | undefined;
  days: number;
}

/** What the range comes to: the sums of exactly the days shown below. */
export function UsageTotals({ totals, days }: UsageTotalsProps) {
  const t = totals;
  return (
    <dl
      aria-label={strings.usage.totals}
      className="mx-5 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 xl:grid-cols-5"
    >
      <Total
        label={strings.usage.used}
        value={t && formatCredits(t.creditsUsed)}
        note={t && strings.usage.perDay(formatDecimal(t.creditsUsed / Math.max(days, 1)))}
        className="max-xl:sm:col-span-1"
      />
      <Total
        label={strings.usage.refunded}
        value={t && formatSigned(t.creditsRefunded)}
        note={t && strings.usage.refundShare(formatShare(t.creditsRefunded, t.creditsUsed))}
        valueClass="text-back"
      />
      <Total
        label={strings.usage.net}
        value={t && formatCredits(t.creditsUsed - t.creditsRefunded)}
        note={t && strings.usage.netNote}
      />
      <Total
        label={strings.usage.charges}
        value={t && formatCredits(t.charges)}
        note={t && strings.usage.perCharge(t.charges === 0 ? '–' : formatDecimal(t.creditsUsed / t.charges))}
      />
      <Total
        label={strings.usage.refunds}
        value={t && formatCredits(t.refunds)}
        note={t && strings.usage.perChargeCount(formatShare(t.refunds, t.charges))}
        className="max-sm:col-span-2"
      />
    </dl>
  );
}

interface TotalProps {
  label: string;
  value: string | undefined;
  note: string | undefined;
  valueClass?: string;
  className?: string;
}

function Total({ label, value, note, valueClass, className }: TotalProps) {
  return (
    <div className={cx('bg-surface px-4 py-3', className)}>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className={cx('mt-1 text-xl font-semibold tracking-tight tabular-nums', valueClass)}>
        {value ?? <Skeleton className="my-0.5 h-6 w-20" />}
      </dd>
      <dd className="mt-0.5 text-xs text-muted">{note ?? <Skeleton className="my-0.5 h-3 w-24" />}</dd>
    </div>
  );
}
