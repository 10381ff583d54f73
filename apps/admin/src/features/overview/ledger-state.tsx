import { useQuery } from '@tanstack/react-query';
import { LoaderCircle, ShieldAlert, ShieldCheck } from 'lucide-react';
import { trpc } from '../../api.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { ErrorState } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from './section.tsx';

const t = overviewStrings;

/** Whether the promises of the ledger hold; the check reads all of it, so it comes when it comes. */
export function LedgerState() {
  const { data, error, refetch } = useQuery(
    trpc.desk.checkLedger.queryOptions(undefined, { staleTime: 300_000, refetchInterval: 300_000 }),
  );
  return (
    <Section title={t.ledger}>
      <div className="min-h-30 rounded-lg border border-line">
        {error !== null && data === undefined ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <p className="flex items-center gap-3 px-4 py-4 text-sm text-muted">
            <LoaderCircle aria-hidden className="size-5 shrink-0 animate-spin" />
            {t.ledgerChecking}
          </p>
        ) : (
          <div className="flex gap-3 px-4 py-4">
            {data.problems === 0 ? (
              <ShieldCheck aria-hidden className="size-5 shrink-0 text-back" />
            ) : (
              <ShieldAlert aria-hidden className="size-5 shrink-0 text-danger" />
            )}
            <div className="min-w-0">
              <p className={data.problems === 0 ? 'text-sm font-medium' : 'text-sm font-medium text-danger'}>
                {data.problems === 0 ? t.ledgerHolds : t.ledgerBroken(data.problems)}
              </p>
              <p className="mt-0.5 text-xs text-muted">
                {data.problems === 0 ? t.ledgerHoldsHint : t.ledgerBrokenHint}
              </p>
              <p className="mt-2 text-xs text-muted">
                {t.checked} <RelativeTime value={data.checkedAt} />
              </p>
            </div>
          </div>
        )}
      </div>
    </Section>
  );
}
