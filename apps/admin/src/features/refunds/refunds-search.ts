import { cursor, id, matching, oneOf, searchOf } from '../../search-params.ts';

/**
 * Without `queue` the failed ones. `status` and `state` narrow all charges down, `minutes` is how long is stuck;
 * `refund` is the video whose dialog is open, `batch` the bulk refund, `new` before it has begun.
 */
export const refundsSearch = searchOf({
  queue: oneOf(['failed', 'stuck', 'unusual', 'all']),
  status: oneOf(['failed', 'completed', 'all']),
  state: oneOf(['open', 'refunded', 'all']),
  minutes: oneOf([15, 30, 60, 240, 1440]),
  account: id,
  cursor,
  refund: id,
  batch: matching(/^(new|list|[\da-f-]{36})$/),
});
export type RefundsSearch = ReturnType<typeof refundsSearch>;
