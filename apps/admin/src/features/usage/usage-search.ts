import { day, matching, oneOf, searchOf, text } from '../../search-params.ts';

/** `range` is a preset that moves with the calendar; `from` and `to` come before it. `bucket` and what follows is the open bar. */
export const usageSearch = searchOf({
  section: oneOf(['failures', 'accounts']),
  range: oneOf(['today', '7d', '30d', '90d', '12m']),
  from: day,
  to: day,
  zone: text,
  unit: oneOf(['hour', 'day', 'week', 'month']),
  by: oneOf(['videoType', 'resolution', 'quality', 'none']),
  type: oneOf(['text_to_video', 'image_to_video']),
  resolution: text,
  quality: text,
  view: oneOf(['table']),
  compare: oneOf(['on']),
  sort: oneOf(['bucket', 'used', 'refunded', 'net']),
  order: oneOf(['asc', 'desc']),
  bucket: matching(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/),
  key: text,
  kind: oneOf(['charge', 'refund']),
});
export type UsageSearch = ReturnType<typeof usageSearch>;
