import { cursor, oneOf, searchOf, text, wholeNumber } from '../../search-params.ts';

export const accountsSearch = searchOf({
  q: text,
  sort: oneOf(['oldest', 'most_credits', 'fewest_credits']),
  state: oneOf(['open', 'closed']),
  min: wholeNumber,
  max: wholeNumber,
  cursor,
});
export type AccountsSearch = ReturnType<typeof accountsSearch>;
