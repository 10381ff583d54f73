import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import type { RefundsSearch } from './refunds-search.ts';

/** A page of charged videos that failed or are completed; by default those that failed and are not refunded. */
export function useListRefundCandidates({ status = 'failed', state = 'open', account, cursor }: RefundsSearch) {
  return useQuery(
    trpc.refunds.listRefundCandidates.queryOptions(
      {
        limit: 50,
        ...(status !== 'all' && { status: [status] }),
        ...(state !== 'all' && { refundState: state }),
        ...(account && { userId: account }),
        ...(cursor && { cursor }),
      },
      { placeholderData: keepPreviousData },
    ),
  );
}
