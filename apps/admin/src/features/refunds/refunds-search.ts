import { cursor, id, oneOf, searchOf } from '../../search-params.ts';

/** Without `status` failed videos, without `state` open ones; `refund` is the video whose dialog is open. */
export const refundsSearch = searchOf({
  status: oneOf(['failed', 'completed', 'all']),
  state: oneOf(['open', 'refunded', 'all']),
  account: id,
  cursor,
  refund: id,
});
export type RefundsSearch = ReturnType<typeof refundsSearch>;
