import { cursor, matching, oneOf, searchOf } from '../../search-params.ts';

/** `at` is the moment whose balance is looked up, as the browser's zone has it: `2026-11-24T12:00`. */
export const accountSearch = searchOf({
  tab: oneOf(['ledger', 'videos', 'audit']),
  cursor,
  at: matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/),
  dialog: oneOf(['adjust']),
});
