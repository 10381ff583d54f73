import type { UsageDimension } from '@reeldesk/api/contract/usage';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { problemOf, type UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';

const kept = { placeholderData: keepPreviousData, staleTime: 60_000 } as const;

/** The filter by video that the address asks for. */
export function filterOf({ type, resolution, quality }: UsageSearch) {
  return { ...(type && { videoType: type }), ...(resolution && { resolution }), ...(quality && { quality }) };
}

/** What the series are of, `undefined` for one series of all. */
export function breakdownOf({ by = 'videoType' }: UsageSearch): UsageDimension | undefined {
  return by === 'none' ? undefined : by;
}

function askable(range: UsageRange, search: UsageSearch) {
  const { from, to, timeZone } = range;
  return problemOf(range) === null ? { from, to, timeZone, filter: filterOf(search) } : null;
}

/**
 * Credits by bucket, beside those of the period before; `balances` are looked up only where they are shown. The old
 * ones stay while others load.
 */
export function useCreditUsage(
  range: UsageRange,
  search: UsageSearch,
  { breakdown, balances = false }: { breakdown?: UsageDimension | undefined; balances?: boolean } = {},
) {
  const asked = askable(range, search);
  const { unit, weekStartsOn } = range;
  return useQuery(
    trpc.usage.creditUsage.queryOptions(
      asked
        ? { ...asked, unit, weekStartsOn, balances, compare: !balances, ...(breakdown && { breakdown }) }
        : skipToken,
      kept,
    ),
  );
}

/** What was refunded, and why. */
export function useRefundReport(range: UsageRange, search: UsageSearch) {
  return useQuery(trpc.usage.refundReport.queryOptions(askable(range, search) ?? skipToken, kept));
}

/** How videos ended. */
export function useVideoOutcomes(range: UsageRange, search: UsageSearch) {
  return useQuery(trpc.usage.videoOutcomes.queryOptions(askable(range, search) ?? skipToken, kept));
}

/** Who used most. */
export function useTopAccounts(range: UsageRange, search: UsageSearch) {
  const asked = askable(range, search);
  return useQuery(trpc.usage.topAccounts.queryOptions(asked ? { ...asked, limit: 10 } : skipToken, kept));
}

/** Accounts that were opened, and those that were charged, by bucket. */
export function useAccountActivity(range: UsageRange) {
  const { from, to, timeZone, unit, weekStartsOn } = range;
  return useQuery(
    trpc.usage.accountActivity.queryOptions(
      problemOf(range) === null ? { from, to, timeZone, unit, weekStartsOn } : skipToken,
      kept,
    ),
  );
}

/** How many accounts hold how much. */
export function useBalanceDistribution() {
  return useQuery(trpc.usage.balanceDistribution.queryOptions(undefined, { staleTime: 60_000 }));
}

function useListCreditPrices() {
  return useQuery(trpc.prices.listCreditPrices.queryOptions(undefined, { staleTime: 300_000 }));
}

/** The values that videos are filtered by: those that have a price. */
export function useFormats(): { resolutions: string[]; qualities: string[] } {
  const { data } = useListCreditPrices();
  const prices = data?.items ?? [];
  return {
    resolutions: [...new Set(prices.map(({ resolution }) => resolution))],
    qualities: [...new Set(prices.map(({ quality }) => quality))],
  };
}
