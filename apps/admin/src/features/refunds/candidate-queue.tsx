import { useNavigate, useSearch } from '@tanstack/react-router';
import { HandCoins } from 'lucide-react';
import { useMemo } from 'react';
import { shortId } from '../../format.ts';
import { useIsAdmin, useSession } from '../../session.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { SelectionProvider, useSelection } from '../../table/selection.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { FilterBar } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useBatches } from './batch-store.ts';
import { SelectionBar } from './selection-bar.tsx';
import { candidateColumns } from './candidate-columns.tsx';
import type { Candidate } from './candidate.ts';
import type { RefundsSearch } from './refunds-search.ts';
import { candidatesCsv, filterOf, queueOf, useListRefundCandidates } from './use-list-refund-candidates.ts';

const t = refundsStrings;
const statuses = [
  { value: 'all', label: t.allStatuses },
  { value: 'failed', label: strings.statuses.failed },
  { value: 'completed', label: strings.statuses.completed },
] as const;
const states = (['all', 'open', 'refunded'] as const).map((value) => ({ value, label: t.states[value] }));
const noRows: Candidate[] = [];

interface CandidateQueueProps {
  onRefundOne: (videoId: string) => void;
  onRefundMany: (rows: Iterable<Candidate>) => void;
  onShowBatches: () => void;
}

/** The charged videos of a queue, to refund one by one or many at once. */
export function CandidateQueue({ onRefundOne, onRefundMany, onShowBatches }: CandidateQueueProps) {
  const search = useSearch({ from: '/app/refunds' });
  const { status = 'all', state = 'all', account, cursor } = search;
  const queue = queueOf(search);
  const tableId = `refunds-${queue}`;
  const navigate = useNavigate({ from: '/refunds' });
  const isAdmin = useIsAdmin();
  const { userId } = useSession();
  const pages = useKeysetPages(cursor, tableId);
  const filter = filterOf(search);
  const { data, error, isPlaceholderData, refetch } = useListRefundCandidates(filter, cursor, pages.size);
  const items = data?.items;
  const selectable = useMemo(
    () => (isAdmin ? (items ?? noRows).filter(({ creditsRefundable }) => creditsRefundable > 0) : noRows),
    [items, isAdmin],
  );
  const selection = useSelection(selectable, JSON.stringify(filter));
  const batches = useBatches(userId ?? '');
  const columns = useMemo(
    () => candidateColumns({ isAdmin, isOfFailed: queue === 'failed', onOpen: onRefundOne }),
    [isAdmin, queue, onRefundOne],
  );
  const change = (next: Partial<RefundsSearch>) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...next }), resetScroll: false });
  const isFiltered = account !== undefined || (queue === 'all' && (status !== 'all' || state !== 'all'));
  const isEmpty = items?.length === 0 && cursor === undefined;

  return (
    <SelectionProvider selection={selection}>
      {(queue === 'all' || account !== undefined) && (
        <div className="pt-3 [&>div]:pb-0">
          <FilterBar>
            {queue === 'all' && (
              <>
                <Segmented
                  label={t.status}
                  value={status}
                  options={statuses}
                  onChange={(value) => change({ queue: 'all', status: value === 'all' ? undefined : value })}
                />
                <Segmented
                  label={t.state}
                  value={state}
                  options={states}
                  onChange={(value) => change({ queue: 'all', state: value === 'all' ? undefined : value })}
                />
              </>
            )}
            {account !== undefined && (
              <Chip
                name={strings.video.account}
                value={items?.find((row) => row.userId === account)?.ownerEmail ?? shortId(account)}
                onRemove={() => change({ account: undefined })}
              />
            )}
          </FilterBar>
        </div>
      )}
      <SelectionBar
        selected={selection.rows}
        filter={filter}
        onAdd={selection.add}
        onClear={selection.clear}
        onRefund={() => onRefundMany(selection.rows.values())}
      >
        <TableTools
          tableId={tableId}
          columns={columns}
          csv={{ address: candidatesCsv(filter), file: `refunds-${queue}.csv` }}
          size="sm"
        />
        {batches.length > 0 && (
          <Button size="sm" variant="ghost" onClick={onShowBatches}>
            {batchesStrings.earlier(batches.length)}
          </Button>
        )}
      </SelectionBar>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : isEmpty ? (
        <EmptyState
          icon={HandCoins}
          title={isFiltered ? t.emptyFiltered : queue === 'all' ? t.empty : t.emptyQueues[emptyKey(queue)]}
          hint={
            isFiltered ? t.emptyFilteredHint : queue === 'all' ? t.emptyHint : t.emptyQueues[`${emptyKey(queue)}Hint`]
          }
        >
          {isFiltered && (
            <Button onClick={() => void navigate({ search: { queue: search.queue } })}>
              {strings.common.clearAll}
            </Button>
          )}
        </EmptyState>
      ) : (
        <>
          <PagedTable
            tableId={tableId}
            caption={queue === 'all' ? t.caption : `${t.queues[queue]}: ${t.caption}`}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
          />
        </>
      )}
    </SelectionProvider>
  );
}

function emptyKey(queue: 'failed' | 'unusual' | 'stuck'): 'failed' | 'unusual' {
  return queue === 'unusual' ? 'unusual' : 'failed';
}
