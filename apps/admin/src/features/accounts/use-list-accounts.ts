import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, trpc } from '../../api.ts';
import { readPage } from '../../table/read-page.ts';
import { liveList } from '../../live/live-list.ts';
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
export function useListAccounts(search: AccountsSearch, limit: number) {
  const { sort, cursor } = search;
  const input = { limit, ...accountsFilter(search), ...(sort && { sort }), ...(cursor && { cursor }) };
  return useQuery({
    ...trpc.accounts.listAccounts.queryOptions(input, { placeholderData: keepPreviousData, ...liveList }),
    queryFn: ({ signal }) =>
      readPage(input, (part) => client.accounts.listAccounts.query({ ...input, ...part }, { signal })),
  });
}
