import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';

/** A page of accounts, or of those that a search finds; the old page stays while another loads. */
export function useListAccounts(input: { search: string | undefined; cursor: string | undefined }) {
  return useQuery(
    trpc.accounts.listAccounts.queryOptions(
      { limit: 50, ...(input.search && { search: input.search }), ...(input.cursor && { cursor: input.cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
}
