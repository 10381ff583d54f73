import { creditUsageByDayInput } from '@reeldesk/api/contract/usage';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { strings } from '../../strings.ts';
import type { UsageRange } from './usage-range.ts';
import type { UsageSearch } from './usage-search.ts';

/** The days of a range; `problem` says why it can't be asked for. The old days stay while others load. */
export function useCreditUsageByDay({ from, to, timeZone }: UsageRange, videoType: UsageSearch['type']) {
  const parsed = creditUsageByDayInput.safeParse({ from, to, timeZone, ...(videoType && { videoType }) });
  const query = useQuery(
    trpc.usage.creditUsageByDay.queryOptions(parsed.success ? parsed.data : skipToken, {
      placeholderData: keepPreviousData,
      staleTime: 60_000,
    }),
  );
  return { query, problem: parsed.success ? null : from > to ? strings.usage.daysSwapped : strings.usage.rangeTooLong };
}
