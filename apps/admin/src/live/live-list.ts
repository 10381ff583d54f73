/**
 * Options of a query whose rows stand still: what changed is shown in its row, and what is new waits until it is asked
 * for (`new-rows.tsx`). So neither a window that comes to the front nor a connection that is back draws the list anew.
 */
export const liveList = {
  meta: { isLiveList: true },
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
} as const;
