import { day, oneOf, searchOf, text } from '../../search-params.ts';

/** `range` is a preset that moves with the calendar; `from` and `to` come before it. */
export const usageSearch = searchOf({
  range: oneOf(['7d', '30d', '90d']),
  from: day,
  to: day,
  zone: text,
  type: oneOf(['text_to_video', 'image_to_video']),
  view: oneOf(['chart', 'table']),
  sort: oneOf(['day', 'used', 'refunded', 'net']),
  order: oneOf(['asc', 'desc']),
});
export type UsageSearch = ReturnType<typeof usageSearch>;
