import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, trpc } from '../../api.ts';
import { readPage } from '../../table/read-page.ts';
import { liveList } from '../../live/live-list.ts';
import type { RefundsSearch } from './refunds-search.ts';

export interface CandidateFilter {
  status?: ('failed' | 'completed')[];
  refundState?: 'open' | 'refunded' | 'unusual';
  userId?: string;
}

/** The queue that an address leads to; one from before the queues had a status and a state. */
export function queueOf({ queue, status, state }: RefundsSearch): 'failed' | 'stuck' | 'unusual' | 'all' {
  return queue ?? (status !== undefined || state !== undefined ? 'all' : 'failed');
}

/** What the API is asked for: a queue, or all charges as filtered, and of one account where one is chosen. */
export function filterOf(search: RefundsSearch): CandidateFilter {
  const ofAccount = search.account === undefined ? {} : { userId: search.account };
  const queue = queueOf(search);
  if (queue === 'failed') {
    return { status: ['failed'], refundState: 'open', ...ofAccount };
  }
  if (queue === 'unusual') {
    return { refundState: 'unusual', ...ofAccount };
  }
  const { status = 'all', state = 'all' } = search;
  return {
    ...(status !== 'all' && { status: [status] }),
    ...(state !== 'all' && { refundState: state }),
    ...ofAccount,
  };
}

/** The address of the same list as CSV. */
export function candidatesCsv(filter: CandidateFilter): string {
  const params = Object.entries(filter).map(([name, value]) => [name, String(value)]);
  return `/export/refund-candidates.csv?${new URLSearchParams(params).toString()}`;
}

/** A page of charged videos that failed or are completed. */
export function useListRefundCandidates(filter: CandidateFilter, cursor: string | undefined, limit: number) {
  const input = { ...filter, limit, ...(cursor && { cursor }) };
  return useQuery({
    ...trpc.refunds.listRefundCandidates.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.refunds.listRefundCandidates.query({ ...input, ...part }, { signal })),
  });
}
