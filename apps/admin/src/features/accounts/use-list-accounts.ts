import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import type { AccountsSearch } from './accounts-search.ts';

/** The filter of the list as the API takes it; the export takes the same. */
export function accountsFilter({ q, state, min, max }: AccountsSearch) {
  return {
    ...(q && { search: q }),
    ...(state && { state }),
    ...(min !== undefined && { minCredits: min }),
    ...(max !== undefined && { maxCredits: max }),
  };
}

/** A page of accounts, or of those that a search finds; the old page stays while another loads. */
export function useListAccounts(search: AccountsSearch) {
  const { sort, cursor } = search;
  return useQuery(
    trpc.accounts.listAccounts.queryOptions(
      { limit: 50, ...accountsFilter(search), ...(sort && { sort }), ...(cursor && { cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
}
