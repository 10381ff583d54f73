import { useQuery } from '@tanstack/react-query';
import { HandCoins } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { client, trpc } from '../../api.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { announce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { toastFailed } from '../../ui/toasts.ts';
import { useIsAdmin } from '../../session.ts';
import type { CandidateFilter } from './use-list-refund-candidates.ts';
import type { Candidate } from './candidate.ts';
import { MAX_ROWS } from './batch.ts';

const t = batchesStrings;

interface SelectionBarProps {
  selected: ReadonlyMap<string, Candidate>;
  filter: CandidateFilter;
  onAdd: (rows: readonly Candidate[]) => void;
  onClear: () => void;
  onRefund: () => void;
  children?: ReactNode;
}

/** What is selected, how to select all that match, and the way to refund it; always there, so that nothing moves. */
export function SelectionBar({ selected, filter, onAdd, onClear, onRefund, children }: SelectionBarProps) {
  const isAdmin = useIsAdmin();
  const rows = [...selected.values()];
  const credits = rows.reduce((sum, { creditsRefundable }) => sum + creditsRefundable, 0);
  const { all, isCapped, read, selectAll } = useSelectAll(filter, onAdd);
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2 text-sm">
      <p className={rows.length === 0 ? 'text-muted' : 'font-medium tabular-nums'}>
        {rows.length === 0 ? t.selectHint : t.selected(rows.length, credits)}
      </p>
      {isAdmin && all !== undefined && all > rows.length && all > 0 && rows.length < MAX_ROWS && (
        <Button size="sm" variant="ghost" isPending={read !== null} onClick={() => void selectAll()}>
          {read !== null ? t.reading(read, all) : isCapped ? t.selectFirst(all) : t.selectAll(all)}
        </Button>
      )}
      {rows.length > 0 && (
        <Button size="sm" variant="ghost" onClick={onClear}>
          {t.clear}
        </Button>
      )}
      <div className="ml-auto flex flex-wrap gap-2">
        {children}
        <Button
          size="sm"
          variant={rows.length > 0 ? 'primary' : 'secondary'}
          disabledReason={!isAdmin ? refundsStrings.analystReason : rows.length === 0 ? t.refundNoneReason : null}
          onClick={onRefund}
        >
          <HandCoins aria-hidden className="size-3.5" />
          {rows.length === 0 ? t.refundNone : t.refund(rows.length)}
        </Button>
      </div>
    </div>
  );
}

// Counted by the API beforehand, no further than can be selected; then all pages are read, so that what is confirmed is what was read.
function useSelectAll(filter: CandidateFilter, onAdd: (rows: readonly Candidate[]) => void) {
  const [read, setRead] = useState<number | null>(null);
  const reading = useRef<AbortController | null>(null);
  useEffect(() => () => reading.current?.abort(), []);
  const isRefundable = filter.refundState !== 'refunded' && filter.refundState !== 'unusual';
  const open = { ...filter, refundState: 'open' as const };
  const sums = useQuery(
    trpc.refunds.sumRefundCandidates.queryOptions({ ...open, upTo: MAX_ROWS }, { enabled: isRefundable }),
  );
  const selectAll = async () => {
    reading.current?.abort();
    const { signal } = (reading.current = new AbortController());
    const found: Candidate[] = [];
    setRead(0);
    try {
      let cursor: string | null = null;
      do {
        const page: { items: Candidate[]; nextCursor: string | null } = await client.refunds.listRefundCandidates.query(
          { ...open, limit: 200, cursor },
          { signal },
        );
        found.push(...page.items);
        cursor = page.nextCursor;
        setRead(found.length);
      } while (cursor !== null && found.length < MAX_ROWS);
      onAdd(found.slice(0, MAX_ROWS));
      announce(
        t.selected(
          Math.min(found.length, MAX_ROWS),
          found.reduce((sum, row) => sum + row.creditsRefundable, 0),
        ),
      );
    } catch (error) {
      if (!signal.aborted) {
        toastFailed(t.selectHint, error);
      }
    } finally {
      setRead(null);
    }
  };
  const { videos: all, isCapped = false } = (isRefundable ? sums.data : undefined) ?? {};
  return { all, isCapped, read, selectAll };
}
